"""A slow state in float32: with compensation it moves as in float64, without it stands still."""

from __future__ import annotations

import numpy as np
import pytest

from rateml import api
from rateml.engines.cpu import CpuEngine
from rateml.passes import mark_slow_states as marking
from rateml.request.settings import Request
from rateml.results import open_results


def _moved(path, shipped_models, precision):
    """How far the Epileptor's z moves in 40,000 steps of 1 us, per region."""
    request = Request(
        dt="0.001", duration="40 ms", set=["r=1e-5"], monitors=["raw:z"], precision=precision, noise="off"
    )
    job = api.prepare(shipped_models["epileptor"], "synthetic:4:0", request, sweep=False)
    list(api.execute(job, path, CpuEngine(1)))
    raw = open_results(path).raw.values[:, 0].astype(np.float64)
    return raw[-1] - raw[0]


@pytest.mark.long
def test_compensation_keeps_a_slow_state_moving(tmp_path, shipped_models, monkeypatch):
    exact = _moved(tmp_path / "a.zarr", shipped_models, "float64")
    kept = _moved(tmp_path / "b.zarr", shipped_models, "float32")
    np.testing.assert_allclose(kept, exact, rtol=0.01, atol=1e-6)
    monkeypatch.setattr(marking, "THRESHOLD", 0.0)
    lost = _moved(tmp_path / "c.zarr", shipped_models, "float32")
    assert np.abs(lost - exact).max() > 0.5 * np.abs(exact).max()
