"""Names of a Program as LEMS simulators can have them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

from rateml.checks.dependencies import in_order
from rateml.checks.not_portable_name import ITS_OWN
from rateml.codegen.names import Mangler
from rateml.codegen.printers.lems import spell
from rateml.ir.program import Program

_FUNCTIONS: Final = frozenset({"factorial", "random", "H"})
"""PyLEMS knows more functions than rateml."""
_TYPES: Final = frozenset({"Simulation", "OutputFile", "OutputColumn"})
"""What the file with the simulation declares."""


class Names:
    """Names of the model (``model``), of its type and of the type around it."""

    def __init__(self, program: Program) -> None:
        self._program = program
        types = Mangler(_TYPES, "")
        self.type = types(program.name)
        self.region_type = types(f"{self.type}Region")
        self.component = Mangler({"simulation"}, "")(program.component)
        self.region = Mangler({self.component}, "")("region")
        self._model = Mangler(ITS_OWN | _FUNCTIONS, r".*_shadow", own={"t"})
        for name in sorted(_declared(program), key=lambda name: "." in name):
            self._model(name)
        self.reference = Mangler({self._model(i.name) for i in program.inputs}, "")("model")
        self._parameters = _told_apart(program, self._model, {self._model(name) for name in _declared(program)})

    def model(self, name: str) -> str:
        return self._parameters.get(name) or self._model(name)

    def changed(self) -> Iterator[tuple[str, str]]:
        """The names of the file that are others in LEMS, and these."""
        for name in _declared(self._program):
            if "." not in name and self.model(name) != name:
                yield name, self.model(name)


def _declared(program: Program) -> list[str]:
    variables = [*(s.name for s in program.states), *(i.name for i in program.inputs)]
    variables += [*(a.name for a in program.derived), *(c.name for c in program.constants)]
    return [*variables, *(p.key for p in program.parameters), *(a.name for a in program.derived_parameters)]


def _told_apart(program: Program, name: Callable[[str], str], taken: Collection[str]) -> dict[str, str]:
    """Other names for derived parameters whose order PyLEMS would not find.

    It takes one for used in another when its name stands anywhere in the text of the other: ``n`` in ``tanh(k)``.
    """
    texts = {name(a.name): spell(a.value, name) for a in program.derived_parameters}
    seen = {own: tuple(other for other in texts if other != own and other in text) for own, text in texts.items()}
    ready = set(in_order(seen))
    renamed: dict[str, str] = {}
    number = 0
    for assign in program.derived_parameters:
        if name(assign.name) in ready:
            continue
        number += 1
        while any(f"p{number}_" in other for other in taken):
            number += 1
        renamed[assign.name] = f"p{number}_{name(assign.name)}"
    return renamed
