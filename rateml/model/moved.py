"""A component type whose text now stands elsewhere in its file: every span moved by as many characters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from operator import attrgetter
from typing import Any, Final, cast

from rateml.model import nodes
from rateml.model.dimension import Quantity
from rateml.model.nodes import ComponentType
from rateml.syntax import expr
from rateml.syntax.moved import moved_expr, moved_span
from rateml.text import Span


def moved_type(type: ComponentType, by: int) -> ComponentType:
    """The type ``by`` characters further on; for types whose expressions recursion can go through."""
    made = cast("ComponentType", _moved(type, by))
    made.__dict__["silent"] = type.silent
    return made


def _moved(value: Any, by: int) -> Any:
    """A part of a type; what bears no span is left as it is."""
    move = _MOVES.get(type(value))
    return value if move is None else move(value, by)


def _moved_each(values: tuple[Any, ...], by: int) -> tuple[Any, ...]:
    return tuple([_moved(value, by) for value in values]) if values else values


def _moved_expr(tree: Any, by: int) -> Any:
    return moved_expr(tree, by, tree.span.file)


def _moved_node(make: Callable[..., Any], values: Callable[[Any], tuple[Any, ...]], node: Any, by: int) -> Any:
    moves = _MOVES.get
    return make(*[value if (move := moves(type(value))) is None else move(value, by) for value in values(node)])


_NODES: Final = (
    *(nodes.Ident, nodes.Parameter, nodes.DerivedParameter, nodes.Constant, nodes.Requirement, nodes.Exposure),
    *(nodes.Child, nodes.StateVariable, nodes.DerivedVariable, nodes.Case, nodes.ConditionalDerivedVariable),
    *(nodes.TimeDerivative, nodes.StateAssignment, nodes.OnCondition, nodes.Dynamics, nodes.ComponentType, Quantity),
)
_EXPRESSIONS: Final = (
    *(expr.Num, expr.Name, expr.Neg, expr.Binary, expr.Relation, expr.Logic, expr.Call, expr.Missing),
)
_MOVES: Final[dict[type, Callable[[Any, int], Any]]] = {
    Span: moved_span,
    tuple: _moved_each,
    **dict.fromkeys(_EXPRESSIONS, _moved_expr),
    **{node: partial(_moved_node, node, attrgetter(*(f.name for f in fields(node)))) for node in _NODES},
}
