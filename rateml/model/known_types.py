"""Component types of the texts read last: at a keystroke all but one are what they were, if some further on."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from rateml.diagnostics import Diagnostic
from rateml.model.build_type import read_type
from rateml.model.moved import moved_type
from rateml.model.nodes import ComponentType
from rateml.model.read import Reader
from rateml.syntax.limits import MAX_FAULTS, MAX_TOKENS
from rateml.syntax.tree import Element
from rateml.text import SourceFile
from rateml.text.kept import Kept

_LONGEST: Final = 50_000
"""Characters of a type that is kept."""
_TALL: Final = 400
"""Characters of an expression, beyond which recursion may not get through its tree."""
_FEW_FAULTS: Final = MAX_FAULTS // 4


class _Key(NamedTuple):
    """What reading a type depends on beside its place; ``outside`` stands for the file's definitions and prefixes."""

    text: str
    file: str
    outside: object


class _Known(NamedTuple):
    """``movable`` tells whether it is also what the same text means elsewhere in the file."""

    type: ComponentType
    movable: bool
    faults: tuple[Diagnostic, ...]
    tokens: int


_kept: Final[Kept[_Key, _Known]] = Kept()


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
    key = _Key(source.slice(span), span.file, outside)
    found = _kept.get(key)
    if found is None or (found.type.span != span and not found.movable):
        own = Reader(reader.dimensions, reader.units)
        type = read_type(own, element)
        movable = not own.faults and all(len(a.value) <= _TALL for e in element.walk() for a in e.attributes)
        found = _Known(type, movable, tuple(own.faults), own.tokens)
        _kept.keep(key, found, len(key.text))
    elif found.type.span != span:
        found = found._replace(type=moved_type(found.type, span.start - found.type.span.start))
        _kept.keep(key, found, len(key.text))
    if reader.tokens + found.tokens > MAX_TOKENS:
        return read_type(reader, element)
    reader.faults += found.faults
    reader.tokens += found.tokens
    return found.type
