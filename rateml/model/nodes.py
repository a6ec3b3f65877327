"""The model as its author wrote it: frozen nodes, every name and value with its span.

Quantities are already in base units (see ``rateml.model.dimension``); expressions are trees. Nothing here
is checked beyond what the node types say: that is the work of ``rateml.checks``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from rateml.model.dimension import Dimension, Quantity, Unit
from rateml.syntax.expr import Expr
from rateml.syntax.tree import Element
from rateml.text import SourceFile, Span

Role: TypeAlias = Literal["model", "coupling", "function"]
Scheme: TypeAlias = Literal["euler", "heun", "rk4"]
Reduce: TypeAlias = Literal["sum", "self", "mean"]
ParameterKind: TypeAlias = Literal["real", "integer", "boolean"]


@dataclass(frozen=True, slots=True)
class Ident:
    """A name and where it is written."""

    text: str
    span: Span

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Parameter:
    name: Ident
    dimension: Dimension
    span: Span
    description: str = ""
    low: Quantity | None = None
    high: Quantity | None = None
    step: Quantity | None = None
    regional: bool = False
    kind: ParameterKind = "real"


@dataclass(frozen=True, slots=True)
class DerivedParameter:
    name: Ident
    dimension: Dimension
    value: Expr
    span: Span
    description: str = ""


@dataclass(frozen=True, slots=True)
class Constant:
    name: Ident
    dimension: Dimension
    value: Quantity
    span: Span
    description: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    name: Ident
    dimension: Dimension
    span: Span
    description: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Exposure:
    name: Ident
    dimension: Dimension
    span: Span
    description: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    name: Ident
    type: Ident
    span: Span


@dataclass(frozen=True, slots=True)
class StateVariable:
    """``period`` is the numeric value of ``rml:periodic`` in base units."""

    name: Ident
    dimension: Dimension
    span: Span
    exposure: Ident | None = None
    low: Quantity | None = None
    high: Quantity | None = None
    period: float | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class DerivedVariable:
    """``value`` is None when the variable selects ``child/exposure`` instead."""

    name: Ident
    dimension: Dimension
    value: Expr | None
    select: Ident | None
    span: Span
    exposure: Ident | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    condition: Expr | None
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class ConditionalDerivedVariable:
    name: Ident
    dimension: Dimension
    cases: tuple[Case, ...]
    span: Span
    exposure: Ident | None = None


@dataclass(frozen=True, slots=True)
class TimeDerivative:
    variable: Ident
    value: Expr
    diffusion: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class StateAssignment:
    variable: Ident
    value: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class OnCondition:
    test: Expr
    assignments: tuple[StateAssignment, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Dynamics:
    states: tuple[StateVariable, ...]
    derived: tuple[DerivedVariable | ConditionalDerivedVariable, ...]
    derivatives: tuple[TimeDerivative, ...]
    on_start: tuple[StateAssignment, ...]
    on_conditions: tuple[OnCondition, ...]
    span: Span


@dataclass(frozen=True)
class ComponentType:
    """``span`` covers the element, ``name.span`` its name; every tuple is in document order.

    Without slots, so that the rules can keep beside it what they all ask for.
    """

    name: Ident
    role: Role
    span: Span
    description: str = ""
    scheme: Scheme | None = None
    dt: Quantity | None = None
    parameters: tuple[Parameter, ...] = ()
    derived_parameters: tuple[DerivedParameter, ...] = ()
    constants: tuple[Constant, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    children: tuple[Child, ...] = ()
    dynamics: Dynamics | None = None

    @cached_property
    def silent(self) -> set[str]:
        """The rules about the type alone that found nothing in it: they would not elsewhere in the file either."""
        return set()


@dataclass(frozen=True, slots=True)
class Attribute:
    """A plain attribute of a Component: the value of one Parameter."""

    name: Ident
    value: Quantity


@dataclass(frozen=True, slots=True)
class Binding:
    """``formal=actual`` of ``rml:bind``."""

    formal: Ident
    actual: Ident


@dataclass(frozen=True, slots=True)
class SweepAxis:
    """One axis suggested by ``rml:sweep``; ``values`` are in base units, ``written`` the quantities they come from."""

    name: Ident
    values: tuple[float, ...]
    span: Span
    written: tuple[Quantity, ...] = ()


@dataclass(frozen=True, slots=True)
class ChildValues:
    """The element inside a Component that gives a Child's parameters their values; ``name`` is the Child's."""

    name: Ident
    values: tuple[Attribute, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Component:
    """``delayed`` is what counts: false also where ``reduce`` takes present values, whatever is written."""

    id: Ident
    type: Ident
    span: Span
    values: tuple[Attribute, ...] = ()
    model: Ident | None = None
    input: Ident | None = None
    bind: tuple[Binding, ...] = ()
    delayed: bool = True
    speed: Quantity | None = None
    weights: Ident | None = None
    reduce: Reduce = "sum"
    sweep: tuple[SweepAxis, ...] = ()
    children: tuple[ChildValues, ...] = ()


@dataclass(frozen=True)
class Model:
    """One file with all it includes. ``dimensions`` and ``units`` hold the built-in ones and the file's own.

    ``roots`` are the elements it was read from, ``sources`` their text by file name.
    """

    file: str
    description: str
    dimensions: Mapping[str, Dimension]
    units: Mapping[str, Unit]
    types: tuple[ComponentType, ...] = field(default=())
    components: tuple[Component, ...] = field(default=())
    span: Span = field(default=Span(0, 0))
    roots: tuple[Element, ...] = field(default=(), compare=False, repr=False)
    sources: Mapping[str, SourceFile] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _elements(self) -> Mapping[Span, Element]:
        return {element.span: element for root in self.roots for element in root.walk()}

    def element(self, span: Span) -> Element | None:
        """The element that a node with this span was read from."""
        return self._elements.get(span)

    @cached_property
    def _types(self) -> Mapping[str, ComponentType]:
        return {t.name.text: t for t in reversed(self.types)}

    @cached_property
    def _components(self) -> Mapping[str, Component]:
        return {c.id.text: c for c in reversed(self.components)}

    def type(self, name: str) -> ComponentType | None:
        return self._types.get(name)

    def component(self, id: str) -> Component | None:
        return self._components.get(id)

    def of_role(self, role: Role) -> tuple[Component, ...]:
        """The components whose type plays ``role``, in document order."""
        found = ((c, self.type(c.type.text)) for c in self.components)
        return tuple(c for c, t in found if t is not None and t.role == role)
