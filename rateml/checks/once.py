"""Work that many rules ask for, done once for each component type or model."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from rateml.model.nodes import ComponentType, Model

_Node = TypeVar("_Node", ComponentType, Model)
_Found = TypeVar("_Found")


def once(work: Callable[[_Node], _Found]) -> Callable[[_Node], _Found]:
    """Keep what ``work`` finds beside the node it is about, as ``cached_property`` does.

    Nodes are frozen, so it stays true; it must not be changed by who asks for it.
    """
    key = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def kept(node: _Node) -> _Found:
        beside = node.__dict__
        if key not in beside:
            beside[key] = work(node)
        return cast("_Found", beside[key])

    return kept
