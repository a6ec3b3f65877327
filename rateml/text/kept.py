"""What was worked out of pieces of text, kept for when they come again: at a keystroke nearly all of a file does."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Found = TypeVar("_Found")

_MOST: Final = 500_000
"""Characters whose results one ``Kept`` holds."""
_every: Final[list[Kept[object, object]]] = []


class Kept(Generic[_Key, _Found]):
    """The results used last, up to a number of characters of the texts that they were made of.

    A key must hold all that its result depends on.
    """

    def __init__(self) -> None:
        self._entries: OrderedDict[_Key, tuple[_Found, int]] = OrderedDict()
        self._characters = 0
        _every.append(self)  # type: ignore[arg-type]  # it is only ever cleared through this list

    def get(self, key: _Key) -> _Found | None:
        found = self._entries.get(key)
        if found is None:
            return None
        self._entries.move_to_end(key)
        return found[0]

    def keep(self, key: _Key, found: _Found, characters: int) -> None:
        before = self._entries.pop(key, None)
        self._entries[key] = found, characters
        self._characters += characters - (before[1] if before else 0)
        while self._characters > _MOST:
            _, (_, gone) = self._entries.popitem(last=False)
            self._characters -= gone

    def clear(self) -> None:
        self._entries.clear()
        self._characters = 0


def forget() -> None:
    """Work everything out anew."""
    for kept in _every:
        kept.clear()
