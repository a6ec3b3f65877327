"""Trees of a text that now stands elsewhere in its file: every span moved by as many characters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from rateml.syntax.expr import Binary, Call, Expr, Logic, Missing, Name, Neg, Num, Relation
from rateml.syntax.tree import Comment, Element, XmlAttribute
from rateml.text import Span


def moved_span(span: Span, by: int) -> Span:
    return Span(span[0] + by, span[1] + by, span[2])


def moved_element(element: Element, by: int) -> Element:
    """The element ``by`` characters further on."""
    name, span, tag, name_span, close, attributes, children, texts = (
        element.name,
        element.span,
        element.tag_span,
        element.name_span,
        element.close_span,
        element.attributes,
        element.children,
        element.text_spans,
    )
    file = span[2]
    return Element(
        name,
        Span(span[0] + by, span[1] + by, file),
        Span(tag[0] + by, tag[1] + by, file),
        Span(name_span[0] + by, name_span[1] + by, file),
        None if close is None else Span(close[0] + by, close[1] + by, file),
        tuple([_moved_attribute(a, by) for a in attributes]),
        tuple([moved_element(child, by) for child in children]),
        tuple([moved_span(text, by) for text in texts]) if texts else (),
    )


def _moved_attribute(attribute: XmlAttribute, by: int) -> XmlAttribute:
    name, value, file, start, name_end, value_start, value_end, end, table = attribute
    if table is not None:
        table = tuple([at + by for at in table])
    return XmlAttribute(name, value, file, start + by, name_end + by, value_start + by, value_end + by, end + by, table)


def moved_comment(comment: Comment, by: int) -> Comment:
    return Comment(comment.text, moved_span(comment.span, by))


def moved_expr(expr: Expr, by: int, file: str) -> Expr:
    """The expression ``by`` characters further on, in ``file``; for trees that recursion can go through."""
    return _MOVES[type(expr)](expr, by, file)


def _num(expr: Num, by: int, file: str) -> Expr:
    start, end, _ = expr.span
    return Num(expr.value, Span(start + by, end + by, file), expr.text)


def _name(expr: Name, by: int, file: str) -> Expr:
    start, end, _ = expr.span
    return Name(expr.id, Span(start + by, end + by, file))


def _neg(expr: Neg, by: int, file: str) -> Expr:
    start, end, _ = expr.span
    operand = expr.operand
    return Neg(_MOVES[type(operand)](operand, by, file), Span(start + by, end + by, file))


def _two(expr: Binary | Relation | Logic, by: int, file: str) -> Expr:
    start, end, _ = expr.span
    left, right = expr.left, expr.right
    kind: Any = type(expr)
    moved: Expr = kind(
        expr.op,
        _MOVES[type(left)](left, by, file),
        _MOVES[type(right)](right, by, file),
        Span(start + by, end + by, file),
    )
    return moved


def _call(expr: Call, by: int, file: str) -> Expr:
    (start, end, _), (func_start, func_end, _) = expr.span, expr.func_span
    arguments = tuple([_MOVES[type(a)](a, by, file) for a in expr.args])
    return Call(expr.func, arguments, Span(start + by, end + by, file), Span(func_start + by, func_end + by, file))


def _missing(expr: Missing, by: int, file: str) -> Expr:
    start, end, _ = expr.span
    return Missing(Span(start + by, end + by, file))


_MOVES: Final[dict[type, Callable[[Any, int, str], Expr]]] = {
    Num: _num,
    Name: _name,
    Neg: _neg,
    Binary: _two,
    Relation: _two,
    Logic: _two,
    Call: _call,
    Missing: _missing,
}
