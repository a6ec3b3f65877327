"""The nearest known word, for the end of an error message."""

from __future__ import annotations

from collections.abc import Iterable

from rateml.diagnostics.suggest import closest


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``"; did you mean 'X'?"``, or ``"."`` when no known word is near."""
    near = closest(word, known)
    return f"; did you mean '{near}'?" if near else "."
