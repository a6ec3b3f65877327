"""Find the states that float32 would let stand still."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rateml.ir.interp import evaluate
from rateml.ir.philox import words
from rateml.ir.program import Program, State

THRESHOLD = 2.0**-18
SAMPLES = 64


def mark_slow_states(program: Program) -> Program:
    """Mark states whose typical step is below 2**-18 of their magnitude, to be added up with compensation.

    Before: ``state z``. After: ``state z slow``. The typical step is the lower quartile of |dt * rate| over
    states drawn evenly from their expected ranges, at the default parameters and without input: near its
    nullcline, where a slow variable spends its time, it moves less than on average. A state without a range has
    no known magnitude and is marked. Angles are not: wrapping keeps them small.
    """
    rates = _rates(program)
    magnitudes = [
        max(abs(s.low), abs(s.high)) if s.low is not None and s.high is not None else np.inf for s in program.states
    ]
    steps = np.abs(rates) * program.step
    known = ~np.isnan(steps).all(axis=1)  # numpy warns of a state whose rate is nowhere a number
    typical = np.full(len(steps), np.nan)
    typical[known] = np.nanquantile(steps[known], 0.25, axis=1)
    return replace(
        program,
        states=tuple(
            replace(state, slow=state.period is None and not step >= THRESHOLD * magnitude)
            for state, step, magnitude in zip(program.states, typical, magnitudes, strict=True)
        ),
    )


def _rates(program: Program) -> NDArray[np.float64]:
    """Time derivatives (state, sample) at states drawn evenly from their ranges."""
    out = np.empty((len(program.states), SAMPLES))
    with np.errstate(all="ignore"):
        fixed = {c.name: c.value for c in program.constants} | {p.key: p.default for p in program.parameters}
        for assign in program.derived_parameters:
            fixed[assign.name] = evaluate(assign.value, fixed)
        for sample in range(SAMPLES):
            env = fixed | {"t": 0.0} | {i.name: 0.0 for i in program.inputs}
            for assign in program.timed:
                env[assign.name] = evaluate(assign.value, env)
            env |= {s.name: _draw(s, k, sample) for k, s in enumerate(program.states)}
            for assign in program.derived:
                env[assign.name] = evaluate(assign.value, env)
            out[:, sample] = [evaluate(a.value, env) for a in program.derivatives]
    return out


def _draw(state: State, index: int, sample: int) -> float:
    low, high = (state.low, state.high) if state.low is not None and state.high is not None else (-1.0, 1.0)
    return low + (high - low) * float(words(0, sample, index, 0, 0)[0]) * 2.0**-32
