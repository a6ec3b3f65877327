"""rateml: describe a neural mass model once, in XML, and check, build, run and sweep it.

The public names are loaded when they are first used, so that ``import rateml`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rateml.api import Simulator, build, check, execute, plan, prepare, read_program, replay, shipped_model, sweep
    from rateml.engines.events import Metrics
    from rateml.errors import (
        EngineUnavailable,
        InternalError,
        ModelError,
        RatemlError,
        StoreError,
        UsageError,
        UserError,
    )
    from rateml.request.settings import Request
    from rateml.results.read import open_results as open  # noqa: A004  # the public name is rateml.open, as gzip.open is

_HOMES = {
    "EngineUnavailable": "rateml.errors",
    "InternalError": "rateml.errors",
    "Metrics": "rateml.engines.events",
    "ModelError": "rateml.errors",
    "RatemlError": "rateml.errors",
    "Request": "rateml.request.settings",
    "Simulator": "rateml.api",
    "StoreError": "rateml.errors",
    "UsageError": "rateml.errors",
    "UserError": "rateml.errors",
    "build": "rateml.api",
    "check": "rateml.api",
    "execute": "rateml.api",
    "open": "rateml.results.read",
    "plan": "rateml.api",
    "prepare": "rateml.api",
    "read_program": "rateml.api",
    "replay": "rateml.api",
    "shipped_model": "rateml.api",
    "sweep": "rateml.api",
}

__all__ = [
    "EngineUnavailable",
    "InternalError",
    "Metrics",
    "ModelError",
    "RatemlError",
    "Request",
    "Simulator",
    "StoreError",
    "UsageError",
    "UserError",
    "build",
    "check",
    "execute",
    "open",
    "plan",
    "prepare",
    "read_program",
    "replay",
    "shipped_model",
    "sweep",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'rateml' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), "open_results" if name == "open" else name)


def __dir__() -> list[str]:
    return __all__
