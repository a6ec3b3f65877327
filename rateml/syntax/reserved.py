"""Names that a model cannot give to anything of its own."""

from __future__ import annotations

from keyword import iskeyword
from typing import Final

from rateml.syntax.functions import FUNCTIONS

_SIMULATOR: Final = frozenset(
    (
        *("id", "uid", "name", "parent", "component", "array", "children", "groups", "regimes", "methods"),
        *("attachments", "plastic", "copy", "debug", "toxml", "time_step", "time_total", "time_completed"),
    )
)


def reserved(name: str) -> str:
    """Why a name is reserved, nothing for a free one."""
    if name in ("t", "dt"):
        return "it is the time" if name == "t" else "it is the time step"
    if name in FUNCTIONS:
        return "it is a function"
    if iskeyword(name) or name in ("and", "or"):
        return "it is a word of Python"
    if name == "type":
        return "it is an attribute of every Component"
    return "PyLEMS keeps it for itself" if name in _SIMULATOR else ""
