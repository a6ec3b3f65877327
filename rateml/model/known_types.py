"""Component types of the texts read last: at a keystroke those before it stand where they stood, word for word."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from typing import Final, NamedTuple

from rateml.diagnostics import Diagnostic
from rateml.model.build_type import read_type
from rateml.model.nodes import ComponentType
from rateml.model.read import Reader
from rateml.syntax.limits import MAX_FAULTS
from rateml.syntax.tree import Element
from rateml.text import SourceFile, Span

_LONGEST: Final = 50_000
_MOST: Final = 500_000
"""Characters of one type, and of all that are kept."""
_FEW_FAULTS: Final = MAX_FAULTS // 4


class _Key(NamedTuple):
    """All that reading a type depends on; ``outside`` stands for the definitions and prefixes of the file."""

    text: str
    span: Span
    outside: object
    points: int
    tokens: int


class _Known(NamedTuple):
    type: ComponentType
    faults: tuple[Diagnostic, ...]
    points: int
    tokens: int


class _Kept:
    """The types used last, up to a number of characters."""

    def __init__(self) -> None:
        self._entries: OrderedDict[_Key, _Known] = OrderedDict()
        self._characters = 0

    def get(self, key: _Key) -> _Known | None:
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
        return found

    def keep(self, key: _Key, found: _Known) -> None:
        self._entries[key] = found
        self._characters += len(key.text)
        while self._characters > _MOST:
            gone, _ = self._entries.popitem(last=False)
            self._characters -= len(gone.text)

    def clear(self) -> None:
        self._entries.clear()
        self._characters = 0


_kept = _Kept()


def read_known_types(reader: Reader, source: SourceFile, root: Element) -> list[ComponentType]:
    """The component types of a file as ``read_type`` reads them; ``root`` is what its text holds."""
    prefixes = tuple((a.name.text, a.value) for a in root.attributes if a.name.text.startswith("xmlns"))
    outside = _outside(prefixes, tuple(reader.dimensions.items()), tuple(reader.units.items()))
    return [_read(reader, source, element, outside) for element in root.named("ComponentType")]


@lru_cache(maxsize=64)
def _outside(*parts: object) -> object:
    """One object for equal parts, quicker to compare than these."""
    del parts
    return object()


def _read(reader: Reader, source: SourceFile, element: Element, outside: object) -> ComponentType:
    span = element.span
    if span.end - span.start > _LONGEST or len(reader.faults) > _FEW_FAULTS:
        return read_type(reader, element)
    key = _Key(source.slice(span), span, outside, reader.points, reader.tokens)
    found = _kept.get(key)
    if found is None:
        own = Reader(reader.dimensions, reader.units, [], reader.points, reader.tokens)
        found = _Known(read_type(own, element), tuple(own.faults), own.points, own.tokens)
        _kept.keep(key, found)
    reader.faults += found.faults
    reader.points, reader.tokens = found.points, found.tokens
    return found.type


def forget_types() -> None:
    """Read every type anew."""
    _kept.clear()
