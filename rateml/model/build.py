"""From the element tree to the model: one readable step per kind of element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rateml.diagnostics import Diagnostic
from rateml.model.build_component import read_component
from rateml.model.build_type import read_type
from rateml.model.definitions import read_definitions
from rateml.model.known_types import read_known_types
from rateml.model.nodes import Model
from rateml.syntax.tree import Document


@dataclass(frozen=True, slots=True)
class Built:
    """The model and the faults of values that could not be read; None when the file has no ``<Lems>``."""

    model: Model | None
    diagnostics: tuple[Diagnostic, ...]


def build_model(document: Document, included: Sequence[Document] = (), *, scanned: bool = False) -> Built:
    """Read everything that can be read; what cannot is reported and replaced by something harmless.

    What is ``included`` comes before the document's own elements, as if it stood there. Types of documents that were
    ``scanned`` from their texts, and not made otherwise, are kept for the next time.
    """
    root = document.root
    if root is None or root.name.local != "Lems":
        return Built(None, ())
    read = [(d.source, d.root) for d in (*included, document) if d.root is not None and d.root.name.local == "Lems"]
    roots = tuple(r for _, r in read)
    reader = read_definitions(roots)
    if scanned:
        types = tuple(t for source, r in read for t in read_known_types(reader, source, r))
    else:
        types = tuple(read_type(reader, e) for r in roots for e in r.named("ComponentType"))
    by_name = {t.name.text: t for t in reversed(types)}
    components = tuple(
        read_component(reader, e, by_name.get(reader.text(e, "type"))) for r in roots for e in r.named("Component")
    )
    model = Model(
        file=document.source.name,
        description=reader.text(root, "description"),
        dimensions=reader.dimensions,
        units=reader.units,
        types=types,
        components=components,
        span=root.span,
        roots=roots,
        sources={d.source.name: d.source for d in (*included, document)},
    )
    return Built(model, tuple(reader.faults))
