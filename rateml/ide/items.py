"""One thing that completion offers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from rateml.diagnostics import Edit
from rateml.text import Span

ItemKind: TypeAlias = Literal[
    "element",
    "attribute",
    "snippet",
    "function",
    "variable",
    "parameter",
    "constant",
    "unit",
    "choice",
    "type",
    "component",
    "file",
    "operator",
]
_PLACE: Final = re.compile(r"\$\{\d+:([^}]*)\}|\$\{\d+\|([^,|}]*)[^}]*\}|\$\d+")


@dataclass(frozen=True, slots=True)
class Item:
    """``text`` replaces ``span``; with ``snippet`` it has places ``$1``, ``${1:x}`` to fill in and ``$0`` to end at.

    ``rank`` orders the kinds of things in one list. ``about`` is the key of its documentation; ``extra`` are edits
    elsewhere, such as the declaration of a prefix.
    """

    label: str
    kind: ItemKind
    span: Span
    text: str
    detail: str = ""
    snippet: bool = False
    rank: int = 5
    about: tuple[str, ...] = ()
    extra: tuple[Edit, ...] = ()

    @property
    def plain(self) -> str:
        """The text for an editor without snippets."""
        return _PLACE.sub(lambda m: m[1] or m[2] or "", self.text) if self.snippet else self.text
