"""Angles are sent in place of their sines and cosines, where that saves a history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rateml.ir.program import Coupling, Factor, Precision, Program
from rateml.ir.verify import verify
from rateml.syntax.expr import Call, Expr, Name, rebuild

FUNCTIONS: Mapping[str, str] = {"sin": "sent_sine", "cos": "sent_cosine"}
"""What the kernels call those of an angle that was sent."""

ONE_TURN = 6.5
"""The longest period of an angle that is sent, some 2 pi: those instructions lose a bit with every doubling."""


def send_angles(program: Program, precision: Precision) -> Program:
    """Make the sine and the cosine of a source where edges read it, of the state that it sends, in float32.

    Before: ``sent.0 = sin(theta)``, ``sent.1 = cos(theta)``, two histories. After: that of ``theta``, of which a GPU
    makes either by one instruction, within 1e-6, as angles are wrapped. For the kernel ``blocked`` alone: where two
    histories do not fit on chip one does, but without delays it would lose a quarter (docs/decisions/0050). The program
    itself where no history is saved.
    """
    if precision == "float64":
        return program
    for state in program.states:
        if state.period is not None and state.period <= ONE_TURN:
            changed = _send(program, state.name)
            if len(changed.stored) < len(program.stored):
                program = changed
    verify(program, "send_angles")
    return program


def _send(program: Program, state: str) -> Program:
    values = {a.name: a.value for a in program.derived}

    def function_of(name: str) -> str | None:
        """``sin`` or ``cos`` where that of the state has this name."""
        value: Expr | None = values.get(name)
        while isinstance(value, Name):
            value = values.get(value.id)
        match value:
            case Call("sin" | "cos" as func, (Name(of),)) if of == state:
                return func
        return None

    def change(coupling: Coupling) -> Coupling:
        if coupling.reduce != "sum" or not coupling.factors:
            return coupling
        made = {f.source: function_of(f.source) for f in coupling.factors if f.source is not None}

        def read(expr: Expr) -> Expr:
            if isinstance(expr, Name) and (func := made.get(expr.id.removesuffix("@j"))):
                return Call(func, (Name(f"{state}@j", expr.span),), expr.span, expr.span)
            return rebuild(expr, read)

        def send(factor: Factor) -> Factor:
            func = made.get(factor.source or "")
            return Factor(factor.target, state, func) if func else factor

        return replace(coupling, pre=read(coupling.pre), factors=tuple(send(f) for f in coupling.factors))

    return replace(program, couplings=tuple(change(c) for c in program.couplings))
