"""Reading an expression of the 2022 dialect: C, Python and ``{a^b}`` become the one tree of RateML 1.

The 2022 generator pasted expressions into CUDA and into Python and replaced ``{a^b}`` by ``powf(a, b)`` or
``a**b``. Here the text is rewritten character by character, each keeping its place in the file, and then
parsed; the parser knows ``**``, ``<``, ``&&``, ``1.0f``, ``3.`` and ``.5`` by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rateml.diagnostics import Code, Diagnostic
from rateml.syntax.expr import Binary, Call, Expr, Logic, Name, Num, Relation, fold, walk, with_operands
from rateml.syntax.functions import FUNCTIONS
from rateml.syntax.limits import MAX_EXPRESSION
from rateml.syntax.parser import parse_expr
from rateml.syntax.tree import XmlAttribute
from rateml.text import Offsets, SourceFile, Span

_WORD: Final = re.compile(r"(?<![\w.])(?:(?:numpy|np|math)\.)?(?P<name>[^\W\d]\w*)(?P<call>\s*\()?")
_ATOM: Final = re.compile(r"\s*[\w.]+\s*")
_SIGNED: Final = re.compile(r"\s*-?\s*[\w.]+\s*")
_CALLED: Final = re.compile(r"\s*[\w.]*\s*")
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}
_FUNCTIONS: Final[Mapping[str, str]] = {
    "fabs": "abs",
    "fabsf": "abs",
    "absolute": "abs",
    "fmin": "min",
    "minimum": "min",
    "fmax": "max",
    "maximum": "max",
    "fmod": "mod",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "power": "pow",
    "powf": "pow",
    **{f"{name}f": name for name in FUNCTIONS if not name.endswith("f")},
}


@dataclass(frozen=True, slots=True)
class Spelt:
    """A tree in RateML 1's terms, and what was to be said of the text; None when it could not be read."""

    expr: Expr | None
    diagnostics: tuple[Diagnostic, ...]


def read_expression(attribute: XmlAttribute, source: SourceFile, renames: Mapping[str, str]) -> Spelt:
    """The expression that an attribute holds, with the names that ``renames`` gives to some."""
    return read_text(attribute.value, attribute.offsets, source, renames)


def read_text(text: str, offsets: Offsets, source: SourceFile, renames: Mapping[str, str]) -> Spelt:
    """The expression in a part of an attribute's value, whose characters stand where ``offsets`` says."""
    if len(text) > MAX_EXPRESSION:
        return Spelt(None, parse_expr(text, offsets).diagnostics)
    rewriting = _Rewriting(text, offsets, renames)
    rewriting.run()
    table = (*rewriting.table, offsets.at(len(text)))
    parsed = parse_expr("".join(rewriting.out), Offsets(offsets.file, 0, table))
    wrong = [_plain(d) for d in parsed.diagnostics if not _is_spelling(d)]
    if wrong:
        return Spelt(None, tuple(wrong))
    told = (*rewriting.told, *_integer_divisions(parsed.expr, source))
    return Spelt(fold(parsed.expr, _respelt), told)


def _is_spelling(d: Diagnostic) -> bool:
    """Whether a fault is only that of another language's notation, which the parser has read past."""
    if d.code is Code.OLD_SPELLING:
        return True
    if d.code is Code.BAD_NUMBER:
        return bool(d.fixes)
    plus = d.code is Code.UNEXPECTED_TOKEN and "'+'" in d.message
    return plus and bool(d.fixes) and d.fixes[0].edits[0].text == ""


def _plain(d: Diagnostic) -> Diagnostic:
    """Without fixes: they were made for the rewritten text."""
    return Diagnostic(d.code, d.span, d.message, d.help, d.related)


