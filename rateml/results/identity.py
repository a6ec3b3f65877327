"""What makes two runs the same: the identity of a store compared with that of a run that wants to resume it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rateml.errors import StoreError
from rateml.results.layout import JSON
from rateml.results.numbers import to_plain

FORCIBLE = ("versions", "features")
"""Parts of an identity that ``--force`` may differ in: they change the last bits of numbers, not what is computed."""

_LONGEST = 60


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


_ABSENT = _Absent()


@dataclass(frozen=True)
class Difference:
    """One entry that differs: ``key`` is its dotted path, ``old`` and ``new`` are both values as text."""

    key: str
    old: str
    new: str

    @property
    def forcible(self) -> bool:
        return self.key.split(".")[0] in FORCIBLE

    def __str__(self) -> str:
        return f"{self.key}: store has {self.old}, this run has {self.new}"


def differences(old: Mapping[str, JSON], new: Mapping[str, JSON]) -> list[Difference]:
    """Every entry in which two identities differ, in the order of ``old``, then what only ``new`` has.

    Both are compared as in a manifest: a tuple equals a list, 1 equals 1.0, NaN equals NaN, but True does not equal 1.
    """
    return list(_compare("", to_plain(old), to_plain(new)))


def require_same(path: Path | str, old: Mapping[str, JSON], new: Mapping[str, JSON], *, force: bool = False) -> None:
    """Raise StoreError with the list of differences; with ``force`` versions and features may differ."""
    found = [d for d in differences(old, new) if not (force and d.forcible)]
    if not found:
        return
    way_out = "add --force, or choose another -o" if all(d.forcible for d in found) else "choose another -o"
    lines = "".join(f"\n  {d}" for d in found)
    raise StoreError(f"{path} was made by a different run; {way_out}:{lines}")


def _compare(key: str, old: object, new: object) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys((*old, *new)):
            below = f"{key}.{name}" if key else str(name)
            yield from _compare(below, old.get(name, _ABSENT), new.get(name, _ABSENT))
    elif _frozen(old) != _frozen(new):
        yield Difference(key, *_shown(old, new))


def _frozen(value: object) -> object:
    """A form of a JSON value in which == means the same."""
    match value:
        case bool():
            return ("bool", value)
        case list():
            return ("list", *(_frozen(v) for v in value))
        case dict():
            return frozenset((k, _frozen(v)) for k, v in value.items())
        case _:
            return value


def _shown(old: object, new: object) -> tuple[str, str]:
    if isinstance(old, list) and isinstance(new, list) and all(isinstance(v, str) for v in (*old, *new)):
        only_old, only_new = ([v for v in a if v not in b] for a, b in ((old, new), (new, old)))
        if only_old or only_new:
            return _names(only_old), _names(only_new)
    if isinstance(old, list) and isinstance(new, list):
        return _list(old), _list(new)
    return _text(old), _text(new)


def _names(values: list[str]) -> str:
    return _text(", ".join(values)) if values else "none beyond those shared"


def _list(values: list[object]) -> str:
    inside = [_text(v) for v in values]
    if len(inside) > 6:
        return f"[{', '.join(inside[:3])}, … {inside[-1]}] ({len(inside)} values)"
    return f"[{', '.join(inside)}]"


def _text(value: object) -> str:
    if isinstance(value, str) and len(value) >= 32 and set(value) <= set("0123456789abcdef"):
        return value[:12] + "…"
    text = value if isinstance(value, str) else repr(value) if value is _ABSENT else json.dumps(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
