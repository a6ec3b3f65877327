"""Code lenses: how often a type or name is used, and what can be done with a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from rateml.ide.analysis import Analysis
from rateml.ide.names import Symbol, of_symbol
from rateml.model.nodes import Model
from rateml.text import Span


class Lens(NamedTuple):
    """``action`` is what a click does; ``places`` those that it shows, for ``references``."""

    span: Span
    title: str
    action: Literal["references", "preview", "sweep"]
    places: tuple[Span, ...] = ()


def lenses(analysis: Analysis) -> tuple[Lens, ...]:
    """The lenses of a file from top to bottom."""
    return tuple(_lenses(analysis, analysis.model)) if analysis.model else ()


def _lenses(analysis: Analysis, model: Model) -> Iterator[Lens]:
    for type in model.types:
        if type.span.file == analysis.file and type.name.text:
            uses = tuple(o.span for o in of_symbol(model, Symbol("type", type.name.text)) if not o.declares)
            title = f"{len(uses)} {'use' if len(uses) == 1 else 'uses'}"
            yield Lens(type.name.span, title, "references", uses)
    for component in model.of_role("model"):
        if component.id.span.file == analysis.file:
            yield Lens(component.id.span, "generated code", "preview")
            yield Lens(component.id.span, "sweep command", "sweep")
