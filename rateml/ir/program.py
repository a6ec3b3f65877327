"""The Program: a model with its couplings, in base units, ready for passes, the interpreter and the printers.

Names in expressions. What the model declares keeps its name. What a coupling Component ``c`` declares is
``c.name``. In ``pre``, which is evaluated per edge, a suffix tells the end: ``r@j`` is the delayed value at
the source region, ``r@i`` the current value at the target, ``c.G@j`` a parameter at the source. In ``post``
nothing has a suffix but variables of the target (``r@i``), and ``c.gx`` is the weighted sum. ``t`` is the
time, ``n_node`` the number of regions. In a state's start, ``random.k`` is the k-th uniform on [0, 1). No
name a user can write holds a dot or an ``@``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rateml.model.dimension import Dimension, Unit
from rateml.model.nodes import ParameterKind, Reduce, Scheme, SweepAxis
from rateml.syntax.expr import Expr, names
from rateml.text import Span

Precision: TypeAlias = Literal["float32", "float64"]
"""What a program is computed in."""


@dataclass(frozen=True, slots=True)
class Constant:
    name: str
    value: float
    dimension: Dimension
    span: Span
    description: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value per simulation and region. ``owner`` is the Component that gives ``default``."""

    key: str
    owner: str
    name: str
    default: float
    dimension: Dimension
    span: Span
    low: float | None = None
    high: float | None = None
    regional: bool = False
    kind: ParameterKind = "real"
    description: str = ""
    step: float | None = None


