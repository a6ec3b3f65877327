"""The outline of a file, and names of all files to jump to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from rateml.ide.analysis import Analysis
from rateml.ide.workspace import Workspace
from rateml.syntax.tree import RML, Element
from rateml.text import Span

SymbolKind: TypeAlias = Literal[
    "file", "type", "parameter", "constant", "interface", "variable", "event", "component", "unit", "group"
]

_KINDS: Final[dict[str, SymbolKind]] = {
    "Include": "file",
    "Dimension": "unit",
    "Unit": "unit",
    "ComponentType": "type",
    "Parameter": "parameter",
    "DerivedParameter": "parameter",
    "Constant": "constant",
    "Child": "component",
    "Exposure": "interface",
    "Requirement": "interface",
    "Dynamics": "group",
    "StateVariable": "variable",
    "DerivedVariable": "variable",
    "ConditionalDerivedVariable": "variable",
    "TimeDerivative": "event",
    "OnStart": "group",
    "OnCondition": "event",
    "StateAssignment": "event",
    "Component": "component",
}
_MOST: Final = 5_000


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """``span`` covers the element, ``name_span`` what to show of it."""

    name: str
    detail: str
    kind: SymbolKind
    span: Span
    name_span: Span
    children: tuple[OutlineItem, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkspaceSymbol:
    name: str
    kind: SymbolKind
    container: str
    span: Span


def outline(analysis: Analysis) -> tuple[OutlineItem, ...]:
    """What the file declares, as it is nested; of a very long file the first elements."""
    root = analysis.document.root
    return tuple(_items(root, [_MOST])) if root else ()


def _items(parent: Element, left: list[int]) -> Iterator[OutlineItem]:
    for element in parent.children:
        kind = _KINDS.get(element.name.local)
        left[0] -= 1
        if left[0] < 0:
            return
        if kind is not None:
            name, at = _name(element)
            yield OutlineItem(name, _detail(element), kind, element.span, at, tuple(_items(element, left)))
        elif element.name.local != "Case":
            yield OutlineItem(
                element.name.text, "", "group", element.span, element.name_span, tuple(_items(element, left))
            )


def _name(element: Element) -> tuple[str, Span]:
    local = element.name.local
    for key in ("name", "id", "symbol", "variable", "file", "test"):
        attribute = element.attribute(key)
        if attribute is not None and attribute.value.strip():
            value = attribute.value
            if local == "TimeDerivative":
                value = f"d{value}/dt"
            elif local == "StateAssignment":
                value = f"{value} ="
            return value, attribute.value_span
    return local or "?", element.name_span


def _detail(element: Element) -> str:
    local = element.name.local
    if local == "ComponentType":
        role = element.attribute("role", RML)
        return role.value if role else ""
    if local == "Component":
        type = element.attribute("type")
        return type.value if type else ""
    for key in ("value", "select", "dimension", "type"):
        attribute = element.attribute(key)
        if attribute is not None:
            shown = " ".join(attribute.value.split())
            return shown if len(shown) <= 60 else shown[:59] + "…"
    return ""


def workspace_symbols(workspace: Workspace, query: str, most: int = 200) -> tuple[WorkspaceSymbol, ...]:
    """Types, components and what types declare, of all files; ``query`` letters must occur in their order."""
    found: list[WorkspaceSymbol] = []
    for file in workspace.models_on_disk():
        if file not in workspace.texts and not _may_hold(file, query):
            continue
        analysis = workspace.analysis(file)
        if analysis is None:
            continue
        for item, container in _flat(outline(analysis), ""):
            if item.kind not in ("group", "event", "file") and _matches(query, item.name):
                found.append(WorkspaceSymbol(item.name, item.kind, container, item.name_span))
                if len(found) >= most:
                    return tuple(found)
    return tuple(found)


def _flat(items: tuple[OutlineItem, ...], container: str) -> Iterator[tuple[OutlineItem, str]]:
    for item in items:
        yield item, container
        yield from _flat(item.children, item.name if item.kind == "type" else container)


def _matches(query: str, name: str) -> bool:
    letters = iter(name.casefold())
    return all(char in letters for char in query.casefold())


def _may_hold(file: str, query: str) -> bool:
    """Whether a file on the disk is a model at all: XML of other kinds is not read further."""
    del query
    try:
        with open(file, "rb") as stream:
            return b"<Lems" in stream.read(4096)
    except OSError:
        return False
