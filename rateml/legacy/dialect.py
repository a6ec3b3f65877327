"""The dialects that are not RateML 1 and can be written in it."""

from __future__ import annotations

from enum import Enum, unique

from rateml.diagnostics import Code
from rateml.legacy.detect import is_old
from rateml.legacy.plain.detect import is_plain
from rateml.syntax.tree import Document


@unique
class Dialect(Enum):
    """``phrase`` says what a file is, ``code`` is the note that it was migrated."""

    OF_2022 = ("in the RateML dialect of 2022", Code.OLD_DIALECT)
    PLAIN_LEMS = ("plain LEMS", Code.PLAIN_LEMS)

    def __init__(self, phrase: str, code: Code) -> None:
        self.phrase = phrase
        self.code = code


def dialect_of(document: Document) -> Dialect | None:
    """The dialect of a file; None for RateML 1, and for what is none of these."""
    if is_old(document):
        return Dialect.OF_2022
    return Dialect.PLAIN_LEMS if is_plain(document) else None
