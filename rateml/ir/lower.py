"""Lowering: a checked Model becomes a Program. Scopes are merged by qualifying what couplings declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rateml.errors import InternalError
from rateml.ir.cut import cut
from rateml.ir.program import Assign, Condition, Constant, Coupling, Exposure, Input, Parameter, Program, State
from rateml.model.nodes import (
    Component,
    ComponentType,
    ConditionalDerivedVariable,
    DerivedVariable,
    Dynamics,
    Model,
)
from rateml.syntax.expr import Binary, Call, Choose, Expr, Name, Num, fold, names, walk, with_operands

DEFAULT_DT = 0.1


def lower(model: Model) -> Program:
    """The program of a model that has no errors.

    Before: the Model of the file, with one scope per ComponentType. After: one Program, every quantity in
    base units, conditional variables as nested choices, couplings bound to the variables they read, no expression
    taller than ``cut.MAX_HEIGHT``.
    Assignments keep document order; ``passes.order`` sorts them.
    """
    component = model.of_role("model")[0]
    type_ = _type_of(model, component)
    dynamics = _dynamics(type_)
    couplings = [c for c in model.of_role("coupling") if c.model is None or c.model.text == component.id.text]
    calls = _calls(model, component, type_)
    scopes = [
        (component, type_, ""),
        *((call.values, call.function, call.prefix) for call in calls),
        *((c, _type_of(model, c), f"{c.id.text}.") for c in couplings),
    ]
    starts = _starts(dynamics)
    program = Program(
        name=type_.name.text,
        component=component.id.text,
        file=model.file,
        scheme=type_.scheme or "heun",
        dt=type_.dt.value if type_.dt else DEFAULT_DT,
        step=type_.dt.value if type_.dt else DEFAULT_DT,
        constants=tuple(
            Constant(prefix + c.name.text, c.value.value, c.dimension, c.span, c.description)
            for _, scope, prefix in scopes
            for c in scope.constants
        ),
        parameters=tuple(p for owner, scope, prefix in scopes for p in _parameters(owner, scope, prefix)),
        derived_parameters=tuple(
            Assign(
                prefix + d.name.text, _qualify(d.value, _own_names(scope, prefix)), d.span, d.dimension, d.description
            )
            for _, scope, prefix in scopes
            for d in scope.derived_parameters
        ),
        timed=(),
        states=tuple(
            State(
                s.name.text,
                s.dimension,
                starts.get(s.name.text, Num(0.0, s.span, "0")),
                s.span,
                s.low.value if s.low else None,
                s.high.value if s.high else None,
                s.period,
                description=s.description,
            )
            for s in dynamics.states
        ),
        inputs=tuple(Input(r.name.text, r.dimension, r.optional, r.span, r.description) for r in type_.requirements),
        couplings=tuple(_coupling(c, _type_of(model, c)) for c in couplings),
        derived=(*(a for call in calls for a in call.assigns), *(_variable(v) for v in dynamics.derived)),
        derivatives=_in_state_order(
            dynamics, {d.variable.text: Assign(d.variable.text, d.value, d.span) for d in dynamics.derivatives}
        ),
        diffusion=_in_state_order(
            dynamics,
            {
                d.variable.text: Assign(d.variable.text, d.diffusion, d.span)
                for d in dynamics.derivatives
                if d.diffusion is not None and d.diffusion != Num(0.0, d.span)
            },
        ),
        conditions=tuple(
            Condition(c.test, tuple(Assign(a.variable.text, a.value, a.span) for a in c.assignments), c.span)
            for c in dynamics.on_conditions
        ),
        exposures=tuple(Exposure(e.name.text, e.dimension, e.description, e.span) for e in type_.exposures),
        sweep=tuple((c.id.text, axis) for c in (component, *couplings) for axis in c.sweep),
        units=model.units,
        description=tuple(text for text in (model.description, type_.description) if text),
    )
    return cut(program)


def _starts(dynamics: Dynamics) -> dict[str, Expr]:
    """The OnStart expressions with the k-th ``random(a)`` of the document as ``a * random.k``."""
    calls = (n for a in dynamics.on_start for n in walk(a.value) if isinstance(n, Call) and n.func == "random")
    occurrence = {id(call): number for number, call in enumerate(calls)}

    def draw(node: Expr, operands: tuple[Expr, ...]) -> Expr:
        if isinstance(node, Call) and node.func == "random":
            return Binary("*", operands[0], Name(f"random.{occurrence[id(node)]}", node.span), node.span)
        return with_operands(node, operands)

    return {a.variable.text: fold(a.value, draw) for a in dynamics.on_start}


def _type_of(model: Model, component: Component) -> ComponentType:
    found = model.type(component.type.text)
    if found is None:
        raise InternalError(f"component '{component.id}' has no type; a model with errors was lowered")
    return found


def _dynamics(type_: ComponentType) -> Dynamics:
    if type_.dynamics is None:
        raise InternalError(f"type '{type_.name}' has no Dynamics; a model with errors was lowered")
    return type_.dynamics


@dataclass(frozen=True, slots=True)
class _Call:
    """A Child of the model type: its function, inlined; what it declares is ``child.name``."""

    function: ComponentType
    values: Component
    prefix: str
    assigns: tuple[Assign, ...]


def _calls(model: Model, component: Component, type_: ComponentType) -> list[_Call]:
    """Every call whose result is selected, in document order.

    Requirements keep their names: they are the model's own.
    """
    given = {c.name.text: c.values for c in component.children}
    derived = type_.dynamics.derived if type_.dynamics else ()
    selects = [v.select.text for v in derived if isinstance(v, DerivedVariable) and v.select]
    found = []
    for child in type_.children:
        name, function = child.name.text, model.type(child.type.text)
        if function is None:
            raise InternalError(f"child '{name}' has no type; a model with errors was lowered")
        results = {select.partition("/")[2] for select in selects if select.partition("/")[0] == name}
        if not results:
            continue
        prefix = f"{name}."
        variables = {v.name.text: v for v in _dynamics(function).derived}
        scope = _own_names(function, prefix) | {v: prefix + v for v in variables}
        assigns = tuple(
            a for result in sorted(results) for a in _needed(Name(result, child.span), variables, scope, prefix)
        )
        values = Component(child.name, child.type, child.span, given.get(name, ()))
        found.append(_Call(function, values, prefix, assigns))
    return found


def _parameters(owner: Component, type_: ComponentType, prefix: str) -> list[Parameter]:
    values = {a.name.text: a.value.value for a in owner.values}
    return [
        Parameter(
            key=prefix + p.name.text,
            owner=owner.id.text,
            name=p.name.text,
            default=values[p.name.text],
            dimension=p.dimension,
            span=p.span,
            low=p.low.value if p.low else None,
            high=p.high.value if p.high else None,
            regional=p.regional,
            kind=p.kind,
            description=p.description,
            step=p.step.value if p.step else None,
        )
        for p in type_.parameters
    ]


def _in_state_order(dynamics: Dynamics, found: Mapping[str, Assign]) -> tuple[Assign, ...]:
    return tuple(found[s.name.text] for s in dynamics.states if s.name.text in found)


def _variable(variable: DerivedVariable | ConditionalDerivedVariable) -> Assign:
    description = variable.description if isinstance(variable, DerivedVariable) else ""
    return Assign(variable.name.text, _value(variable), variable.span, variable.dimension, description)


def _value(variable: DerivedVariable | ConditionalDerivedVariable) -> Expr:
    if isinstance(variable, DerivedVariable):
        if variable.select is not None:
            return Name(variable.select.text.replace("/", "."), variable.span)
        if variable.value is None:
            raise InternalError(f"'{variable.name}' has no value; a model with errors was lowered")
        return variable.value
    *cases, last = variable.cases
    value = last.value
    for case in reversed(cases):
        if case.condition is None:
            raise InternalError(f"'{variable.name}' has an unconditional case that is not the last")
        value = Choose(case.condition, case.value, value, case.span)
    return value


def _own_names(type_: ComponentType, prefix: str) -> dict[str, str]:
    """What a DerivedParameter of the type may read."""
    idents = [p.name for p in type_.parameters]
    idents += [d.name for d in type_.derived_parameters] + [c.name for c in type_.constants]
    return {ident.text: prefix + ident.text for ident in idents}


def _coupling(component: Component, type_: ComponentType) -> Coupling:
    if component.input is None:
        raise InternalError(f"coupling '{component.id}' feeds no input; a model with errors was lowered")
    prefix = f"{component.id.text}."
    variables = {v.name.text: v for v in type_.dynamics.derived} if type_.dynamics else {}
    bind = {b.formal.text: b.actual.text for b in component.bind}
    ends: dict[str, str] = {}
    for requirement in type_.requirements:
        formal, _, end = requirement.name.text.rpartition("_")
        if end in ("i", "j") and formal:
            ends[requirement.name.text] = f"{bind.get(formal, formal)}@{end}"
    shared = {"n_node": "n_node", **{c.name.text: prefix + c.name.text for c in type_.constants}}
    shared |= {name: prefix + name for name in variables}
    values = [p.name.text for p in type_.parameters] + [d.name.text for d in type_.derived_parameters]
    at_edge = {v: f"{prefix}{v}@j" for v in values} | {f"{v}_{e}": f"{prefix}{v}@{e}" for v in values for e in "ij"}
    at_node = {v: prefix + v for v in values} | {f"{v}_i": prefix + v for v in values}
    at_edge |= shared | ends
    at_node |= shared | ends | {"gx": f"{prefix}gx"}

    if "pre" in variables:
        pre: Expr = Name("pre", variables["pre"].span)
    else:
        source = next(name for name in ends if name.endswith("_j"))
        pre = Name(source, component.span)
    post = Name("post" if "post" in variables else "gx", component.span)
    return Coupling(
        id=component.id.text,
        input=component.input.text,
        edge=_needed(pre, variables, at_edge, prefix),
        pre=_qualify(pre, at_edge),
        node=_needed(post, variables, at_node, prefix),
        post=_qualify(post, at_node),
        speed=component.speed.value if component.delayed and component.speed else None,
        weights=component.weights.text if component.weights else "structural",
        reduce=component.reduce,
        span=component.span,
        description=type_.description,
    )


def _needed(
    root: Expr,
    variables: Mapping[str, DerivedVariable | ConditionalDerivedVariable],
    scope: Mapping[str, str],
    prefix: str,
) -> tuple[Assign, ...]:
    """The assignments that ``root`` needs, in document order, with qualified names."""
    reached: set[str] = set()
    waiting = [name.id for name in names(root)]
    while waiting:
        name = waiting.pop()
        if name in variables and name not in reached:
            reached.add(name)
            waiting.extend(n.id for n in names(_value(variables[name])))
    return tuple(
        Assign(prefix + name, _qualify(_value(variable), scope), variable.span, variable.dimension)
        for name, variable in variables.items()
        if name in reached
    )


def _qualify(expr: Expr, scope: Mapping[str, str]) -> Expr:
    def qualified(node: Expr, operands: tuple[Expr, ...]) -> Expr:
        return Name(scope.get(node.id, node.id), node.span) if isinstance(node, Name) else with_operands(node, operands)

    return fold(expr, qualified)
