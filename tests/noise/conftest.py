"""Generated modules for the tests of random numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from types import ModuleType

import pytest

from rateml import api
from rateml.engines.cache import load_module


@pytest.fixture(scope="session")
def generated() -> Callable[[str], ModuleType]:
    """The imported numba module of montbrio, both of whose states are noisy, by precision."""

    @functools.cache
    def load(precision: str) -> ModuleType:
        path = Path(str(resources.files("rateml.models").joinpath("montbrio.xml")))
        return load_module(api.build(path, "numba", "float32" if precision == "float32" else "float64"))

    return load
