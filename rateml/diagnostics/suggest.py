"""Did you mean: the candidate closest to a misspelt name, and the fix that writes it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache

from rateml.diagnostics.diagnostic import Edit, Fix
from rateml.text import Span

MOST_COMPARED = 300
_LONGEST = 80
"""Beyond these a comparison of spellings takes too long to be a help."""


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like ``name``, letter case ignored at first; None when none is near."""
    return _closest(name, tuple(candidates))


@lru_cache(maxsize=64)
def _closest(name: str, candidates: tuple[str, ...]) -> str | None:
    """Kept for a while: help and fix ask for the same, and a slip of the pen is often copied."""
    folded = name.casefold()
    pool = [c for c in dict.fromkeys(candidates) if c and c != name]
    same = next((c for c in pool if c.casefold() == folded), None)
    if same is not None:
        return same
    if len(pool) > MOST_COMPARED or len(name) > _LONGEST:
        return None
    found = get_close_matches(name, pool, n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """The help line for a misspelt name, or nothing."""
    found = closest(name, candidates)
    return f"did you mean '{found}'?" if found else ""


def rename(span: Span, name: str, candidates: Iterable[str]) -> tuple[Fix, ...]:
    """The fix that replaces the name at ``span`` by the closest candidate, if there is one."""
    pool = tuple(candidates)
    found = closest(name, pool)
    return (replace(span, found, guess=_is_guess(name, found, pool)),) if found else ()


@lru_cache(maxsize=64)
def _is_guess(name: str, found: str, candidates: tuple[str, ...]) -> bool:
    """Whether another name may be meant: siblings such as x1 and x2 or x_i and x_j, or two names equally near."""
    if name.casefold() == found.casefold():
        return False
    if [c for c in name if c.isdigit()] != [c for c in found if c.isdigit()]:
        return True
    if {name[-2:], found[-2:]} == {"_i", "_j"}:
        return True
    # What is known of the second text is used again for every first one.
    match = SequenceMatcher(None, found, name)
    least = match.ratio()
    return sum(_as_near(match, c, least) for c in {*candidates} - {name}) > 1


def _as_near(match: SequenceMatcher[str], candidate: str, least: float) -> bool:
    """Whether the ratio of two names is at least so large, by the cheap bounds of it first."""
    match.set_seq1(candidate)
    return match.real_quick_ratio() >= least and match.quick_ratio() >= least and match.ratio() >= least


def replace(span: Span, text: str, title: str = "", *, guess: bool = False) -> Fix:
    """The fix that writes ``text`` in place of ``span``."""
    return Fix(title or f"write '{text}'", (Edit(span, text),), guess)
