"""One region alone: its trajectory, and for two variables the nullclines, within a bounded time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rateml.ir.interp import Noise, start
from rateml.ir.interp import parameters as parameter_values
from rateml.ir.program import Program
from rateml.passes import run_passes
from rateml.worker.asked import BadRequest, number, numbers, program_of
from rateml.worker.field import Field, make_field

_SECONDS: Final = 2.0
"""What an answer may take; a trajectory that is not finished then ends there."""
_STEPS: Final = 200_000
_GRID: Final = 60
_ARROWS: Final = 16
_Float = NDArray[np.float64]


def dynamics(params: Mapping[str, Any]) -> dict[str, Any]:
    """The trajectory of one region whose inputs are held at ``inputs`` (0 by default), without noise.

    ``parameters`` and ``initial`` override values of the file; ``duration`` and ``step`` are in ms. With two
    ``axes``, or two state variables, ``plane`` holds nullclines and arrows, the other variables held at the last state.
    """
    program = run_passes(program_of(params), until="order")
    own = {p.key: p.default for p in program.parameters if p.owner == program.component}
    given = numbers(params, "parameters", own)
    inputs = numbers(params, "inputs", {i.name: 0.0 for i in program.inputs})
    step = number(params, "step", program.dt, 1e-9, 1e9)
    duration = number(params, "duration", 2_000 * step, step, _STEPS * step)
    points = int(number(params, "points", 2_000, 2, 20_000))
    values = parameter_values(program, 1, given)
    field = make_field(program, {name: float(value[0]) for name, value in values.items()}, inputs)
    begun = {s.name: float(v) for s, v in zip(program.states, start(program, values, 1, Noise(0))[:, 0], strict=True)}
    first = np.array(list(numbers(params, "initial", begun).values()))
    until = time.monotonic() + _SECONDS
    with np.errstate(all="ignore"):
        times, states, ended = _trajectory(program, field, first, step, max(1, round(duration / step)), points, until)
        plane = _plane(program, field, states, params)
    return {
        "model": program.name,
        "parameters": given,
        "inputs": inputs,
        "step": step,
        "scheme": program.scheme,
        "time": times,
        "states": {s.name: _finite(states[:, k]) for k, s in enumerate(program.states)},
        "ended": ended,
        "plane": plane,
    }


def _trajectory(
    program: Program, field: Field, x: _Float, dt: float, steps: int, points: int, until: float
) -> tuple[list[float], _Float, str]:
    """Times, states (point, state) and how it ended: ``complete``, ``diverged`` or ``out of time``."""
    every = max(1, -(-steps // points))
    times, states, ended = [0.0], [x], "complete"
    for n in range(steps):
        t = n * dt
        x = field.wrap(_advance(program.scheme, field, x, t, dt))
        if not np.isfinite(x).all():
            ended = "diverged"
            break
        if (n + 1) % every == 0:
            times.append((n + 1) * dt)
            states.append(x)
        if n % 64 == 0 and time.monotonic() > until:
            ended = "out of time"
            break
    return times, np.array(states), ended


def _advance(scheme: str, field: Field, x: _Float, t: float, dt: float) -> _Float:
    """One step of the model's scheme, OnConditions after each stage."""
    k1 = np.array(field.at(x, t))
    if scheme == "euler":
        return field.constrain(x + dt * k1, t + dt)
    if scheme == "heun":
        k2 = np.array(field.at(field.constrain(x + dt * k1, t + dt), t + dt))
        return field.constrain(x + 0.5 * dt * (k1 + k2), t + dt)
    half, full = t + 0.5 * dt, t + dt
    k2 = np.array(field.at(field.constrain(x + 0.5 * dt * k1, half), half))
    k3 = np.array(field.at(field.constrain(x + 0.5 * dt * k2, half), half))
    k4 = np.array(field.at(field.constrain(x + dt * k3, full), full))
    return field.constrain(x + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4), full)


def _plane(program: Program, field: Field, states: _Float, params: Mapping[str, Any]) -> dict[str, Any] | None:
    """Nullclines and arrows over two state variables."""
    names = [s.name for s in program.states]
    axes = params.get("axes") or (names if len(names) == 2 else None)
    if axes is None:
        return None
    if not isinstance(axes, list) or len(axes) != 2 or axes[0] == axes[1] or any(a not in names for a in axes):
        raise BadRequest(f"'axes' are two of the states {', '.join(names)}")
    pair = [names.index(a) for a in axes]
    ranges = [_range(program, states, k, params) for k in pair]
    lines: dict[str, list[list[list[float]]]] = {}
    x, y, fields = _over(field, states[-1], pair, ranges, _GRID)
    for axis, k in zip(axes, pair, strict=True):
        lines[axis] = _zeros(x, y, fields[k])
    ax, ay, arrows = _over(field, states[-1], pair, ranges, _ARROWS)
    return {
        "axes": list(axes),
        "ranges": [list(r) for r in ranges],
        "nullclines": lines,
        "arrows": {
            "x": ax.tolist(),
            "y": ay.tolist(),
            axes[0]: [_finite(row) for row in arrows[pair[0]]],
            axes[1]: [_finite(row) for row in arrows[pair[1]]],
        },
        "others": {name: float(states[-1][k]) for k, name in enumerate(names) if k not in pair},
    }


def _range(program: Program, states: _Float, k: int, params: Mapping[str, Any]) -> tuple[float, float]:
    """What an axis shows: what is asked for, else the range of the file, else where the trajectory went."""
    state = program.states[k]
    asked = (params.get("ranges") or {}).get(state.name)
    if isinstance(asked, list) and len(asked) == 2:
        low, high = (number({"end": end}, "end", 0.0, -1e300, 1e300) for end in asked)
        if low >= high:
            raise BadRequest(f"the range of '{state.name}' ends before it starts")
        return low, high
    if state.period is not None:
        return 0.0, state.period
    seen = states[:, k]
    low = state.low if state.low is not None else float(seen.min())
    high = state.high if state.high is not None else float(seen.max())
    low, high = min(low, float(seen.min())), max(high, float(seen.max()))
    margin = 0.1 * (high - low) or 1.0
    return low - margin, high + margin


def _over(
    field: Field, last: _Float, pair: list[int], ranges: list[tuple[float, float]], points: int
) -> tuple[_Float, _Float, list[_Float]]:
    """The field on a grid: rows are the second axis."""
    x, y = (np.linspace(*r, points) for r in ranges)
    grid_x, grid_y = np.meshgrid(x, y)
    state: list[Any] = [np.full_like(grid_x, value) for value in last]
    state[pair[0]], state[pair[1]] = grid_x, grid_y
    return x, y, [np.broadcast_to(np.asarray(value, dtype=np.float64), grid_x.shape) for value in field.at(state, 0.0)]


def _zeros(x: _Float, y: _Float, values: _Float) -> list[list[list[float]]]:
    """The lines along which a function is 0, each a list of points."""
    from contourpy import contour_generator

    lines = contour_generator(x, y, np.ma.masked_invalid(values)).lines(0.0)
    return [np.asarray(line).tolist() for line in lines if np.isfinite(np.asarray(line)).all()]


def _finite(values: _Float) -> list[float | None]:
    """Numbers for JSON, which has none that are not finite."""
    return [float(v) if np.isfinite(v) else None for v in values]
