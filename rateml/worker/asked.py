"""What a request says: a model's texts and values, checked before anything is done with them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rateml.checks import Checked, check_model
from rateml.diagnostics import Severity
from rateml.ir.lower import lower
from rateml.ir.program import Program
from rateml.model.nodes import Model


class BadRequest(ValueError):
    """What is wrong with a request, in words for the user of the editor."""


def checked_model(params: Mapping[str, Any]) -> Checked:
    """The model of ``text``; it includes what ``included`` holds, and nothing is read from the disk."""
    text, file, included = params.get("text"), params.get("file", "model.xml"), params.get("included", {})
    if not isinstance(text, str) or not isinstance(file, str) or not isinstance(included, dict):
        raise BadRequest("'text' and 'file' are strings, 'included' is an object of texts")
    return check_model(text, file, reader=lambda path: _encoded(included.get(path)))


def _encoded(text: object) -> bytes | None:
    return text.encode("utf-8", "replace") if isinstance(text, str) else None


def valid_model(params: Mapping[str, Any]) -> Model:
    """The model of ``text``; BadRequest with the first error when it has one."""
    checked = checked_model(params)
    if checked.model is None or not checked.ok:
        first = next((d.message for d in checked.diagnostics if d.severity is Severity.ERROR), "it holds no model")
        raise BadRequest(f"the model has an error: {first}")
    return checked.model


def program_of(params: Mapping[str, Any]) -> Program:
    """The lowered program of ``text``; BadRequest with the first error when it has one."""
    return lower(valid_model(params))


def number(params: Mapping[str, Any], name: str, default: float, low: float, high: float) -> float:
    """A finite number between two bounds."""
    value = params.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise BadRequest(f"'{name}' must be a number")
    if not low <= value <= high:
        raise BadRequest(f"'{name}' must be between {low:g} and {high:g}")
    return float(value)


def numbers(params: Mapping[str, Any], name: str, known: Mapping[str, float]) -> dict[str, float]:
    """The known values with those of an object over them; a name that is not known is refused."""
    given = params.get(name)
    if given is None:
        return dict(known)
    if not isinstance(given, dict):
        raise BadRequest(f"'{name}' must be an object of numbers")
    for key in given:
        if key not in known:
            raise BadRequest(f"'{name}' has no '{key}': there are {', '.join(known) or 'none'}")
    return {key: number(given, key, value, -1e300, 1e300) for key, value in known.items()}
