"""rateml: describe a neural mass model once, in XML, and check, build, run and sweep it.

The public names are loaded when they are first used, so that ``import rateml`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rateml.api import build, check, execute, plan, prepare, read_program
    from rateml.errors import EngineUnavailable, InternalError, ModelError, RatemlError, StoreError, UserError
    from rateml.results.read import open_results
    from rateml.sweep.settings import Request

_HOMES = {
    "EngineUnavailable": "rateml.errors",
    "InternalError": "rateml.errors",
    "ModelError": "rateml.errors",
    "RatemlError": "rateml.errors",
    "Request": "rateml.sweep.settings",
    "StoreError": "rateml.errors",
    "UserError": "rateml.errors",
    "build": "rateml.api",
    "check": "rateml.api",
    "execute": "rateml.api",
    "open_results": "rateml.results.read",
    "plan": "rateml.api",
    "prepare": "rateml.api",
    "read_program": "rateml.api",
}

__all__ = [
    "EngineUnavailable",
    "InternalError",
    "ModelError",
    "RatemlError",
    "Request",
    "StoreError",
    "UserError",
    "build",
    "check",
    "execute",
    "open_results",
    "plan",
    "prepare",
    "read_program",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'rateml' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
