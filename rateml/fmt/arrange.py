"""Moving elements and attributes to their canonical places; what needs no move stays where its author put it.

The canonical order is that of the schema, which is LEMS's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from heapq import heapify, heappop, heappush

from rateml_schema import catalogue

from rateml.fmt.pieces import Item
from rateml.syntax.expr import Name, walk
from rateml.syntax.parser import parse_expr
from rateml.syntax.tree import RML, Element, XmlAttribute

_ORDERED = ("Lems", "ComponentType", "Dynamics")
_DERIVED = ("DerivedVariable", "ConditionalDerivedVariable")


def arrange(parent: str, items: Sequence[Item]) -> tuple[Item, ...]:
    """The children of a ``parent`` element in canonical order; the blank line before the first stays first."""
    if parent not in _ORDERED:
        return tuple(items)
    order = {name: rank for rank, name in enumerate(catalogue().elements[parent].children)}
    ranks: list[int] = []
    for item in items:  # an element without a place of its own keeps to the one before it
        known = order.get(item.element.name.local)
        ranks.append(known if known is not None else ranks[-1] if ranks else -1)
    placed = [items[k] for k in sorted(range(len(items)), key=lambda k: ranks[k])]
    if parent == "Dynamics":
        for kind in _DERIVED:
            placed = _by_dependency(placed, kind)
    if placed and placed[0] is not items[0]:
        first, old = placed[0], placed.index(items[0])
        placed[old] = items[0].opening(first.opens_blank)
        placed[0] = first.opening(items[0].opens_blank)
    return tuple(placed)


def _by_dependency(items: list[Item], kind: str) -> list[Item]:
    """The derived variables of one kind, each after those it uses; untouched when they are so or form a circle."""
    places = [k for k, item in enumerate(items) if item.element.name.local == kind]
    group = [items[k] for k in places]
    names: dict[str, int] = {}
    for k, item in enumerate(group):
        name = item.element.attribute("name")
        names.setdefault(name.value if name else "", k)
    uses = [{names[n] for n in _used(item.element) if n in names} - {k} for k, item in enumerate(group)]
    if all(used < k for k, of in enumerate(uses) for used in of):
        return items
    users: list[list[int]] = [[] for _ in group]
    missing = [len(of) for of in uses]
    for k, of in enumerate(uses):
        for used in of:
            users[used].append(k)
    ready = [k for k, count in enumerate(missing) if not count]
    heapify(ready)
    order: list[int] = []
    while ready:
        k = heappop(ready)
        order.append(k)
        for user in users[k]:
            missing[user] -= 1
            if not missing[user]:
                heappush(ready, user)
    if len(order) < len(group):
        return items
    arranged = list(items)
    for place, k in zip(places, order, strict=True):
        arranged[place] = group[k]
    return arranged


def _used(element: Element) -> set[str]:
    names: set[str] = set()
    for part in (element, *element.children):
        for local in ("value", "condition"):
            attribute = part.attribute(local)
            if attribute:
                tree = parse_expr(attribute.value, attribute.offsets).expr
                names.update(node.id for node in walk(tree) if isinstance(node, Name))
    return names


def attribute_order(element: Element, parameters: Sequence[str]) -> tuple[XmlAttribute, ...]:
    """The attributes of an element: namespaces, plain ones, ``parameters``, ``rml`` ones, the description."""
    described = catalogue().elements.get(element.name.local)
    known = {name: rank for rank, name in enumerate(described.attributes if described else ())}
    values = {name: rank for rank, name in enumerate(parameters)}

    def rank(a: XmlAttribute) -> tuple[int, int]:
        name, local = a.name, a.name.local
        if name.prefix == "xmlns":
            return (0, name.text != "xmlns")
        if name.namespace == RML:
            return (4, known.get(f"rml:{local}", len(known)))
        if name.namespace:
            return (5, 0)
        if local == "description" and local not in values:
            return (6, 0)
        if local in known:
            return (1, known[local])
        return (2, values[local]) if local in values else (3, 0)

    return tuple(sorted(element.attributes, key=rank))


def parameter_names(root: Element) -> Callable[[Element, Element | None], Sequence[str]]:
    """Finds the parameters that an element gives values to: of a Component, or of a child that calls a function."""
    types: dict[str, Element] = {}
    for type in root.named("ComponentType"):
        name = type.attribute("name")
        types.setdefault(name.value if name else "", type)
    parameters = {name: _names(type, "Parameter") for name, type in types.items()}
    children = {name: _calls(type) for name, type in types.items()}

    def of(element: Element, parent: Element | None) -> Sequence[str]:
        if element.name.local == "Component":
            return parameters.get(_value(element, "type"), ())
        if parent is not None and parent.name.local == "Component":
            called = children.get(_value(parent, "type"), {}).get(element.name.local, "")
            return parameters.get(called, ())
        return ()

    return of


def _names(type: Element, kind: str) -> tuple[str, ...]:
    return tuple(_value(e, "name") for e in type.named(kind))


def _calls(type: Element) -> Mapping[str, str]:
    return {_value(e, "name"): _value(e, "type") for e in type.named("Child")}


def _value(element: Element, name: str) -> str:
    attribute = element.attribute(name)
    return attribute.value if attribute else ""
