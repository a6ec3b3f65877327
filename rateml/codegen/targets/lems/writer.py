"""The elements of the LEMS files for one Cell, in LEMS's order."""

from __future__ import annotations

from rateml.codegen.artifact import mark
from rateml.codegen.printers.lems import spell
from rateml.codegen.targets.lems.cases import Case
from rateml.codegen.targets.lems.context import Element, element
from rateml.codegen.targets.lems.names import Names
from rateml.codegen.targets.lems.portable import Cell
from rateml.codegen.targets.lems.units import Units, exponents
from rateml.errors import InternalError
from rateml.ir.program import Assign
from rateml.model.dimension import Dimension
from rateml.syntax.expr import Expr, Num
from rateml.text import Span


class Writer:
    """``spans`` collects what of the model the elements come from."""

    def __init__(self, cell: Cell, names: Names, spans: list[Span]) -> None:
        self._program, self._cases, self._names, self._spans = cell.program, cell.cases, names, spans
        self.units = Units(cell.program.units)
        self._exposed = {e.name for e in cell.program.exposures}

    def component_type(self) -> Element:
        program = self._program
        attributes = {"name": self._names.type, "description": "; ".join(program.description)}
        return element(
            "ComponentType",
            attributes,
            *(self._declared("Parameter", p.key, p.dimension, p.span, p.description) for p in program.parameters),
            *(self._computed("DerivedParameter", a, a.value) for a in program.derived_parameters),
            *(
                self._declared("Constant", c.name, c.dimension, c.span, value=self.units.quantity(c.value, c.dimension))
                for c in program.constants
            ),
            *(self._declared("Exposure", e.name, e.dimension, e.span, e.description) for e in program.exposures),
            *(self._declared("Requirement", i.name, i.dimension, i.span, i.description) for i in program.inputs),
            element("Dynamics", {}, *self._dynamics()),
        )

    def component(self) -> Element:
        values = {
            self._names.model(p.key): self.units.quantity(p.default, p.dimension) for p in self._program.parameters
        }
        return element("Component", {"id": self._names.component, "type": self._names.type} | values)

    def region(self) -> tuple[Element, Element]:
        """The type around the model, whose parameters are the model's inputs, and its component."""
        names, inputs = self._names, self._program.inputs
        description = "one region alone, its inputs held constant"
        type_ = element(
            "ComponentType",
            {"name": names.region_type, "description": description},
            *(self._declared("Parameter", i.name, i.dimension, i.span, i.description) for i in inputs),
            element("ComponentReference", {"name": names.reference, "type": names.type}),
            element("Structure", {}, element("ChildInstance", {"component": names.reference})),
        )
        attributes = {"id": names.region, "type": names.region_type, names.reference: names.component}
        values = {names.model(i.name): self.units.quantity(0.0, i.dimension) for i in inputs}
        return type_, element("Component", attributes | values)

    def columns(self) -> tuple[Element, ...]:
        """What the simulation writes: the exposures by their paths from the region."""
        exposures = [(self._names.model(e.name), e.span) for e in self._program.exposures]
        return tuple(
            element("OutputColumn", {"id": name, "quantity": f"{self._names.component}/{name}"}, mark=self._mark(span))
            for name, span in exposures
        )

    def fundamental(self) -> tuple[Element, ...]:
        """The dimensions and units of all that was written before."""
        dimensions = (
            element(
                "Dimension", {"name": name} | {letter: str(power) for letter, power in exponents(dimension).items()}
            )
            for name, dimension in sorted(self.units.dimensions.items())
        )
        units = (
            element("Unit", {"symbol": symbol, "dimension": dimension, "power": str(power)})
            for symbol, (dimension, power) in sorted(self.units.units.items())
        )
        return (*dimensions, *units)

    def _dynamics(self) -> tuple[Element, ...]:
        program = self._program
        plain = [a for a in program.derived if len(self._cases[a.name]) == 1]
        started = [s for s in program.states if s.start != Num(0.0, s.span)]
        starts = [self._assigned("StateAssignment", Assign(s.name, s.start, s.span)) for s in started]
        return (
            *(self._declared("StateVariable", s.name, s.dimension, s.span, s.description) for s in program.states),
            *(self._computed("DerivedVariable", a, self._cases[a.name][0].value) for a in plain),
            *(self._conditional(a, self._cases[a.name]) for a in program.derived if a not in plain),
            *(self._assigned("TimeDerivative", a) for a in program.derivatives),
            *([element("OnStart", {}, *starts)] if starts else ()),
            *(
                element(
                    "OnCondition",
                    {"test": self._spell(c.test)},
                    *(self._assigned("StateAssignment", a) for a in c.assignments),
                    mark=self._mark(c.span),
                )
                for c in program.conditions
            ),
        )

    def _declared(
        self, tag: str, name: str, dimension: Dimension, span: Span, description: str = "", value: str = ""
    ) -> Element:
        attributes = {"name": self._names.model(name), "dimension": self.units.dimension(dimension), "value": value}
        if tag == "StateVariable":
            attributes["exposure"] = self._exposure(name)
        return element(tag, attributes | {"description": description}, mark=self._mark(span))

    def _computed(self, tag: str, assign: Assign, value: Expr) -> Element:
        return element(tag, self._variable(assign) | {"value": self._spell(value)}, mark=self._mark(assign.span))

    def _conditional(self, assign: Assign, cases: tuple[Case, ...]) -> Element:
        inner = [
            element("Case", {"condition": self._spell(c.test) if c.test else "1 .eq. 1", "value": self._spell(c.value)})
            for c in cases
        ]
        return element("ConditionalDerivedVariable", self._variable(assign), *inner, mark=self._mark(assign.span))

    def _variable(self, assign: Assign) -> dict[str, str]:
        if assign.dimension is None:
            raise InternalError(f"'{assign.name}' has no dimension; an expression was cut and not refused")
        return {
            "name": self._names.model(assign.name),
            "dimension": self.units.dimension(assign.dimension),
            "exposure": self._exposure(assign.name),
        }

    def _assigned(self, tag: str, assign: Assign) -> Element:
        attributes = {"variable": self._names.model(assign.name), "value": self._spell(assign.value)}
        return element(tag, attributes, mark=self._mark(assign.span))

    def _exposure(self, name: str) -> str:
        return self._names.model(name) if name in self._exposed else ""

    def _spell(self, expr: Expr) -> str:
        return spell(expr, self._names.model)

    def _mark(self, span: Span) -> str:
        self._spans.append(span)
        return mark(len(self._spans) - 1)
