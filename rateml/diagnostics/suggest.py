"""Did you mean: the candidate closest to a misspelt name, and the fix that writes it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from rateml.diagnostics.diagnostic import Edit, Fix
from rateml.text import Span

_MOST = 300
_LONGEST = 80
"""Beyond these a comparison of spellings takes too long to be a help."""


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like ``name``, letter case ignored at first; None when none is near."""
    pool = [c for c in dict.fromkeys(candidates) if c and c != name]
    folded = {c.casefold(): c for c in reversed(pool)}
    if name.casefold() in folded:
        return folded[name.casefold()]
    if len(pool) > _MOST or len(name) > _LONGEST:
        return None
    found = get_close_matches(name, pool, n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """The help line for a misspelt name, or nothing."""
    found = closest(name, candidates)
    return f"did you mean '{found}'?" if found else ""


def rename(span: Span, name: str, candidates: Iterable[str]) -> tuple[Fix, ...]:
    """The fix that replaces the name at ``span`` by the closest candidate, if there is one."""
    found = closest(name, candidates)
    return (replace(span, found),) if found else ()


def replace(span: Span, text: str, title: str = "") -> Fix:
    """The fix that writes ``text`` in place of ``span``."""
    return Fix(title or f"write '{text}'", (Edit(span, text),))
