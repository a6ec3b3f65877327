"""The cells of a map as data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rateml import api
from rateml.errors import UserError
from rateml.request.settings import Request
from rateml.results import open_results
from rateml.results.cells import read_cells


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cells") / "out.zarr"
    request = Request(axes=(("grid", "eta=-5:-4:3"), ("values", "tau=1,2")), trials=2, duration="5 ms")
    job = api.prepare(api.shipped_model("montbrio"), "synthetic:4:0", request)
    for _ in api.execute(job, out, api.make_engine("cpu", 1)):
        pass
    return out


def test_values_are_the_means_of_the_store(store: Path) -> None:
    with open_results(store) as data:
        cells = read_cells(data, "stats_mean", variable="V", x="eta", y="tau")
        means = data["stats_mean"].sel(variable="V").mean(["trial", "region"]).transpose("tau", "eta")
    assert cells.axes == ("tau", "eta")
    assert cells.points["eta"] == (-5.0, -4.5, -4.0)
    np.testing.assert_allclose(cells.values, means.values, rtol=1e-6)
    assert (cells.why == -1).all()
    assert cells.averaged == ("trial (2)", "region (4)")


def test_one_axis_is_one_row(store: Path) -> None:
    with open_results(store) as data:
        cells = read_cells(data, "stats_mean", select={"tau": "1"})
    assert cells.axes == ("eta",)
    assert cells.values.shape == (1, 3)


def test_what_is_not_there_is_told(store: Path) -> None:
    with open_results(store) as data, pytest.raises(UserError, match="no swept parameter 'etta'"):
        read_cells(data, "stats_mean", x="etta")
