"""A model for people to read in a terminal: its equations, one a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rateml.codegen.printers.symbols import GREEK
from rateml.ir.program import Program
from rateml.ir.show import show_expr
from rateml.syntax.expr import Expr

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_@]*")
_SQUARES: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_POWER: Final = re.compile(r" \^ ([0-9])(?:\.0)?(?![\w.])")
_WHOLE: Final = re.compile(r"(?<![\w.])([0-9]+)\.0(?![\w.])")
_SIGNS: Final = {".gt.": ">", ".lt.": "<", ".geq.": "≥", ".leq.": "≤", ".eq.": "=", ".neq.": "≠", ".and.": "and"}


@dataclass(frozen=True)
class Equation:
    """``left = right`` of a ``kind``: derivative, noise, derived, input or condition."""

    kind: str
    left: str
    right: str

    def __str__(self) -> str:
        return f"{self.left} = {self.right}"


def equations(program: Program) -> tuple[Equation, ...]:
    """What a program computes: its derivatives first, then noise, what they are derived from, couplings, conditions."""
    return tuple(_equations(program))


def _equations(program: Program) -> Iterator[Equation]:
    for assign in program.derivatives:
        yield Equation("derivative", f"d{_letters(assign.name)}/dt", _read(assign.value))
    for assign in program.diffusion:
        yield Equation("noise", f"D({_letters(assign.name)})", _read(assign.value))
    for assign in program.derived:
        yield Equation("derived", _letters(assign.name), _read(assign.value))
    for coupling in program.couplings:
        yield Equation("input", _letters(coupling.input), _read(coupling.post))
        for assign in (*coupling.node, *coupling.edge):
            yield Equation("input", _letters(assign.name), _read(assign.value))
        yield Equation("input", f"{coupling.id}.total", f"{coupling.reduce} of weight · {_read(coupling.pre)}")
    for condition in program.conditions:
        body = "; ".join(f"{_letters(a.name)} ← {_read(a.value)}" for a in condition.assignments)
        yield Equation("condition", "when", f"{_read(condition.test)}: {body}")


def _read(value: Expr) -> str:
    text = _POWER.sub(lambda m: m[1].translate(_SQUARES), show_expr(value))
    for sign, read in _SIGNS.items():
        text = text.replace(sign, read)
    return _letters(_WHOLE.sub(r"\1", text).replace(" * ", " · "))


def _letters(text: str) -> str:
    """Names that begin with the name of a Greek letter with that letter: ``tau_e`` as ``τ_e``."""
    return _WORD.sub(lambda m: _letter(m[0]), text)


def _letter(name: str) -> str:
    head, line, rest = name.partition("_")
    return (GREEK[head][0] if head in GREEK else head) + line + rest
