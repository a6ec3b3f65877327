"""Which Component of a plain LEMS file is the model, and what is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rateml.diagnostics import Code, Related
from rateml.legacy.plain.standard import SIMULATION
from rateml.legacy.plain.types import Type, bases
from rateml.legacy.reading import Reading
from rateml.syntax.tree import Document, Element, XmlAttribute

_NOT_COMPONENTS = ("Include", "Target", "Dimension", "Unit", "ComponentType", "Assertion")


@dataclass(frozen=True)
class Chosen:
    """``component`` is None for a type without parameters, which needs none; ``step`` is that of the simulation."""

    type: Type
    component: Element | None
    step: XmlAttribute | None


def type_of(component: Element) -> str:
    """The type of a Component, in both of LEMS's spellings."""
    attribute = component.attribute("type") if component.name.local == "Component" else None
    if component.name.local == "Component":
        return attribute.value.strip() if attribute else ""
    return component.name.local


def components(documents: Sequence[Document]) -> Iterator[Element]:
    """Everything at the top of the files that is a Component."""
    for document in documents:
        for element in document.root.children if document.root else ():
            if element.name.local not in _NOT_COMPONENTS:
                yield element


def choose(
    reading: Reading,
    documents: Sequence[Document],
    types: Mapping[str, Type],
    known: Mapping[str, Element],
    wanted: str,
) -> Chosen | None:
    """The model, or None, told why; ``wanted`` is the id of the Component to take where there are several."""
    found = list(components(documents))
    simulations = [c for c in found for c in c.walk() if type_of(c) == "Simulation"]
    models = [c for c in found if type_of(c) in types and types[type_of(c)].moves]
    root = documents[-1].root
    assert root is not None
    if wanted:
        models = [c for c in found if reading.text(c, "id") == wanted]
        if not models or type_of(models[0]) not in types:
            ids = ", ".join(reading.text(c, "id") for c in found if type_of(c) in types and types[type_of(c)].moves)
            help = f"the Components that could be the model: {ids or 'none'}"
            reading.tell(Code.LEMS_NO_MODEL, root.name_span, help, problem=f"there is no Component '{wanted}'")
            return None
    elif len(models) > 1:
        targets = {reading.text(s, "target") for s in simulations}
        models = [c for c in models if reading.text(c, "id") in targets] or models
    step = _step(simulations)
    if len(models) == 1:
        return Chosen(types[type_of(models[0])], models[0], step)
    if models:
        related = tuple(Related(c.name_span, f"'{reading.text(c, 'id')}' is one") for c in models)
        ids = " or ".join(f"--component {reading.text(c, 'id')}" for c in models[:3])
        help = f"a file of RateML 1 has one: `rateml migrate` with {ids} writes it, or remove the others"
        at = reading.place(models[1], "id")
        reading.tell(Code.LEMS_WHICH_MODEL, at, help, related, count=str(len(models)))
        return None
    return _without_component(reading, root, types, known, step)


def _without_component(
    reading: Reading, root: Element, types: Mapping[str, Type], known: Mapping[str, Element], step: XmlAttribute | None
) -> Chosen | None:
    extended = set(bases(known))
    moving = [t for t in types.values() if t.moves and t.name not in extended]
    if not moving:
        help = "it needs a ComponentType with <StateVariable> and <TimeDerivative> in its <Dynamics>"
        reading.tell(Code.LEMS_NO_MODEL, root.name_span, help, problem="there is no model in this file")
        return None
    if len(moving) == 1 and not moving[0].named("Parameter"):
        return Chosen(moving[0], None, step)
    for type in moving:
        fixed = {reading.text(f, "parameter") for f in type.named("Fixed")}
        names = [name for p in type.named("Parameter") if (name := reading.text(p, "name")) not in fixed]
        values = " ".join(f'{name}="…"' for name in names)
        help = f'add <Component id="{type.name.lower()}_1" type="{type.name}" {values}/>'.replace(" />", "/>")
        reading.tell(Code.LEMS_NO_COMPONENT, reading.place(type.element, "name"), help, name=type.name)
    return None


def _step(simulations: Sequence[Element]) -> XmlAttribute | None:
    """The step of the simulations, where they agree."""
    steps = [a for s in simulations if (a := s.attribute("step")) is not None]
    return steps[0] if len({a.value.strip() for a in steps}) == 1 else None


def tell_left_out(reading: Reading, documents: Sequence[Document], kept: Sequence[Element]) -> None:
    """Tell of Components and types that are no part of the model."""
    for component in components(documents):
        if component in kept:
            continue
        name, tag = reading.text(component, "id"), type_of(component) or component.name.local
        what = f"{tag} '{name}'" if name else tag
        if tag in SIMULATION:
            reason = "how long to simulate and what to record is said with each run"
            reading.tell(Code.LEMS_LEFT_OUT, component.name_span, what=what, reason=reason)
        else:
            help = "a Requirement takes its place where it drove the model; connections are those of the connectome"
            reading.tell(Code.LEMS_COMPONENT_LEFT_OUT, component.name_span, help, what=what)
    for document in documents:
        for element in document.root.children if document.root else ():
            name = reading.text(element, "name")
            if element.name.local == "ComponentType" and element not in kept and name not in SIMULATION:
                reason = "the model does not need it"
                at = reading.place(element, "name")
                reading.tell(Code.LEMS_LEFT_OUT, at, what=f"ComponentType '{name}'", reason=reason)
            elif element.name.local == "Assertion":
                reading.tell(
                    Code.LEMS_LEFT_OUT, element.name_span, what="<Assertion>", reason="dimensions are checked anyway"
                )
