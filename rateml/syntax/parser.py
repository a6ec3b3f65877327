"""The expression parser: operator precedence with recovery, every node with its exact span.

From loose to tight: ``.or.``, ``.and.``, comparisons, ``+ -``, ``* /``, unary minus, ``^``. So ``-x^2`` is
-(x^2), ``a^-b`` is fine, and ``a^b^c`` is refused because readers disagree about it. Where an operand is
missing stands a ``Missing`` node. A chain of operators makes a tree as tall as the chain is long.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Final, NamedTuple, cast

from rateml.diagnostics import Code, Diagnostic, Edit, Fix, replace
from rateml.syntax.expr import (
    ArithmeticOp,
    Binary,
    Call,
    Expr,
    Logic,
    LogicOp,
    Missing,
    Name,
    Neg,
    Num,
    Relation,
    RelationOp,
)
from rateml.syntax.lexer import Token, tokens
from rateml.syntax.limits import MAX_EXPRESSION, MAX_PARENTHESES, MAX_SIGNS
from rateml.syntax.moved import moved_expr
from rateml.text import Offsets, Span
from rateml.text.kept import Kept

_BINDING: Final = {
    ".or.": 1,
    ".and.": 2,
    **dict.fromkeys((".lt.", ".gt.", ".leq.", ".geq.", ".eq.", ".neq."), 3),
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
}
_RELATION: Final = 3
_SHORT: Final = 400
"""Characters of an expression that is kept: of longer ones a few would fill the memory."""
_kept: Final[Kept[tuple[str, str], tuple[int, ParsedExpr]]] = Kept()
"""Where each expression stood last, and what it was there."""


@dataclass(frozen=True, slots=True)
class ParsedExpr:
    """The tree, what was wrong with the text, and its number of tokens; without diagnostics the tree is whole."""

    expr: Expr
    diagnostics: tuple[Diagnostic, ...]
    tokens: int = 0


class _Part(NamedTuple):
    """A subtree with the extent of its text, parentheses around it included."""

    expr: Expr
    extent: Span
    bracketed: bool = False


def parse_expr(text: str, offsets: Offsets | None = None) -> ParsedExpr:
    """Parse an expression whose characters stand in the source where ``offsets`` says."""
    offsets = offsets or Offsets()
    return _remembered(text, offsets) if len(text) <= _SHORT else _parsed(text, offsets)


def _remembered(text: str, offsets: Offsets) -> ParsedExpr:
    """Kept for a while: at a keystroke everything but one expression is what it was, if some of it further on."""
    if offsets.table is not None:
        return _parsed(text, offsets)
    key = text, offsets.file
    found = _kept.get(key)
    if found is None or (found[1].diagnostics and found[0] != offsets.start):
        found = offsets.start, _parsed(text, offsets)
        _kept.keep(key, found, len(text))
    by = offsets.start - found[0]
    if by == 0:
        return found[1]
    return ParsedExpr(moved_expr(found[1].expr, by, offsets.file), (), found[1].tokens)


def _parsed(text: str, offsets: Offsets) -> ParsedExpr:
    whole = offsets.span(0, len(text))
    if len(text) > MAX_EXPRESSION:
        return ParsedExpr(Missing(whole), (Code.EXPRESSION_TOO_LONG.at(whole, limit=MAX_EXPRESSION),))
    found, faults = tokens(text, offsets)
    parser = _Parser(found, whole)
    expr = parser.run()
    unread = any(f.code is Code.UNEXPECTED_CHARACTER for f in faults)
    # What the lexer had to drop leaves gaps; complaints about these would repeat the first fault.
    every = faults if unread else faults + parser.faults
    return ParsedExpr(expr, tuple(sorted(every, key=lambda d: d.span)), len(found) - 1)


class _Parser:
    """Reads tokens from left to right. ``given_up`` is set when a limit is passed: one fault is enough."""

    def __init__(self, found: list[Token], whole: Span) -> None:
        self.tokens = found
        self.whole = whole
        self.at = 0
        self.depth = 0
        self.given_up = False
        self.faults: list[Diagnostic] = []

    @property
    def token(self) -> Token:
        """The next token; it changes under `take`."""
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def is_op(self, text: str) -> bool:
        return self.token.kind == "op" and self.token.text == text

    def text_of(self, span: Span) -> str:
        """The tokens that stand within a span."""
        first, last = (bisect_left(self.tokens, at, key=lambda t: t.span.start) for at in (span.start, span.end))
        return "".join(t.text for t in self.tokens[first:last])

    def report(self, fault: Diagnostic) -> None:
        if not self.given_up:
            self.faults.append(fault)

    def give_up(self, fault: Diagnostic) -> None:
        self.report(fault)
        self.given_up = True
        self.at = len(self.tokens) - 1

    def ended(self) -> bool:
        return self.token.kind == "end"

    def run(self) -> Expr:
        expr = self.expression().expr
        while not self.ended():
            stray = self.take()
            self.report(Code.UNEXPECTED_TOKEN.at(stray.span, token=stray.text, fixes=(_remove(stray),)))
            if not self.ended():
                self.expression()
        return Missing(self.whole) if self.given_up else expr

    def expression(self) -> _Part:
        """Operands joined by binary operators, up to a token that cannot continue them.

        The operators wait on a stack of their own, so that the depth of recursion is that of parentheses.
        """
        parts = [self.factor()]
        waiting: list[Token] = []
        while True:
            token = self.token
            if token.kind in ("number", "name", "("):
                help = "an operator is missing before it"
                before = Span(token.span.start, token.span.start, token.span.file)
                fixes = (replace(before, "* ", "multiply"),)
                self.report(Code.UNEXPECTED_TOKEN.at(token.span, token=token.text, help=help, fixes=fixes))
                token = Token("op", "*", token.span)
            elif token.kind == "op" and token.text in _BINDING:
                self.take()
            else:
                break
            while waiting and _BINDING[waiting[-1].text] >= _BINDING[token.text]:
                self.join(parts, waiting.pop())
            waiting.append(token)
            parts.append(self.factor())
        while waiting:
            self.join(parts, waiting.pop())
        return parts[0]

    def join(self, parts: list[_Part], operator: Token) -> None:
        right, left = parts.pop(), parts.pop()
        op = operator.text.strip(".")
        span = left.extent.to(right.extent)
        expr: Expr
        if _BINDING[operator.text] > _RELATION:
            expr = Binary(cast("ArithmeticOp", op), left.expr, right.expr, span)
        elif _BINDING[operator.text] < _RELATION:
            expr = Logic(cast("LogicOp", op), left.expr, right.expr, span)
        else:
            if isinstance(left.expr, Relation) and not left.bracketed:
                help = "join two comparisons with '.and.'"
                middle = self.text_of(left.expr.right.span)
                at = Span(operator.span.start, operator.span.start, operator.span.file)
                fixes = (replace(at, f".and. {middle} ", f"join them: .and. {middle}"),)
                self.report(Code.RELATION_CHAIN.at(operator.span, help=help, fixes=fixes))
            expr = Relation(cast("RelationOp", op), left.expr, right.expr, span)
        parts.append(_Part(expr, span))

    def factor(self) -> _Part:
        """``-``s, then an atom that may have a power."""
        signs: list[Token] = []
        while self.is_op("-") or self.is_op("+"):
            sign = self.take()
            if sign.text == "+":
                help = "there is no sign '+'"
                self.report(Code.UNEXPECTED_TOKEN.at(sign.span, token="+", help=help, fixes=(_remove(sign),)))
            else:
                signs.append(sign)
        if len(signs) > MAX_SIGNS:
            run = signs[0].span.to(signs[-1].span)
            self.give_up(Code.TOO_MANY_SIGNS.at(run, limit=MAX_SIGNS, help="two signs '-' cancel each other"))
        part = self.atom()
        powers = 0
        while self.is_op("^"):
            operator = self.take()
            powers += 1
            if powers == 2:
                help = "write (a^b)^c or a^(b^c)"
                self.report(Code.POWER_CHAIN.at(operator.span, help=help))
            minus = self.take() if self.is_op("-") else None
            exponent = self.atom()
            if minus:
                extent = minus.span.to(exponent.extent)
                exponent = _Part(Neg(exponent.expr, extent), extent)
            extent = part.extent.to(exponent.extent)
            part = _Part(Binary("^", part.expr, exponent.expr, extent), extent)
        for sign in reversed(signs):
            extent = sign.span.to(part.extent)
            part = _Part(Neg(part.expr, extent), extent)
        return part

    def atom(self) -> _Part:
        token = self.token
        if token.kind == "number":
            self.take()
            return _Part(Num(float(token.text), token.span, token.text), token.span)
        if token.kind == "name":
            self.take()
            if self.token.kind == "(":
                return self.call(token)
            return _Part(Name(token.text, token.span), token.span)
        if token.kind == "(":
            return self.bracketed()
        return self.missing()

    def missing(self) -> _Part:
        """No operand here: the token that stands here instead is left to whoever can use it."""
        token = self.token
        before = self.tokens[self.at - 1] if self.at else None
        if token.kind != "end":
            found, span = f"'{token.text}' follows" + (f" '{before.text}'" if before else " nothing"), token.span
        elif before:
            found, span = f"the expression ends after '{before.text}'", before.span
        else:
            found, span = "the expression is empty", self.whole
        self.report(Code.EXPECTED_OPERAND.at(span, found=found))
        here = Span(token.span.start, token.span.start, token.span.file)
        return _Part(Missing(here), here)

    def enter(self, opening: Token) -> bool:
        self.depth += 1
        if self.depth > MAX_PARENTHESES:
            self.give_up(Code.PARENTHESES_TOO_DEEP.at(opening.span, limit=MAX_PARENTHESES))
            return False
        return True

    def bracketed(self) -> _Part:
        opening = self.take()
        if not self.enter(opening):
            return _Part(Missing(opening.span), opening.span)
        inner = self.expression()
        self.skip_commas()
        return _Part(inner.expr, opening.span.to(self.leave(opening, inner.extent)), True)

    def skip_commas(self) -> None:
        """Commas separate arguments and nothing else: report the first, read past all."""
        if self.token.kind == ",":
            self.report(Code.UNEXPECTED_TOKEN.at(self.token.span, token=",", help="only a function takes a list"))
        while self.token.kind == ",":
            self.take()
            self.expression()

    def leave(self, opening: Token, last: Span) -> Span:
        """The closing parenthesis, or the end of what stands inside where there is none."""
        self.depth -= 1
        if self.token.kind == ")":
            return self.take().span
        if not any(fault.code is Code.EXPECTED_OPERAND for fault in self.faults):
            end = Span(last.end, last.end, last.file)
            self.report(Code.UNCLOSED_PARENTHESIS.at(opening.span, fixes=(replace(end, ")"),)))
        return last

    def call(self, name: Token) -> _Part:
        opening = self.take()
        if not self.enter(opening):
            return _Part(Missing(opening.span), opening.span)
        arguments: list[_Part] = []
        last = opening.span
        if self.token.kind != ")":
            arguments.append(self.expression())
            while self.token.kind == ",":
                self.take()
                arguments.append(self.expression())
            last = arguments[-1].extent
        span = name.span.to(self.leave(opening, last))
        expr = Call(name.text, tuple(part.expr for part in arguments), span, name.span)
        return _Part(expr, span)


def _remove(token: Token) -> Fix:
    return Fix(f"remove '{token.text}'", (Edit(token.span, ""),))
