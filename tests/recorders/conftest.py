"""Recorders fed with made-up exposures: no simulation runs here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import rateml
from rateml.api import read_program
from rateml.engines.recorders import make_recorders
from rateml.ir.program import Program
from rateml.request.settings import Request, Settings, read_settings

Arrays = Mapping[str, NDArray[np.float64]]


@cache
def _program(model: str) -> Program:
    return read_program(Path(rateml.__file__).parent / "models" / f"{model}.xml")


@pytest.fixture
def program() -> Callable[[str], Program]:
    return _program


@pytest.fixture
def settings() -> Callable[..., Settings]:
    """Settings of a request over ``regions`` regions."""

    def make(model: str = "montbrio", regions: int = 5, **request: object) -> Settings:
        labels = tuple(f"r{k}" for k in range(regions))
        asked = Request(**({"dt": "0.1 ms"} | request))  # type: ignore[arg-type]  # any request
        return read_settings(_program(model), labels, asked, sweep=False)

    return make


@pytest.fixture
def record(settings: Callable[..., Settings]) -> Callable[..., list[Arrays]]:
    """What every lane records of ``values`` (step, exposure, region, lane), taken in pieces of ``cuts`` steps."""

    def run(
        values: NDArray[np.floating],
        *monitors: str,
        model: str = "montbrio",
        dt: float = 0.1,
        cuts: Sequence[int] | None = None,
        valid: int | None = None,
        precision: str = "float64",
        **request: object,
    ) -> list[Arrays]:
        steps, _, regions, lanes = values.shape
        made = settings(
            model,
            regions,
            monitors=monitors,
            dt=f"{dt} ms",
            duration=f"{steps * dt} ms",
            precision=precision,
            **request,
        )
        recorders = make_recorders(made.monitors, _program(model), made, regions, lanes)
        rows = values.transpose(1, 2, 0, 3).astype(precision)
        edges = np.cumsum([0, *(cuts if cuts is not None else [steps])])
        assert edges[-1] == steps
        for start, stop in pairwise(edges):
            for recorder in recorders:
                recorder.take(np.ascontiguousarray(rows[:, :, start:stop]))
        return [
            {name: np.array(a) for r in recorders for name, a in r.result(lane, valid).items()} for lane in range(lanes)
        ]

    return run


@pytest.fixture
def walk() -> Callable[..., NDArray[np.float64]]:
    """Correlated random walks (step, exposure, region, lane), different in every lane, about ``middle``."""

    def make(
        steps: int, regions: int = 5, lanes: int = 3, exposures: int = 2, seed: int = 0, middle: float = 0.1
    ) -> NDArray[np.float64]:
        rng = np.random.default_rng(seed)
        noise = rng.standard_normal((steps, exposures, regions, lanes))
        noise += rng.uniform(0.2, 1.0, (1, 1, regions, lanes)) * rng.standard_normal((steps, exposures, 1, lanes))
        for k in range(1, steps):
            noise[k] += 0.99 * noise[k - 1]
        return np.asarray(middle * (1.0 + 0.05 * noise))

    return make
