"""Expressions as RateML's own text, of trees of any height: equal texts for equal expressions, and for no others."""

from __future__ import annotations

from typing import Final

from rateml.syntax.expr import Binary, Call, Choose, Expr, Logic, Name, Neg, Num, Relation, fold

_OR, _AND, _RELATION, _SUM, _TERM, _NEG, _POWER, _ATOM = range(1, 9)
_BINDING: Final = {"+": _SUM, "-": _SUM, "*": _TERM, "/": _TERM, "^": _POWER}

_Text = tuple[str, int]
"""A text, and how tightly it binds."""


def spell(expr: Expr) -> str:
    """The expression with the fewest parentheses that keep its shape."""
    return fold(expr, _spelled)[0]


def _spelled(node: Expr, below: tuple[_Text, ...]) -> _Text:
    match node:
        case Num(value):
            return repr(value).removesuffix(".0"), _ATOM if value >= 0 else _NEG
        case Name(id):
            return id, _ATOM
        case Neg():
            return f"-{_held(below[0], _POWER)}", _NEG
        case Binary("^"):
            return f"{_held(below[0], _ATOM)}^{_held(below[1], _ATOM)}", _POWER
        case Binary(op):
            mine = _BINDING[op]
            return f"{_held(below[0], mine)} {op} {_held(below[1], mine + 1)}", mine
        case Relation(relation):
            return f"{_held(below[0], _SUM)} .{relation}. {_held(below[1], _SUM)}", _RELATION
        case Logic(logic):
            mine = _OR if logic == "or" else _AND
            return f"{_held(below[0], mine)} .{logic}. {_held(below[1], mine + 1)}", mine
        case Call(func):
            return f"{func}({', '.join(text for text, _ in below)})", _ATOM
        case Choose():
            test, then, otherwise = (text for text, _ in below)
            return f"choose({test}, {then}, {otherwise})", _ATOM
        case _:
            return "?", _ATOM


def _held(text: _Text, outer: int) -> str:
    return f"({text[0]})" if text[1] < outer else text[0]
