"""What can be folded away: elements and comments over several lines, and runs of elements of one kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rateml.ide.analysis import Analysis


class Fold(NamedTuple):
    """Lines count from 1; both are kept in sight of an editor that folds what is between them."""

    first: int
    last: int
    comment: bool = False


def folds(analysis: Analysis) -> tuple[Fold, ...]:
    """The folds of a file, the outer ones before the inner ones."""
    return tuple(dict.fromkeys(_folds(analysis)))


def _folds(analysis: Analysis) -> Iterator[Fold]:
    source = analysis.source
    root = analysis.document.root
    for element in root.walk() if root else ():
        first = source.position(element.span.start).line
        closing = element.close_span.start if element.close_span else element.span.end
        last = source.position(closing).line - (1 if element.close_span else 0)
        if last > first:
            yield Fold(first, last)
    for comment in analysis.document.comments:
        first, last = source.position(comment.span.start).line, source.position(comment.span.end).line
        if last > first:
            yield Fold(first, last, comment=True)
