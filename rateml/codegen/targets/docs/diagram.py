"""The picture of a model card: couplings → inputs → states → exposures, as SVG that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from rateml.codegen.printers.symbols import Symbol, letter
from rateml.codegen.targets.docs.writing import source_names
from rateml.codegen.targets.tvb.reading import roots
from rateml.ir.program import Program
from rateml.syntax.expr import Name

_HEIGHT: Final = 34
_GAP: Final = 14
_BETWEEN: Final = 70
_TOP: Final = 30
_WIDE: Final = 8.6
"""Pixels per character."""


@dataclass(frozen=True)
class _Box:
    key: str
    label: Markup
    letters: int
    dashed: bool = False


def diagram(program: Program, name: Callable[[str], Symbol]) -> Markup:
    """What feeds what. A coupling says which variables it reads at the sources; a dashed input has no coupling."""
    columns = (
        ("couplings", [_coupling(program, c.id, name) for c in program.couplings]),
        ("inputs", [_named("input", i.name, name, i in program.ports) for i in program.inputs]),
        ("states", [_named("state", s.name, name) for s in program.states]),
        ("exposures", [_named("exposure", e.name, name) for e in program.exposures]),
    )
    shown = [(title, boxes) for title, boxes in columns if boxes]
    tallest = max(len(boxes) for _, boxes in shown)
    height = _TOP + tallest * (_HEIGHT + _GAP)
    places: dict[str, tuple[float, float, float]] = {}
    drawn: list[Markup] = []
    left = 1.0
    for title, boxes in shown:
        width = max(len(title) * 7.5, *(b.letters * _WIDE + 20 for b in boxes))
        top = _TOP + (tallest - len(boxes)) * (_HEIGHT + _GAP) / 2
        drawn.append(Markup('<text class="head" x="{}" y="16">{}</text>').format(_n(left + width / 2), title))
        for box in boxes:
            places[box.key] = (left, top, width)
            drawn.append(_drawn(box, left, top, width))
            top += _HEIGHT + _GAP
        left += width + _BETWEEN
    lines = [_line(places[a], places[b]) for a, b in _edges(program) if a in places and b in places]
    size = Markup('viewBox="0 0 {0} {1}" width="{0}" height="{1}"').format(_n(left - _BETWEEN + 1), _n(height))
    return Markup('<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{}" {}>\n{}\n</svg>').format(
        "What feeds what: couplings, inputs, states, exposures", size, Markup("\n").join([*lines, *drawn])
    )


def _edges(program: Program) -> Iterable[tuple[str, str]]:
    assigns = (*program.timed, *program.derived)
    inputs, states = {i.name for i in program.inputs}, {s.name for s in program.states}
    for coupling in program.couplings:
        yield f"coupling {coupling.id}", f"input {coupling.input}"
    for rate in program.derivatives:
        for read in sorted(roots(assigns, [rate.value]) & inputs):
            yield f"input {read}", f"state {rate.name}"
    for exposure in program.exposures:
        reached = roots(assigns, [Name(exposure.name, exposure.span)])
        for kind, known in (("state", states), ("input", inputs)):
            for read in sorted(reached & known):
                yield f"{kind} {read}", f"exposure {exposure.name}"


def _coupling(program: Program, id: str, name: Callable[[str], Symbol]) -> _Box:
    coupling = next(c for c in program.couplings if c.id == id)
    read = [name(source) for source in source_names(program, coupling)]
    label, letters = escape(id), len(id)
    if read:
        label += Markup(" (") + Markup(", ").join(map(_text, read)) + Markup(")")
        letters += 3 + sum(_length(s) + 2 for s in read)
    return _Box(f"coupling {id}", label, letters)


def _named(kind: str, id: str, name: Callable[[str], Symbol], dashed: bool = False) -> _Box:
    return _Box(f"{kind} {id}", _text(name(id)), _length(name(id)), dashed)


def _text(found: Symbol) -> Markup:
    base = Markup("<tspan{}>{}</tspan>").format(
        Markup(' class="var"') if len(letter(found.base)) == 1 else "", letter(found.base)
    )
    if not found.subscripts:
        return base
    below = ",".join(letter(part) for part in found.subscripts)
    # A zero-width space carries the line back up: not every browser knows baseline-shift.
    return base + Markup('<tspan class="sub" dy="4">{}</tspan><tspan dy="-4">\u200b</tspan>').format(below)


def _length(found: Symbol) -> int:
    return len(letter(found.base)) + sum(len(letter(part)) for part in found.subscripts)


def _drawn(box: _Box, left: float, top: float, width: float) -> Markup:
    dashed = Markup(' class="port"') if box.dashed else Markup()
    return Markup('<rect{} x="{}" y="{}" width="{}" height="{}" rx="6"/><text x="{}" y="{}">{}</text>').format(
        dashed, _n(left), _n(top), _n(width), _HEIGHT, _n(left + width / 2), _n(top + _HEIGHT / 2 + 5), box.label
    )


def _line(start: Sequence[float], end: Sequence[float]) -> Markup:
    (x, y, width), (to_x, to_y, _) = start, end
    x, y, to_y = x + width, y + _HEIGHT / 2, to_y + _HEIGHT / 2
    bend = (to_x - x) / 2
    curve = f"M{_n(x)} {_n(y)} C{_n(x + bend)} {_n(y)} {_n(to_x - bend)} {_n(to_y)} {_n(to_x - 7)} {_n(to_y)}"
    tip = f"M{_n(to_x - 1)} {_n(to_y)} l-8 -4 v8 z"
    return Markup('<path class="line" d="{}"/><path class="tip" d="{}"/>').format(curve, tip)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
