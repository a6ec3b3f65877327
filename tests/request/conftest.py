"""Programs of the shipped models, and their settings for three regions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import rateml
from rateml.api import read_program
from rateml.ir.program import Program
from rateml.request.settings import Request, Settings, read_settings

REGIONS = ("lh-V1", "rh-V1", "höhle")


@cache
def _program(name: str) -> Program:
    return read_program(Path(rateml.__file__).parent / "models" / f"{name}.xml")


@pytest.fixture
def program() -> Callable[[str], Program]:
    return _program


@pytest.fixture
def regions() -> tuple[str, ...]:
    return REGIONS


@pytest.fixture
def settings() -> Callable[..., Settings]:
    """The settings of a request; ``model`` is a shipped one, ``sweep`` whether it has axes."""

    def make(model: str = "montbrio", *, sweep: bool = False, **request: object) -> Settings:
        return read_settings(_program(model), REGIONS, Request(**request), sweep=sweep)  # type: ignore[arg-type]  # any request

    return make
