"""Names that were there before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rateml.model.nodes import Ident


def repeated(names: Iterable[Ident]) -> Iterator[tuple[Ident, Ident]]:
    """Each name that was there before, with its first occurrence."""
    first: dict[str, Ident] = {}
    for name in names:
        if not name.text:
            continue
        if name.text in first:
            yield name, first[name.text]
        else:
            first[name.text] = name
