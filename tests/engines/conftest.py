"""A network of five regions, and runs of the shipped models over it through the whole of rateml."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray

import rateml
from rateml import api
from rateml.engines import cpu
from rateml.engines.job import Job
from rateml.request.settings import Request
from rateml.results import open_results

MODELS = Path(rateml.__file__).parent / "models"
LABELS = ("lh-a", "lh-b", "lh-c", "rh-a", "rh-b")


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Asymmetric weights, delays from 0 to 60 steps of 0.1 ms at 3 mm/ms, and second tracts ``thin``."""
    rng = np.random.default_rng(1)
    shape = (len(LABELS), len(LABELS))
    tracts = {}
    for name, density in (("", 0.7), (".thin", 0.4)):
        tracts[f"weights{name}"] = rng.uniform(0.1, 1.0, shape) * (rng.random(shape) < density)
        tracts[f"lengths{name}"] = np.round(rng.uniform(0.0, 18.0, shape), 2)
    file = tmp_path_factory.mktemp("network") / "five.npz"
    np.savez(file, labels=np.array(LABELS), **tracts)
    return file


@pytest.fixture
def prepare(network: Path) -> Callable[..., Job]:
    """A job of a model over the five regions; a model is a shipped one's name or a path."""

    def make(
        model: str | Path = "montbrio", *, sweep: bool | None = None, chunk: int | None = None, **given: object
    ) -> Job:
        path = model if isinstance(model, Path) else MODELS / f"{model}.xml"
        request = Request(**({"dt": "0.1", "duration": "20"} | given))  # type: ignore[arg-type]  # any request
        swept = bool(request.axes or request.trials) if sweep is None else sweep
        return api.prepare(path, str(network), request, sweep=swept, chunk=chunk)

    return make


@pytest.fixture
def simulate(prepare: Callable[..., Job], tmp_path: Path) -> Callable[..., xarray.Dataset]:
    """The results of a job, in memory."""

    def run(model: str | Path = "montbrio", *, threads: int = 2, **given: object) -> xarray.Dataset:
        out = tmp_path / f"{len(list(tmp_path.iterdir()))}.zarr"
        for _ in api.execute(prepare(model, **given), out, cpu.CpuEngine(threads)):
            pass
        with open_results(out) as results:
            return results.load()

    return run