class _Rewriting:
    """One pass over the characters; ``table`` says for every character of ``out`` where it stands in the file."""

    def __init__(self, text: str, offsets: Offsets, renames: Mapping[str, str]) -> None:
        self.text, self.offsets, self.renames = text, offsets, renames
        self.out: list[str] = []
        self.table: list[int] = []
        self.told: list[Diagnostic] = []
        self.open: list[tuple[str, int, int]] = []
        """Brackets that are open: which, where, and where the ``^`` of a brace is, -1 before it."""

    def write(self, text: str, at: int) -> None:
        self.out.extend(text)
        self.table.extend([self.offsets.at(at)] * len(text))

    def run(self) -> None:
        at = 0
        while at < len(self.text):
            word = _WORD.match(self.text, at)
            if word is None:
                self.character(self.text[at], at)
                at += 1
                continue
            name, start = word["name"], word.start("name")
            new = name if word["call"] else self.renames.get(name, name)
            if new == name:
                for k, char in enumerate(name):
                    self.write(char, start + k if k else word.start())
            else:
                self.write(new, word.start())
            at = word.end("name")

    def character(self, char: str, at: int) -> None:
        which, start, caret = self.open[-1] if self.open else ("", 0, -1)
        if char in "([{":
            self.open.append((char, at, -1))
        elif char in ")]}" and which == _PAIRS[char]:
            self.open.pop()
        if char == "{":
            self.write("((", at)
        elif char == "}" and which == "{":
            self.write("))", at)
            if caret >= 0:
                self.judge(start, caret, at)
        elif char == "^" and which == "{":
            self.open[-1] = (which, start, at)
            self.write(")^(", at)
        else:
            self.write(char, at)

    def judge(self, start: int, caret: int, end: int) -> None:
        """Tell of a power that CUDA and Python took differently."""
        base, exponent = self.text[start + 1 : caret], self.text[caret + 1 : end]
        if _is_one(base) and (_is_one(exponent) or _SIGNED.fullmatch(exponent)):
            return
        base, exponent = " ".join(base.split()), " ".join(exponent.split())
        meant = f"({base})^({exponent})"
        help = f"CUDA had {meant}, Python {base}**{exponent}; put parentheses inside the braces where Python was right"
        self.told.append(Code.OLD_POWER.at(self.offsets.span(start, end + 1), meant=meant, help=help))


def _is_one(text: str) -> bool:
    """Whether a text is one operand: a name, a number, a call, or something in brackets."""
    if _ATOM.fullmatch(text):
        return True
    called = _CALLED.match(text)
    inner = text[called.end() :].rstrip() if called else text
    if not inner or inner[0] not in "({":
        return False
    depth = 0
    for k, char in enumerate(inner):
        depth += (char in "({[") - (char in ")}]")
        if depth == 0:
            return k == len(inner) - 1
    return False


def _integer_divisions(expr: Expr, source: SourceFile) -> Iterator[Diagnostic]:
    """Divisions of whole numbers, which C rounds down."""
    for node in walk(expr):
        if not isinstance(node, Binary) or node.op != "/" or not isinstance(node.left, Num):
            continue
        left, right = source.slice(node.left.span), source.slice(node.right.span)
        exact = left.isdecimal() and right.isdecimal() and int(right) and int(left) % int(right) == 0
        if left.isdecimal() and not exact and (right.isdecimal() or right == "n_node"):
            text = " ".join(source.slice(node.span).split())
            yield Code.OLD_INTEGER_DIVISION.at(node.span, text=text, left=left, right=right)


def _respelt(node: Expr, below: tuple[Expr, ...]) -> Expr:
    node = with_operands(node, below)
    match node:
        case Name("PI", span):
            return Name("pi", span)
        case Name("INF", span):
            return Name("inf", span)
        case Call(func, args, span, func_span):
            name = _FUNCTIONS.get(func, func)
            if name == "pow" and len(args) == 2:
                return Binary("^", args[0], args[1], span)
            return Call(name, args, span, func_span)
        case _:
            return node


def as_condition(expr: Expr) -> Expr:
    """The condition that a truth value of C or Python stands for: ``m`` is ``m .neq. 0``."""
    return _truth(fold(expr, _with_truths))


def _with_truths(node: Expr, below: tuple[Expr, ...]) -> Expr:
    return with_operands(node, tuple(map(_truth, below)) if isinstance(node, Logic) else below)


def _truth(expr: Expr) -> Expr:
    if isinstance(expr, Relation | Logic):
        return expr
    return Relation("neq", expr, Num(0.0, expr.span, "0"), expr.span)


def substitute(expr: Expr, values: Mapping[str, Expr]) -> Expr:
    """The expression with the trees that ``values`` has for some of its names."""

    def change(node: Expr, below: tuple[Expr, ...]) -> Expr:
        if isinstance(node, Name) and node.id in values:
            return values[node.id]
        return with_operands(node, below)

    return fold(expr, change)


def rename(expr: Expr, new: Callable[[str], str]) -> Expr:
    """The expression with other names."""

    def change(node: Expr, below: tuple[Expr, ...]) -> Expr:
        return Name(new(node.id), node.span) if isinstance(node, Name) else with_operands(node, below)

    return fold(expr, change)


def used(*exprs: Expr | None) -> dict[str, Span]:
    """The names that expressions use, each with where it stands first."""
    found: dict[str, Span] = {}
    for expr in exprs:
        if expr is not None:
            for node in walk(expr):
                if isinstance(node, Name):
                    found.setdefault(node.id, node.span)
    return found
