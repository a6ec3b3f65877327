"""RML631: PyLEMS has another use for a name.

PyLEMS 0.6.9 keeps a model's values among the attributes of its own objects: a parameter ``single_step`` takes the
place of its method. Beside ``x`` it keeps ``x_shadow``.

Example::

    <StateVariable name="x" dimension="none"/>
    <Parameter name="x_shadow" dimension="none"/>

Fix: choose another name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rateml.checks.declarations import declarations
from rateml.diagnostics import Code, Diagnostic
from rateml.model.nodes import Model

ITS_OWN: Final = frozenset(
    (
        *("instance_variables", "derived_variables", "uchildren", "recorded_variables", "current_regime"),
        *("add_method", "add_instance_variable", "add_derived_variable", "configure_time", "do_startup"),
        *("single_step", "single_step2", "record_variables", "update_shadow_variables", "update_kinetic_scheme"),
        *("update_state_variables", "update_derived_variables", "update_derived_parameters"),
        *("run_startup_event_handlers", "run_preprocessing_event_handlers", "run_postprocessing_event_handlers"),
    )
)


def not_portable_name(model: Model) -> Iterator[Diagnostic]:
    """Every declared name that a LEMS simulator reads."""
    for type in model.types:
        if type.role == "coupling":
            continue
        every = [d.name for d in declarations(type)]
        shadows = {f"{name}_shadow" for name in every}
        for name in every:
            if name.text in ITS_OWN or name.text in shadows:
                yield Code.NOT_PORTABLE_NAME.at(name.span, name=name, help=f"choose another name, such as '{name}_'")
