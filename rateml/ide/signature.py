"""The function call that the cursor is in, and which argument."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from rateml.ide.analysis import Analysis
from rateml.ide.context import context_at
from rateml.ide.documentation import argument_names, call_of
from rateml.ide.expressions import place_of_value
from rateml.syntax.functions import FUNCTIONS

_CALLED: Final = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s*\Z")


class Signature(NamedTuple):
    """``active`` is the argument that the cursor is in, from 0."""

    label: str
    documentation: str
    arguments: tuple[str, ...]
    active: int


def signature(analysis: Analysis, offset: int) -> Signature | None:
    """The innermost open call around an offset of an expression, however broken that is behind the cursor."""
    here = context_at(analysis, offset)
    if place_of_value(here) is None:
        return None
    text = analysis.text[here.start : here.offset]
    depth = commas = 0
    for at in range(len(text) - 1, -1, -1):
        char = text[at]
        if char == ")":
            depth += 1
        elif char == "," and not depth:
            commas += 1
        elif char == "(":
            if depth:
                depth -= 1
                continue
            called = _CALLED.search(text[:at])
            if called is not None and called[1] in FUNCTIONS:
                name = called[1]
                arguments = argument_names(name)
                return Signature(call_of(name), FUNCTIONS[name].summary, arguments, min(commas, len(arguments) - 1))
            commas = 0
    return None
