"""Every rule, in the order they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from rateml.checks.components import component_values, one_model, parameter_kinds, unknown_type
from rateml.checks.coupling_binding import actual_depends_on_input, coupling_binding
from rateml.checks.coupling_input import coupling_input, undriven_port
from rateml.checks.coupling_speed import coupling_speed, step_not_positive
from rateml.checks.coupling_type import coupling_requirement, missing_pre
from rateml.checks.default_case import default_case
from rateml.checks.dependency_cycle import dependency_cycle
from rateml.checks.derivatives import assigned_twice, missing_derivative, not_a_state
from rateml.checks.dimensions import dimension_mismatch
from rateml.checks.duplicate_name import duplicate_name
from rateml.checks.exposures import unknown_exposure
from rateml.checks.quantities import quantity_dimension
from rateml.checks.random_outside_start import random_outside_start
from rateml.checks.reserved_name import reserved_name
from rateml.checks.structure import missing_dynamics, no_states, value_or_select
from rateml.checks.sweep_axes import unknown_axis
from rateml.checks.types import wrong_type
from rateml.checks.undefined_name import undefined_name
from rateml.checks.unknown_function import unknown_function, wrong_arity
from rateml.diagnostics import Diagnostic
from rateml.model.nodes import Model

Rule: TypeAlias = Callable[[Model], Iterator[Diagnostic]]

RULES: Final[tuple[Rule, ...]] = (
    duplicate_name,
    reserved_name,
    missing_dynamics,
    no_states,
    undefined_name,
    unknown_function,
    wrong_arity,
    wrong_type,
    random_outside_start,
    dependency_cycle,
    missing_derivative,
    not_a_state,
    assigned_twice,
    value_or_select,
    default_case,
    unknown_exposure,
    one_model,
    unknown_type,
    component_values,
    parameter_kinds,
    quantity_dimension,
    coupling_requirement,
    missing_pre,
    coupling_input,
    coupling_binding,
    coupling_speed,
    step_not_positive,
    actual_depends_on_input,
    unknown_axis,
    undriven_port,
    dimension_mismatch,
)
