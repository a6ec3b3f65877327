"""The order of the passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rateml.ir.program import Program
from rateml.ir.verify import verify
from rateml.passes.expand_powers import expand_powers
from rateml.passes.fold_constants import fold_constants
from rateml.passes.hoist_parameters import hoist_parameters
from rateml.passes.hoist_time import hoist_time
from rateml.passes.mark_slow_states import mark_slow_states
from rateml.passes.multiply_reciprocals import multiply_reciprocals
from rateml.passes.order import order
from rateml.passes.separate_couplings import separate_couplings
from rateml.passes.share_subexpressions import share_subexpressions

PASSES: Mapping[str, Callable[[Program], Program]] = MappingProxyType(
    {
        "order": order,
        "fold_constants": fold_constants,
        "separate_couplings": separate_couplings,
        "multiply_reciprocals": multiply_reciprocals,
        "hoist_parameters": hoist_parameters,
        "hoist_time": hoist_time,
        "expand_powers": expand_powers,
        "share_subexpressions": share_subexpressions,
        "mark_slow_states": mark_slow_states,
    }
)


def run_passes(program: Program, *, until: str | None = None) -> Program:
    """Every pass in order, or those up to and including ``until`` (``lower``: none), verified after each."""
    verify(program, "lower")
    if until == "lower":
        return program
    for name, change in PASSES.items():
        program = change(program)
        verify(program, name)
        if name == until:
            break
    return program
