"""Numbers that JSON cannot hold: infinity and NaN are written as the text "inf", "-inf", "nan"."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any


def to_plain(value: object) -> Any:
    """A JSON value with lists for tuples and text for numbers that are not finite."""
    match value:
        case float() if not isfinite(value):
            return str(value)
        case Mapping():
            return {str(name): to_plain(v) for name, v in value.items()}
        case list() | tuple():
            return [to_plain(v) for v in value]
        case _:
            return value


def to_number(value: Any) -> Any:
    """The inverse for what is known to be a number. Raises ValueError on other text."""
    return float(value) if isinstance(value, str) else value
