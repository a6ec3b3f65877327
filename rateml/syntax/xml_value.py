"""Decoding an attribute value: entities become characters, and every character keeps its source offset."""

from __future__ import annotations

import re
from typing import Final

from rateml.diagnostics import Code, Diagnostic, Fix, replace
from rateml.syntax.limits import MAX_FAULTS
from rateml.text import Span, Table

_ENTITIES: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_REFERENCE: Final = re.compile(r"&(?:#(?:x(?P<hex>[0-9A-Fa-f]+)|(?P<dec>[0-9]+))|(?P<name>[A-Za-z_][\w.\-]*));")


def decode(text: str, start: int, end: int, file: str) -> tuple[str, Table, list[Diagnostic]]:
    """The value written in ``text[start:end]``, where its characters stand, and its faults."""
    raw = text[start:end]
    if "&" not in raw and "<" not in raw:
        return raw, None, []
    characters: list[str] = []
    table: list[int] = []
    faults: list[Diagnostic] = []
    at = start
    while at < end:
        char, following = text[at], at + 1
        if char == "&":
            char, following, fault = reference(text, at, end, file, tell=len(faults) < MAX_FAULTS)
            faults.extend(fault)
        elif char == "<" and len(faults) < MAX_FAULTS:
            span = Span(at, at + 1, file)
            faults.append(
                Code.RAW_CHARACTER.at(
                    span,
                    char="<",
                    help="write '.lt.' in an expression, '&lt;' elsewhere",
                    fixes=(replace(span, ".lt."), replace(span, "&lt;")),
                )
            )
        characters.append(char)
        table.append(at)
        at = following
    table.append(end)
    return "".join(characters), tuple(table), faults


def reference(text: str, at: int, end: int, file: str, tell: bool = True) -> tuple[str, int, list[Diagnostic]]:
    """The character that the reference at ``at`` stands for, where it ends, and its faults, if they are to be told."""
    match = _REFERENCE.match(text, at, end)
    if not tell:
        char, following, _ = reference(text, at, end, file) if match else ("&", at + 1, ())
        return char, following, []
    if match is None:
        span = Span(at, at + 1, file)
        hint = "write '.and.' in an expression, '&amp;' elsewhere"
        fixes: tuple[Fix, ...] = (replace(span, "&amp;"),)
        if text[at - 1 : at] == " " and text[at + 1 : at + 2] == " ":
            fixes = (replace(span, ".and."), *fixes)
        elif text.startswith("&&", at):
            fixes = (replace(Span(at, at + 2, file), ".and."), *fixes)
        elif text.startswith("&", at - 1):
            fixes = ()
        return "&", at + 1, [Code.RAW_CHARACTER.at(span, char="&", help=hint, fixes=fixes)]
    span = Span(at, match.end(), file)
    if match["name"]:
        if match["name"] in _ENTITIES:
            return _ENTITIES[match["name"]], match.end(), []
        known = ", ".join(f"&{name};" for name in _ENTITIES)
        return "?", match.end(), [Code.UNKNOWN_ENTITY.at(span, entity=match[0], help=f"XML knows {known}")]
    digits = match["hex"] or match["dec"]
    number = int(digits[:12], 16 if match["hex"] else 10)
    if not legal(number):
        return "?", match.end(), [Code.CONTROL_CHARACTER.at(span, char=match[0])]
    return chr(number), match.end(), []


def legal(number: int) -> bool:
    """Whether XML 1.0 allows the character with this code point."""
    if number < 0x20:
        return number in (0x9, 0xA, 0xD)
    return number <= 0xD7FF or 0xE000 <= number <= 0xFFFD or 0x10000 <= number <= 0x10FFFF
