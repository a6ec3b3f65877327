"""Neither how steps are cut into calls nor the other lanes change a bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MONITORS = ("raw", "tavg:0.7ms", "stats", "bold:3ms:r", "fc:bold:3ms:r", "fcd:12ms:3ms:bold:3ms:r:full")
STEPS = 400


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 60), min_size=1, max_size=30), st.sampled_from(["float32", "float64"]))
def test_cuts_do_not_show(record, walk, cuts: list[int], precision: str) -> None:
    values = walk(STEPS, lanes=2)
    left = STEPS
    whole = [cuts[k] for k in range(len(cuts)) if (left := left - cuts[k]) >= 0]
    whole.append(STEPS - sum(whole))
    _same(record(values, *MONITORS, precision=precision, cuts=whole), record(values, *MONITORS, precision=precision))


@pytest.mark.parametrize("model", ["montbrio", "kuramoto"])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_lanes_do_not_mix(record, walk, precision: str, model: str) -> None:
    """Also beside a lane that is not finite, and at every place among lanes of any number."""
    monitors = MONITORS if model == "montbrio" else ("raw", "tavg:0.7ms", "stats", "fc:tavg:1ms:sin_theta")
    values = walk(STEPS, lanes=11, exposures=2 if model == "montbrio" else 3)
    values[37:, :, :, 3] = np.nan
    values[90:, :, :, 7] = np.inf
    together = record(values, *monitors, precision=precision, model=model)
    for lane in (0, 2, 4, 8, 10):
        alone = record(values[..., lane : lane + 1], *monitors, precision=precision, model=model)
        _same([together[lane]], alone)
        assert np.isfinite(alone[0]["fc"]).all()


def _same(got: list[dict[str, np.ndarray]], expected: list[dict[str, np.ndarray]]) -> None:
    for a, b in zip(got, expected, strict=True):
        assert a.keys() == b.keys()
        for name in b:
            assert a[name].tobytes() == b[name].tobytes(), name
