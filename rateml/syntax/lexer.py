"""The tokens of an expression. What other languages spell differently becomes the token that was meant,
with a diagnostic and a fix, so that one slip is one fault."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from rateml.diagnostics import Code, Diagnostic, replace
from rateml.syntax.functions import FUNCTIONS
from rateml.text import Offsets, Span

Kind: TypeAlias = Literal["number", "name", "op", "(", ")", ",", "end"]


class Token(NamedTuple):
    """``text`` is canonical: the operator that was meant, the digits without what does not belong."""

    kind: Kind
    text: str
    span: Span


_WORDS: Final = ("lt", "gt", "leq", "geq", "eq", "neq", "and", "or")
_DOTTED: Final = re.compile(r"\.([A-Za-z]+)\.")
_DOTTED_OLD: Final = {"le": "leq", "ge": "geq", "ne": "neq"}
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_HALF: Final = re.compile(r"\.[0-9]+(?:[eE][+-]?[0-9]+)?")
_REST: Final = re.compile(r"\.(?:[eE][+-]?[0-9]+)?[fF]?(?![A-Za-z0-9_])")
_QUICK: Final = re.compile(rf"[ \t\r\n]*+(?:({_NUMBER.pattern})(?![\w.])|({_NAME.pattern})|([+\-/^]|\*(?!\*))|([(),]))")
"""A token as it should be written, read in one step; whatever else stands there is looked at closely."""
_OLD: Final = (
    ("**", "^"),
    ("<=", ".leq."),
    (">=", ".geq."),
    ("==", ".eq."),
    ("!=", ".neq."),
    ("&&", ".and."),
    ("||", ".or."),
    ("<", ".lt."),
    (">", ".gt."),
    ("=", ".eq."),
    ("{", "("),
    ("}", ")"),
    ("[", "("),
    ("]", ")"),
    ("\N{MINUS SIGN}", "-"),
    ("\N{EN DASH}", "-"),
    ("\N{MULTIPLICATION SIGN}", "*"),
    ("\N{MIDDLE DOT}", "*"),
)
_PLAIN: Final[Mapping[str, Kind]] = {"(": "(", ")": ")", ",": ",", **dict.fromkeys("+-*/^", "op")}
_KINDS: Final[tuple[Kind | None, ...]] = (None, "number", "name", "op", None)
_OLD_NAMES: Final = {"and": ".and.", "or": ".or."}
_INFINITE: Final = float("inf")


def tokens(text: str, offsets: Offsets) -> tuple[list[Token], list[Diagnostic]]:
    """The tokens of an expression, ended by one of kind ``end``, and what could not be read as written."""
    found: list[Token] = []
    faults: list[Diagnostic] = []
    at = 0
    while at < len(text):
        quick = _QUICK.match(text, at)
        if quick is not None:
            kind = quick.lastindex or 0
            word = quick[kind]
            if not (kind == 1 and float(word) == _INFINITE) and word not in _OLD_NAMES:
                name = _KINDS[kind] or _PLAIN[word]
                at = quick.end()
                found.append(Token(name, word, offsets.span(at - len(word), at)))
                continue
        if text[at].isspace():
            at += 1
            continue
        at = _number(text, at, offsets, found, faults) or _symbol(text, at, offsets, found, faults)
    found.append(Token("end", "", offsets.span(len(text), len(text))))
    return found, faults


def _symbol(text: str, at: int, offsets: Offsets, found: list[Token], faults: list[Diagnostic]) -> int:
    """Anything but a number: returns where it ends."""
    plain = _PLAIN.get(text[at])
    if plain and not text.startswith("**", at):
        found.append(Token(plain, text[at], offsets.span(at, at + 1)))
        return at + 1
    dotted = _DOTTED.match(text, at)
    if dotted:
        return _dotted(dotted, offsets, found, faults)
    name = _NAME.match(text, at)
    if name:
        meant = _OLD_NAMES.get(name[0])
        if meant:
            _old(offsets.span(*name.span()), name[0], meant, found, faults)
        else:
            found.append(Token("name", name[0], offsets.span(*name.span())))
        return name.end()
    if text[at] == "[" and found and found[-1].kind == "name" and found[-1].text not in FUNCTIONS:
        return _index(text, at, offsets, faults)
    for old, meant in _OLD:
        if text.startswith(old, at):
            _old(offsets.span(at, at + len(old)), old, meant, found, faults)
            return at + len(old)
    char = text[at]
    end = at + 1
    while end < len(text) and text[end] == char:
        end += 1
    help = "the remainder is mod(a, b)" if char == "%" else ""
    faults.append(Code.UNEXPECTED_CHARACTER.at(offsets.span(at, end), char=char, help=help))
    return end


def _index(text: str, at: int, offsets: Offsets, faults: list[Diagnostic]) -> int:
    """What stands in brackets behind a variable: to call it would be no better."""
    depth, end = 0, at
    while end < len(text):
        depth += (text[end] == "[") - (text[end] == "]")
        end += 1
        if not depth:
            break
    shown = text[at:end] if end - at <= 40 else text[at : at + 40] + "…"
    help = "variables have no index: each value has a name of its own"
    faults.append(Code.UNEXPECTED_CHARACTER.at(offsets.span(at, end), char=shown, help=help))
    return end


def _dotted(match: re.Match[str], offsets: Offsets, found: list[Token], faults: list[Diagnostic]) -> int:
    word = match[1]
    span = offsets.span(*match.span())
    meant = _DOTTED_OLD.get(word.lower(), word.lower())
    if word in _WORDS:
        found.append(Token("op", match[0], span))
    elif meant in _WORDS:
        _old(span, match[0], f".{meant}.", found, faults)
    else:
        known = ", ".join(f".{w}." for w in _WORDS)
        faults.append(Code.UNEXPECTED_CHARACTER.at(span, char=match[0], help=f"the dotted operators are {known}"))
    return match.end()


def _old(span: Span, old: str, meant: str, found: list[Token], faults: list[Diagnostic]) -> None:
    """A spelling of another language: take the token that was meant."""
    found.append(Token("(" if meant == "(" else ")" if meant == ")" else "op", meant, span))
    faults.append(Code.OLD_SPELLING.at(span, old=old, new=meant, fixes=(replace(span, meant),)))


def _number(text: str, at: int, offsets: Offsets, found: list[Token], faults: list[Diagnostic]) -> int | None:
    """A number at ``at``: returns where it ends, None when there is none."""
    match = _NUMBER.match(text, at)
    if match is None:
        half = _HALF.match(text, at)
        return (
            _repaired(half, "0" + half[0], half.end(), "a digit stands before the point", offsets, found, faults)
            if half
            else None
        )
    end = match.end()
    if end < len(text) and text[end] == "." and not _DOTTED.match(text, end):
        rest = _REST.match(text, end)
        if rest and "." not in match[0] and "e" not in match[0].lower():
            meant = match[0] + rest[0].rstrip("fF").removeprefix(".")
            return _repaired(match, meant, rest.end(), "a point is followed by digits", offsets, found, faults)
    if text[end : end + 1] in ("f", "F") and not _NAME.match(text[end + 1 : end + 2] or " "):
        return _repaired(match, match[0], end + 1, "numbers have no suffix", offsets, found, faults)
    found.append(Token("number", match[0], offsets.span(at, end)))
    if float(match[0]) == _INFINITE:
        faults.append(Code.BAD_NUMBER.at(offsets.span(at, end), number=match[0], help="it is too large for a computer"))
        found[-1] = Token("number", "1", found[-1].span)
    return end


def _repaired(
    match: re.Match[str],
    meant: str,
    end: int,
    help: str,
    offsets: Offsets,
    found: list[Token],
    faults: list[Diagnostic],
) -> int:
    span = offsets.span(match.start(), end)
    found.append(Token("number", meant, span))
    number = match.string[match.start() : end]
    faults.append(
        Code.BAD_NUMBER.at(span, number=number, help=f"{help}: write '{meant}'", fixes=(replace(span, meant),))
    )
    return end
