"""Expressions and elements as text, every piece with the place in the old file that it comes from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from rateml.syntax.expr import Binary, Call, Expr, Logic, Name, Neg, Num, Relation
from rateml.syntax.limits import MAX_EXPRESSION
from rateml.syntax.tree import Comment
from rateml.text import Span

_BINDING: Final = {"or": 1, "and": 2, "+": 4, "-": 4, "*": 5, "/": 5, "^": 7}
_RELATION: Final = 3
_NEG: Final = 6
_GROUP: Final = {"Dimension": ("Dimension",), "Unit": ("Dimension", "Unit"), "Component": ("Component",)}
"""What stands before an element at the top without a blank line between."""
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;"})


class Piece(NamedTuple):
    """A bit of a value; ``at`` is None where the old file has nothing like it."""

    text: str
    at: Span | None = None


Value: TypeAlias = Sequence[Piece]


def text(value: str, at: Span | None = None) -> Value:
    """A value that is not put together of anything."""
    return (Piece(value, at),)


def spell(expr: Expr) -> Value:
    """An expression in RateML 1's notation, with the fewest parentheses that keep its shape.

    There are no spaces around its operators where it would be too long with them.
    """
    out: list[Piece] = []
    todo: list[Piece | tuple[Expr, int]] = [(expr, 0)]
    while todo:
        next = todo.pop()
        if isinstance(next, Piece):
            out.append(next)
            continue
        node, outer = next
        parts, binding = _parts(node)
        if binding < outer:
            parts = [Piece("("), *parts, Piece(")")]
        todo.extend(reversed(parts))
    if sum(len(piece.text) for piece in out) > MAX_EXPRESSION:
        out = [Piece(piece.text.strip(), piece.at) if len(piece.text) == 3 else piece for piece in out]
    return out


def _parts(node: Expr) -> tuple[list[Piece | tuple[Expr, int]], int]:
    """What a node is written as, and how tightly it binds."""
    match node:
        case Num(value, span, text):
            return [Piece(text or repr(value), span)], 9
        case Name(id, span):
            return [Piece(id, span)], 9
        case Neg(operand):
            return [Piece("-"), (operand, _NEG)], _NEG
        case Binary("^", left, right):
            inner = right.operand if isinstance(right, Neg) else right
            minus = [Piece("-")] if isinstance(right, Neg) else []
            return [(left, 8), Piece("^"), *minus, (inner, 8)], 7
        case Binary(op, left, right) | Logic(op, left, right):
            mine = _BINDING[op]
            sign = f" .{op}. " if op in ("or", "and") else f" {op} "
            return [(left, mine), Piece(sign), (right, mine + 1)], mine
        case Relation(op, left, right):
            return [(left, 4), Piece(f" .{op}. "), (right, 4)], _RELATION
        case Call(func, args, _, func_span):
            parts: list[Piece | tuple[Expr, int]] = [Piece(func, func_span), Piece("(")]
            for k, arg in enumerate(args):
                parts += [Piece(", ")] * bool(k) + [(arg, 0)]
            return [*parts, Piece(")")], 9
        case _:
            return [Piece("?")], 9


@dataclass
class New:
    """An element of the new file; ``at`` is the place in the old one to blame for it."""

    tag: str
    at: Span
    attributes: list[tuple[str, Value]] = field(default_factory=list)
    children: list[New] = field(default_factory=list)
    before: tuple[Comment, ...] = ()
    foot: list[Comment] = field(default_factory=list)


class _Written(NamedTuple):
    start: int
    end: int
    at: Span
    pieces: tuple[tuple[int, int, Span], ...]


@dataclass(frozen=True)
class Origins:
    """Where the text of a migrated file comes from: of attribute values by the piece, of the rest by the element."""

    values: tuple[_Written, ...]
    elements: tuple[tuple[int, int, Span], ...]
    """In document order, so that the last one around a place is the innermost."""
    whole: Span

    def old(self, span: Span) -> Span:
        """The place in the old file that a span of the new one comes from."""
        k = bisect_right(self.values, span.start, key=lambda v: v.start) - 1
        if k >= 0 and span.end <= self.values[k].end:
            value = self.values[k]
            if span.start > value.start or span.end < value.end:
                inside = [at for s, e, at in value.pieces if s < max(span.end, span.start + 1) and span.start < e]
                if inside:
                    return Span(min(i.start for i in inside), max(i.end for i in inside), value.at.file)
            return value.at
        k = bisect_right(self.elements, span.start, key=lambda e: e[0]) - 1
        while k >= 0 and self.elements[k][1] < span.end:
            k -= 1
        return self.elements[k][2] if k >= 0 else self.whole

    def offset(self, at: int) -> int:
        """The place in the old file of one character of a value; what has none stands behind what is before it."""
        value = self.values[bisect_right(self.values, at, key=lambda v: v.start) - 1]
        k = bisect_right(value.pieces, at, key=lambda p: p[0]) - 1
        if k < 0:
            return value.at.start
        start, end, old = value.pieces[k]
        return min(old.start + at - start, old.end) if at < end else old.end


class Writer:
    """Writes elements in the layout of ``rateml fmt``."""

    def __init__(self, newline: str) -> None:
        self.newline = newline
        self.out: list[str] = []
        self.length = 0
        self.values: list[_Written] = []
        self.elements: list[tuple[int, int, Span]] = []

    def write(self, text: str) -> None:
        self.out.append(text)
        self.length += len(text)

    def comments(self, comments: Iterable[Comment], indent: str) -> None:
        for comment in comments:
            self.write(f"{indent}<!--{comment.text}-->{self.newline}")

    def element(self, new: New, indent: str = "") -> None:
        self.comments(new.before, indent)
        place = len(self.elements)
        start = self.length
        self.elements.append((start, start, new.at))
        self.write(f"{indent}<{new.tag}")
        for name, value in new.attributes:
            self.write(f' {name}="')
            self.value(value, new.at)
            self.write('"')
        if new.children or new.foot:
            self.write(f">{self.newline}")
            for k, child in enumerate(new.children):
                before = new.children[k - 1].tag if k else ""
                if not indent and before not in _GROUP.get(child.tag, ()):
                    self.write(self.newline)
                self.element(child, indent + "    ")
            self.comments(new.foot, indent + "    ")
            self.write(f"{indent}</{new.tag}>{self.newline}")
        else:
            self.write(f"/>{self.newline}")
        self.elements[place] = (start, self.length, new.at)

    def value(self, value: Value, default: Span) -> None:
        start = self.length
        pieces = []
        for piece in value:
            begin = self.length
            self.write(" ".join(piece.text.splitlines()).translate(_ESCAPES))
            if piece.at is not None:
                pieces.append((begin, self.length, piece.at))
        at = default
        if pieces:
            file = pieces[0][2].file
            spans = [span for _, _, span in pieces if span.file == file]
            at = Span(min(s.start for s in spans), max(s.end for s in spans), file)
        self.values.append(_Written(start, self.length, at, tuple(pieces)))
