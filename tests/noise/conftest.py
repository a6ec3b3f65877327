"""Generated modules for the tests of random numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rateml import api
from rateml.engines.cache import load_module


@pytest.fixture(scope="session")
def generated(from_python: Callable[[Any], Any]) -> Callable[[str], SimpleNamespace]:
    """Functions of the numba module of montbrio, both of whose states are noisy, by precision."""

    @functools.cache
    def load(precision: str) -> SimpleNamespace:
        path = Path(str(resources.files("rateml.models").joinpath("montbrio.xml")))
        module = load_module(api.build(path, "numba", "float32" if precision == "float32" else "float64"))
        names = ("philox", "box_muller", "uniform", "share_rounds", "draw")
        return SimpleNamespace(**{name: from_python(getattr(module, name)) for name in names})

    return load
