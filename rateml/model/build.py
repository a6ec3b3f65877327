"""From the element tree to the model: one readable step per kind of element."""

from __future__ import annotations

from dataclasses import dataclass

from rateml.diagnostics import Code, Diagnostic
from rateml.model.build_component import read_component
from rateml.model.build_type import read_type
from rateml.model.definitions import read_definitions
from rateml.model.nodes import Model
from rateml.syntax.tree import Document


@dataclass(frozen=True, slots=True)
class Built:
    """The model and the faults of values that could not be read; None when the file has no ``<Lems>``."""

    model: Model | None
    diagnostics: tuple[Diagnostic, ...]


def build_model(document: Document) -> Built:
    """Read everything that can be read; what cannot is reported and replaced by something harmless."""
    root = document.root
    if root is None or root.name.local != "Lems":
        return Built(None, ())
    reader = read_definitions(root)
    for include in root.named("Include"):
        help = "copy its elements into this file"
        reader.faults.append(Code.NOT_YET.at(include.name_span, what="includes", done="read", help=help))
    types = tuple(read_type(reader, e) for e in root.named("ComponentType"))
    by_name = {t.name.text: t for t in reversed(types)}
    components = tuple(read_component(reader, e, by_name.get(reader.text(e, "type"))) for e in root.named("Component"))
    model = Model(
        file=document.source.name,
        description=reader.text(root, "description"),
        dimensions=reader.dimensions,
        units=reader.units,
        types=types,
        components=components,
        span=root.span,
    )
    return Built(model, tuple(reader.faults))
