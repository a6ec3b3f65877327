"""Inlay hints: what can be inferred and need not be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rateml.checks.couplings import couplings
from rateml.checks.declarations import environment, sites
from rateml.checks.default_values import Evaluation, scopes
from rateml.checks.infer import Inference
from rateml.ide.analysis import Analysis
from rateml.model.dimension import NONE, UNKNOWN, Dimension, base_unit
from rateml.model.nodes import Model
from rateml.syntax.expr import Binary, Call, Expr, Missing, Name, Num, children, fold, walk
from rateml.syntax.tree import RML
from rateml.text import Span


class Hint(NamedTuple):
    """``label`` is shown at ``offset``."""

    offset: int
    label: str
    tooltip: str


class Delayed(NamedTuple):
    """A coupling with delays: its speed in mm/ms, the model's step in ms; ``offset`` is where a hint has its place."""

    id: str
    speed: float
    dt: float
    weights: str
    offset: int


def delayed(analysis: Analysis) -> tuple[Delayed, ...]:
    """The couplings of the file whose delays can be told once a network is known."""
    return tuple(_delayed(analysis, analysis.model)) if analysis.model else ()


def _delayed(analysis: Analysis, model: Model) -> Iterator[Delayed]:
    for c in couplings(model):
        element = model.element(c.component.span)
        speed = element.attribute("speed", RML) if element else None
        if speed is None or c.component.speed is None or not c.component.delayed or c.model.dt is None:
            continue
        if c.component.speed.value > 0 and c.model.dt.value > 0 and speed.file == analysis.file:
            weights = c.component.weights.text if c.component.weights else "structural"
            yield Delayed(c.component.id.text, c.component.speed.value, c.model.dt.value, weights, speed.end)


def hints(
    analysis: Analysis, first: int, last: int, steps: Mapping[str, tuple[int, int]] | None = None
) -> tuple[Hint, ...]:
    """The hints between two offsets, from top to bottom; ``steps`` are the fewest and most of a coupling's delays."""
    model = analysis.model
    if model is None:
        return ()
    told = (
        Hint(
            d.offset, f"{steps[d.id][0]} … {steps[d.id][1]} steps", "delays of this coupling in the configured network"
        )
        for d in (delayed(analysis) if steps else ())
        if steps and d.id in steps
    )
    every = (*_values(analysis, model), *_folded(analysis, model), *_units(analysis, model), *told)
    return tuple(sorted(h for h in every if first <= h.offset <= last))


def _values(analysis: Analysis, model: Model) -> Iterator[Hint]:
    """What derived parameters come to with the values that the components give."""
    found: dict[Span, tuple[str, dict[str, None]]] = {}
    for scope in scopes(model):
        values = dict(scope.values)
        Evaluation(values).run(scope.type)
        for parameter in scope.type.derived_parameters:
            value = values.get(parameter.name.text)
            if value is None or isinstance(parameter.value, Num) or parameter.span.file != analysis.file:
                continue
            found.setdefault(parameter.span, (_unit(parameter.dimension), {}))[1][f"{value:.6g}"] = None
    for span, (unit, shown) in found.items():
        element = model.element(span)
        attribute = element.attribute("value") if element else None
        if attribute is not None:
            label = f"= {', '.join(list(shown)[:3])}{unit}"
            yield Hint(attribute.end, label, "its value, with what the components give")


def _folded(analysis: Analysis, model: Model) -> Iterator[Hint]:
    """What the parts of expressions come to that hold nothing but numbers and constants."""
    for type in model.types:
        if type.span.file != analysis.file:
            continue
        constants = {c.name.text: c.value.value for c in type.constants}
        evaluation = Evaluation(constants)
        for site in sites(type):
            for part in _constant_parts(site.expr, constants):
                value = evaluation.value(part)
                # What a whole derived parameter comes to is told of every one.
                if value is not None and (site.place != "derived parameter" or part is not site.expr):
                    dimension = Inference(environment(type)).infer(part)
                    yield Hint(part.span.end, f"= {value:.6g}{_unit(dimension)}", "numbers and constants alone")


def _unit(dimension: Dimension | None) -> str:
    return "" if dimension in (None, NONE, UNKNOWN) else f" {base_unit(dimension)}"


def _constant_parts(expr: Expr, constants: Mapping[str, float]) -> Iterator[Expr]:
    """The largest parts with something to compute, first to last."""
    constant: dict[int, bool] = {}

    def note(node: Expr, below: tuple[bool, ...]) -> bool:
        known = node.id in constants if isinstance(node, Name) else not isinstance(node, Missing) and all(below)
        constant[id(node)] = known
        return known

    fold(expr, note)
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        if not constant[id(node)]:
            waiting.extend(children(node)[::-1])
        elif any(isinstance(n, (Binary, Call)) for n in walk(node)):
            yield node


def _units(analysis: Analysis, model: Model) -> Iterator[Hint]:
    """The base unit that derivatives and intensities of noise work out to."""
    for type in model.types:
        if type.span.file != analysis.file:
            continue
        elements = {d.value.span: d.span for d in type.dynamics.derivatives} if type.dynamics else {}
        for site in sites(type):
            if site.expr.span not in elements or isinstance(site.expr, (Name, Num)):
                continue
            inference = Inference(environment(type))
            dimension = inference.infer(site.expr)
            if dimension is None or dimension in (NONE, UNKNOWN) or inference.faults:
                continue
            element = model.element(elements[site.expr.span])
            attribute = element.attribute("value") if element else None
            if attribute is not None:
                yield Hint(attribute.end, f"[{base_unit(dimension)}]", "the unit that it works out to")