@dataclass(frozen=True, slots=True)
class Assign:
    """``name = value``; ``dimension`` is None for what a pass made."""

    name: str
    value: Expr
    span: Span
    dimension: Dimension | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """``start`` is the OnStart expression, ``before`` what it needs, ``period`` that of an angle in base units.

    A ``slow`` state moves so little in a step that float32 would lose the movement: it is added up with the
    rounding errors kept.
    """

    name: str
    dimension: Dimension
    start: Expr
    span: Span
    low: float | None = None
    high: float | None = None
    period: float | None = None
    slow: bool = False
    before: tuple[Assign, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A Requirement of the model: fed by couplings, or a port that is 0 unless driven."""

    name: str
    dimension: Dimension
    optional: bool
    span: Span
    description: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """An OnCondition: the assignments are simultaneous. ``before`` is what they and the test need, in order."""

    test: Expr
    assignments: tuple[Assign, ...]
    span: Span
    before: tuple[Assign, ...] = ()


@dataclass(frozen=True, slots=True)
class Factor:
    """One term ``target(i) * source(j)`` of a separated ``pre``; None stands for 1.

    ``target`` names an assignment of the coupling's ``edge``, ``source`` a variable whose history is kept; what an edge
    reads of it is put through ``function``, where there is one.
    """

    target: str | None
    source: str | None
    function: str = ""


@dataclass(frozen=True, slots=True)
class Coupling:
    """``input_i += post(gx_i)``, ``gx_i = sum_j weight_ij pre(i, j)`` (or as ``reduce`` says).

    ``edge`` and ``node`` are the assignments that ``pre`` and ``post`` need, in order. ``speed`` is None
    when the coupling is not delayed; ``weights`` names a pair of the connectome. With ``factors``, ``pre`` is
    their sum and ``edge`` depends on the target alone.
    """

    id: str
    input: str
    edge: tuple[Assign, ...]
    pre: Expr
    node: tuple[Assign, ...]
    post: Expr
    speed: float | None
    weights: str
    reduce: Reduce
    span: Span
    factors: tuple[Factor, ...] = ()
    description: str = ""

    @property
    def delayed(self) -> bool:
        return self.speed is not None


@dataclass(frozen=True, slots=True)
class Exposure:
    name: str
    dimension: Dimension
    description: str
    span: Span


@dataclass(frozen=True, slots=True)
class Program:
    """``timed`` are subexpressions of ``t`` and parameters alone, evaluated in float64 at every stage.

    ``scheme``, ``dt`` and ``sweep`` (component id, axis) are what the file suggests to a runner, ``step`` is the
    time step that passes may reckon with, ``units`` are those that quantities may be written in, ``description``
    are the paragraphs that file and model type say of themselves.
    """

    name: str
    component: str
    file: str
    scheme: Scheme
    dt: float
    step: float
    constants: tuple[Constant, ...]
    parameters: tuple[Parameter, ...]
    derived_parameters: tuple[Assign, ...]
    timed: tuple[Assign, ...]
    states: tuple[State, ...]
    inputs: tuple[Input, ...]
    couplings: tuple[Coupling, ...]
    derived: tuple[Assign, ...]
    derivatives: tuple[Assign, ...]
    diffusion: tuple[Assign, ...]
    conditions: tuple[Condition, ...]
    exposures: tuple[Exposure, ...]
    sweep: tuple[tuple[str, SweepAxis], ...]
    units: Mapping[str, Unit]
    description: tuple[str, ...] = ()

    @property
    def stored(self) -> tuple[str, ...]:
        """The variables that the couplings read at a source, so that their history is kept."""
        return self._read_at("j")

    @property
    def current(self) -> tuple[str, ...]:
        """The variables that the couplings read at the target."""
        return self._read_at("i")

    @property
    def late(self) -> frozenset[str]:
        """The stored variables that depend on an input: known at a time step only after the inputs are."""
        reached = {i.name for i in self.inputs}
        for assign in self.derived:
            if any(n.id in reached for n in names(assign.value)):
                reached.add(assign.name)
        return frozenset(reached & set(self.stored))

    def _read_at(self, end: str) -> tuple[str, ...]:
        """In the order they are first read; parameters have ends too, but no history."""
        variables = {s.name for s in self.states} | {a.name for a in self.derived}
        read = (name.partition("@") for coupling in self.couplings for name in coupling_names(coupling))
        return tuple(dict.fromkeys(name for name, _, at in read if at == end and name in variables))

    @property
    def ports(self) -> tuple[Input, ...]:
        """The inputs that no coupling feeds."""
        fed = {coupling.input for coupling in self.couplings}
        return tuple(i for i in self.inputs if i.name not in fed)

    def parameter(self, key: str) -> Parameter | None:
        return next((p for p in self.parameters if p.key == key), None)

    def dimension(self, name: str) -> Dimension | None:
        """The dimension of a state, derived variable, input, parameter or constant."""
        for group in (self.states, self.derived, self.inputs, self.constants, self.derived_parameters):
            for item in group:
                if item.name == name:
                    return item.dimension
        found = self.parameter(name)
        return found.dimension if found else None


def expressions(program: Program) -> Iterator[Expr]:
    """Every expression of the program."""
    assigns = (*program.derived_parameters, *program.timed, *program.derived, *program.derivatives, *program.diffusion)
    yield from (a.value for a in assigns)
    for state in program.states:
        yield from (a.value for a in state.before)
        yield state.start
    for condition in program.conditions:
        yield from (a.value for a in condition.before)
        yield condition.test
        yield from (a.value for a in condition.assignments)
    for coupling in program.couplings:
        yield from (a.value for a in (*coupling.edge, *coupling.node))
        yield from (coupling.pre, coupling.post)


def coupling_names(coupling: Coupling) -> Iterator[str]:
    """Every name that the expressions of a coupling read."""
    for expr in (*(a.value for a in coupling.edge), coupling.pre, *(a.value for a in coupling.node), coupling.post):
        for name in names(expr):
            yield name.id


def variables_read(program: Program, coupling: Coupling) -> set[str]:
    """The delayed variables of the model that one edge reads, before a pass made factors of them."""
    made = {a.name: a.value for a in program.derived if a.name.startswith(f"{coupling.id}.sent.")}
    read = {name.removesuffix("@j") for name in coupling_names(coupling) if name.endswith("@j")}
    own = {n.id for name in read & made.keys() for n in names(made[name])}
    variables = {s.name for s in program.states} | {a.name for a in program.derived}
    return ((read - made.keys()) | own) & variables
