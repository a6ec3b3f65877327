"""Values outside the range that the file gives: possible, and worth a warning."""

from __future__ import annotations

from collections.abc import Iterable

from rateml.ir.program import Parameter, State
from rateml.model.dimension import base_unit


def outside(item: Parameter | State, values: Iterable[float], option: str) -> str | None:
    """The warning that names the first value beyond rml:min or rml:max; None when all lie between them."""
    low = -float("inf") if item.low is None else item.low
    high = float("inf") if item.high is None else item.high
    value = next((v for v in values if not low <= v <= high), None)
    if value is None:
        return None
    unit = "" if base_unit(item.dimension) == "1" else f" {base_unit(item.dimension)}"
    if item.low is None:
        limits = f"at most {high:g}{unit}"
    elif item.high is None:
        limits = f"at least {low:g}{unit}"
    else:
        limits = f"{low:g} to {high:g}{unit}"
    return f"{option}: {value:g}{unit} is outside the range of '{item.name}' in the file, {limits}"
