"""Names of a Program as identifiers of the module for TVB."""

from __future__ import annotations

import builtins
from collections import Counter
from typing import Final

from rateml.codegen.names import Mangler
from rateml.ir.program import Program


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MODULE: Final = _words(
    """
    float64 guvectorize register_jitable Connectivity integrators noise TemporalAverage SparseCoupling ModelNumbaDfun
    Simulator simulator derivatives
    """
)
"""What the module imports and defines and no class or function of the model's equations uses."""

SCOPES: Final = _words(
    """
    numpy NArray Range List Final Attr property str self modulo heaviside math special psi_table nerf_table noise
    """
)
"""What classes and functions with the model's names in them use; TVB has the last three for itself."""

TRAITS: Final = _words(
    """
    TYPES_TO_DEEPCOPY configure declarative_attrs declarative_props duplicate gid log own_declarative_attrs
    own_declarative_props set_title summary_info tag tags title validate
    """
)
"""The attributes of TVB's HasTraits."""

MODEL: Final = _words(
    """
    coupling_terms cvar dfun global_parameter_names has_nonint_vars initial initial_for_simulator nintvar
    nnonintvar non_integrated_variables number_of_modes nvar observe parameter_names spatial_param_reshape
    spatial_parameter_matrix spatial_parameter_names state_variable_boundaries state_variable_dfuns
    state_variable_mask state_variable_range state_variables stationary_trajectory stvar
    update_derived_parameters update_state_variables_after_integration update_state_variables_before_integration
    variables_of_interest
    """
)
"""The attributes of TVB's models."""

OWN_OF_MODEL: Final = _words(
    """
    nsig start_seed state inputs derivative parameters history_shape rng nodes
    """
)
"""Attributes, arguments and variables of the generated model beside the model's own names."""

COUPLING: Final = _words(
    """
    parameter_names pre_expr post_expr update_derived_parameters
    """
)
"""The attributes of TVB's couplings; ``pre`` and ``post`` are reserved where they are attributes."""

OWN_OF_COUPLING: Final = _words(
    """
    model x_i x_j gx inputs n_node
    """
)
"""The same of the generated coupling."""


class Names:
    """Identifiers of the module (``constant``), of the model class (``model``) and of the coupling class."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._constants = {c.name for c in program.constants}
        self.module = Mangler(set(dir(builtins)) | MODULE | SCOPES | OWN_OF_MODEL | OWN_OF_COUPLING, r"_.*")
        self.class_name = self.module(program.name)
        self.coupling_name = self.module(f"{program.name}Coupling")
        self._bare = self._bare_names()
        own = {self.module(self._bare.get(name, name)) for name in sorted(self._constants)}
        taken = own | {self.class_name, self.coupling_name}
        self._model = Mangler(SCOPES | TRAITS | MODEL | OWN_OF_MODEL | taken, r"_.*|random_\d+")
        parameters = {"pre", "post"} & {self._bare.get(p.key) for p in program.parameters}
        self._coupling = Mangler(SCOPES | TRAITS | COUPLING | OWN_OF_COUPLING | parameters | taken, r"_.*")

    def _bare_names(self) -> dict[str, str]:
        """What couplings declare, without the coupling's name where that leaves no doubt."""
        program = self._program
        ids = {c.id for c in program.couplings}
        declared = [p.key for p in program.parameters]
        declared += [a.name for a in program.derived_parameters] + [c.name for c in program.constants]
        for coupling in program.couplings:
            declared += dict.fromkeys(a.name for a in (*coupling.edge, *coupling.node))
        of_couplings = [name for name in declared if name.partition(".")[0] in ids and "." in name]
        count = Counter(name.partition(".")[2] for name in of_couplings)
        elsewhere = set(declared) - set(of_couplings) | {s.name for s in program.states}
        elsewhere |= {a.name for a in program.derived} | {i.name for i in program.inputs}
        return {
            name: name.partition(".")[2]
            for name in of_couplings
            if count[name.partition(".")[2]] == 1
            and not (name in self._constants and name.partition(".")[2] in elsewhere)
        }

    def constant(self, name: str) -> str:
        return self.module(self._bare.get(name, name))

    def model(self, name: str) -> str:
        """A name as the model class and its compiled function know it."""
        return self.constant(name) if name in self._constants else self._model(name)

    def coupling(self, name: str) -> str:
        """A name as the coupling class knows it; ``name@j`` is its value at the source, ``id.gx`` a weighted sum."""
        if name in self._constants:
            return self.constant(name)
        if name == "n_node":
            return name
        stem, at, end = name.partition("@")
        owner, _, gx = stem.partition(".")
        if gx == "gx":
            return self._coupling(f"gx_{owner}")
        return self._coupling(f"{self._bare.get(stem, stem)}{at}{end}")
