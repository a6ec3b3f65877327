"""The elementary functions of generated modules against numpy in extended precision."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from rateml.codegen.targets.numba.generate import elementary_source

RANGES = {
    "exp": ((-86.5, 88.0), (-1.0, 1.0)),
    "log": ((1e-30, 10.0), (0.9, 1.1)),
    "sin": ((-7.0, 7.0), (-3000.0, 3000.0)),
    "cos": ((-7.0, 7.0), (-3000.0, 3000.0)),
    "tanh": ((-1.0, 1.0), (-20.0, 20.0)),
}


@pytest.fixture(scope="module")
def functions(
    tmp_path_factory: pytest.TempPathFactory, from_python: Callable[[Any], Any]
) -> Mapping[str, Callable[[Any], Any]]:
    path = tmp_path_factory.mktemp("elementary") / "elementary.py"
    path.write_text(elementary_source({32: set(RANGES), 64: set(RANGES)}), encoding="utf-8")
    made = runpy.run_path(str(path))
    return {f"{name}{bits}": from_python(made[f"{name}{bits}"]) for name in RANGES for bits in (32, 64)}


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("name", RANGES)
def test_two_units_of_the_last_place(functions: Mapping[str, Callable[[Any], Any]], name: str, bits: int) -> None:
    real = np.float32 if bits == 32 else np.float64
    for low, high in RANGES[name]:
        x = np.linspace(low, high, 4001).astype(real)
        ours = np.array([functions[f"{name}{bits}"](v) for v in x])
        exact = getattr(np, name)(x.astype(np.longdouble))
        unit = np.spacing(np.abs(exact).astype(real)).astype(np.longdouble)
        assert (np.abs(ours.astype(np.longdouble) - exact) / unit).max() <= 2.0


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("name", RANGES)
def test_what_is_no_number(functions: Mapping[str, Callable[[Any], Any]], name: str, bits: int) -> None:
    real = np.float32 if bits == 32 else np.float64
    for value in (0.0, -1.0, np.inf, -np.inf, np.nan, 1000.0, 1e-38 if bits == 32 else 1e-307):
        with np.errstate(all="ignore"):
            exact = getattr(np, name)(real(value))
        np.testing.assert_allclose(functions[f"{name}{bits}"](real(value)), exact, rtol=1e-6)
