"""What a job will take is counted, however large it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from rateml import api
from rateml.request.settings import Request
from rateml.results.layout import Layout


def test_a_huge_grid_is_counted_and_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def units(self: Layout) -> object:
        raise AssertionError("the units of a hundred million simulations take gigabytes")

    monkeypatch.setattr(Layout, "units", property(units))
    axes = (("grid", "eta=-5:-4:10000"), ("grid", "speed=1:9:10000"))
    job = api.prepare(
        api.shipped_model("montbrio"), "synthetic:4:0", Request(axes=axes, monitors=("raw",), duration="5 s")
    )
    planned = api.plan(job, tmp_path / "out.zarr", api.make_engine("cpu", 1))
    assert planned.simulations == 10**8
    assert planned.files > 10**6
    assert planned.store_bytes > 10**8 * 4 * 4 * 50_000
    assert api.summary(job)[0].delays[0] < api.summary(job)[0].delays[1]
