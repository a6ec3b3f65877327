"""Every rule, in the order they run; those that only give advice do so when there is no error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from rateml.checks.assigned_twice import assigned_twice
from rateml.checks.bad_parameter_value import bad_parameter_value
from rateml.checks.canonical_order import canonical_order
from rateml.checks.child_type import child_type
from rateml.checks.component_of_function import component_of_function
from rateml.checks.component_values import component_values
from rateml.checks.coupling_binding import coupling_binding
from rateml.checks.coupling_input import coupling_input
from rateml.checks.coupling_requirement import coupling_requirement
from rateml.checks.coupling_speed import coupling_speed
from rateml.checks.default_case import default_case
from rateml.checks.dependency_cycle import dependency_cycle
from rateml.checks.derivative_count import derivative_count
from rateml.checks.dimension_mismatch import dimension_mismatch
from rateml.checks.division_by_zero import division_by_zero
from rateml.checks.duplicate_component import duplicate_component
from rateml.checks.duplicate_name import duplicate_name
from rateml.checks.duplicate_type import duplicate_type
from rateml.checks.fixed_diffusion import fixed_diffusion
from rateml.checks.function_exposures import function_exposures
from rateml.checks.input_dependency import input_dependency
from rateml.checks.missing_dynamics import missing_dynamics
from rateml.checks.missing_pre import missing_pre
from rateml.checks.model_count import model_count
from rateml.checks.no_states import no_states
from rateml.checks.noisy_rk4 import noisy_rk4
from rateml.checks.not_a_state import not_a_state
from rateml.checks.not_portable_argument import not_portable_argument
from rateml.checks.not_portable_built_in import not_portable_built_in
from rateml.checks.not_portable_call import not_portable_call
from rateml.checks.not_portable_conditional import not_portable_conditional
from rateml.checks.not_portable_default import not_portable_default
from rateml.checks.not_portable_event import not_portable_event
from rateml.checks.not_portable_function import not_portable_function
from rateml.checks.not_portable_name import not_portable_name
from rateml.checks.not_portable_order import not_portable_order
from rateml.checks.not_portable_precedence import not_portable_precedence
from rateml.checks.not_portable_substring import not_portable_substring
from rateml.checks.quantity_dimension import quantity_dimension
from rateml.checks.random_outside_start import random_outside_start
from rateml.checks.repeated_case import repeated_case
from rateml.checks.reserved_name import reserved_name
from rateml.checks.reversed_range import reversed_range
from rateml.checks.source_free_pre import source_free_pre
from rateml.checks.step_not_positive import step_not_positive
from rateml.checks.undefined_at_defaults import undefined_at_defaults
from rateml.checks.undefined_name import undefined_name
from rateml.checks.undriven_port import undriven_port
from rateml.checks.unknown_axis import unknown_axis
from rateml.checks.unknown_exposure import unknown_exposure
from rateml.checks.unknown_function import unknown_function
from rateml.checks.unknown_type import unknown_type
from rateml.checks.unmet_requirement import unmet_requirement
from rateml.checks.unused_definition import unused_definition
from rateml.checks.unused_name import unused_name
from rateml.checks.unused_type import unused_type
from rateml.checks.value_or_select import value_or_select
from rateml.checks.value_out_of_range import value_out_of_range
from rateml.checks.wrong_arity import wrong_arity
from rateml.checks.wrong_type import wrong_type
from rateml.diagnostics import Diagnostic
from rateml.model.nodes import Model

Rule: TypeAlias = Callable[[Model], Iterator[Diagnostic]]

FAULTS: Final[tuple[Rule, ...]] = (
    duplicate_name,
    duplicate_type,
    duplicate_component,
    reserved_name,
    missing_dynamics,
    no_states,
    undefined_name,
    unknown_function,
    wrong_arity,
    wrong_type,
    random_outside_start,
    dependency_cycle,
    derivative_count,
    not_a_state,
    assigned_twice,
    value_or_select,
    default_case,
    unknown_exposure,
    model_count,
    unknown_type,
    component_of_function,
    component_values,
    bad_parameter_value,
    value_out_of_range,
    reversed_range,
    quantity_dimension,
    coupling_requirement,
    missing_pre,
    source_free_pre,
    coupling_input,
    coupling_binding,
    coupling_speed,
    step_not_positive,
    input_dependency,
    unknown_axis,
    undriven_port,
    dimension_mismatch,
    child_type,
    function_exposures,
    unmet_requirement,
    division_by_zero,
    undefined_at_defaults,
    repeated_case,
    noisy_rk4,
)
ADVICE: Final[tuple[Rule, ...]] = (
    unused_name,
    unused_type,
    unused_definition,
    fixed_diffusion,
    canonical_order,
    not_portable_function,
    not_portable_precedence,
    not_portable_conditional,
    not_portable_order,
    not_portable_default,
    not_portable_substring,
    not_portable_argument,
    not_portable_built_in,
    not_portable_call,
    not_portable_event,
    not_portable_name,
)
RULES: Final = (*FAULTS, *ADVICE)
