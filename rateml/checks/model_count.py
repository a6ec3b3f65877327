"""RML501: the file does not have exactly one Component of a model type.

That component is what runs: it gives the model's parameters their values, and the couplings attach to it.
Types alone describe what a model could be.

Example::

    <Component id="one" type="Model" tau="10 ms"/>
    <Component id="two" type="Model" tau="20 ms"/>

Fix: add ``<Component id="…" type="…"/>`` for the model type, or remove all but one. Several parameter sets
are a sweep.
"""

from __future__ import annotations

from collections.abc import Iterator

from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.nodes import Model
from rateml.text import Span


def model_count(model: Model) -> Iterator[Diagnostic]:
    """Count the components of model types."""
    if any(model.type(c.type.text) is None for c in model.components):
        return
    found = model.of_role("model")
    if not found:
        at = Span(model.span.start, model.span.start + len("<Lems"), model.span.file)
        types = [t.name.text for t in model.types if t.role == "model"]
        help = f'add <Component id="…" type="{types[0]}" …/>' if types else "add a ComponentType and its Component"
        yield Code.MODEL_COUNT.at(at, count="none", help=help)
    for extra in found[1:]:
        related = (Related(found[0].id.span, "the first is here"),)
        help = "keep one; several parameter sets are an rml:sweep"
        yield Code.MODEL_COUNT.at(extra.id.span, count=len(found), help=help, related=related)
