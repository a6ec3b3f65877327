"""BOLD against the class of The Virtual Brain that it is said to equal."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

Series = NDArray[np.float64]


def balloon(averages: Series, **parameters: float) -> Series:
    """``BalloonModel`` of TVB over averages of 1 ms (ms, region)."""
    analyzers = pytest.importorskip("tvb.analyzers.fmri_balloon")
    time_series = pytest.importorskip("tvb.datatypes.time_series")
    data = averages[:, np.newaxis, :, np.newaxis]
    series = time_series.TimeSeries(data=data, sample_period=1.0, sample_period_unit="ms", time=np.arange(len(data)))
    model = analyzers.BalloonModel(time_series=series)
    for name, value in parameters.items():
        setattr(model, name, np.array([value]) if name == "epsilon" else value)
    return np.asarray(model.evaluate().data[:, 0, :, 0])


@pytest.mark.tvb
@pytest.mark.parametrize("dt", [0.1, 0.5, 1.0])
def test_it_equals_tvb(record, walk, dt: float) -> None:
    inner = round(1 / dt)
    values = walk(6000 * inner, regions=3, lanes=2, middle=0.3)
    for lane, got in enumerate(record(values, "bold:1s:r", dt=dt)):
        averages = values[:, 0, :, lane].reshape(6000, inner, -1).mean(axis=1)
        expected = balloon(averages)[999::1000]
        assert np.abs(expected).max() > 0.05
        np.testing.assert_allclose(got["bold"][:, 0], expected, rtol=1e-6, atol=1e-12)


@pytest.mark.tvb
def test_parameters(record, walk) -> None:
    values = walk(4000, regions=2, lanes=1)
    given = {"tau_s": 0.8, "tau_f": 0.41, "tau_o": 0.7, "alpha": 0.25, "TE": 0.03, "V0": 2.0, "E0": 0.34,
             "epsilon": 1.43, "nu_0": 80.6, "r_0": 110.0}  # fmt: skip
    units = dict.fromkeys(("tau_s", "tau_f", "tau_o", "TE"), " s") | {"nu_0": " Hz", "r_0": " Hz"}
    assignments = [f"bold.{name}={value}{units.get(name, '')}" for name, value in given.items()]
    (got,) = record(values, "bold:500ms:r", dt=1.0, set=assignments)
    expected = balloon(values[:, 0, :, 0], **given)[499::500]
    np.testing.assert_allclose(got["bold"][:, 0], expected, rtol=1e-6)
    (changed,) = record(values, "bold:500ms:r", dt=1.0)
    assert np.abs(changed["bold"][:, 0] / expected - 1).min() > 1e-3


@pytest.mark.tvb
def test_extremes_are_as_in_tvb(record) -> None:
    """Flow that runs out, and activity that is not finite."""
    values = np.zeros((4000, 2, 3, 1))
    values[:, 0, 0], values[:, 0, 1], values[2000:, 0, 2] = -3.0, 40.0, np.nan
    (got,) = record(values, "bold:100ms:r", dt=1.0)
    with np.errstate(all="ignore"):
        expected = balloon(values[:, 0, :, 0])[99::100]
    np.testing.assert_array_equal(np.isfinite(got["bold"][:, 0]), np.isfinite(expected))
    np.testing.assert_allclose(got["bold"][:, 0, 1], expected[:, 1], rtol=1e-6)


def test_what_comes_after_divergence_is_nan(record, walk) -> None:
    (whole,) = record(walk(4000, lanes=1), "bold:1s:r", dt=1.0)
    for valid in (0, 999, 1000, 3999):
        (got,) = record(walk(4000, lanes=1), "bold:1s:r", dt=1.0, valid=valid)
        np.testing.assert_array_equal(got["bold"][: valid // 1000], whole["bold"][: valid // 1000])
        assert np.isnan(got["bold"][valid // 1000 :]).all()


@pytest.mark.long
@pytest.mark.parametrize("dt", [0.01, 0.1])
def test_float32_follows_float64_over_ten_minutes(settings, program, dt: float) -> None:
    """Activity that changes at every step, given in pieces: 60 million steps at 0.01 ms."""
    from rateml.engines.recorders import make_recorder

    rows, regions = 100_000, 2
    seconds = 600
    recorders = {}
    for precision in ("float32", "float64"):
        asked = {"monitors": ["bold:2s:r"], "dt": f"{dt} ms", "duration": f"{seconds} s", "precision": precision}
        made = settings(regions=regions, **asked)
        recorders[precision] = make_recorder(made.monitors[0], program("montbrio"), made, regions, 1)
    rng = np.random.default_rng(5)
    steps = round(seconds * 1000 / dt)
    level = 0.1
    for start in range(0, steps, rows):
        time = dt * np.arange(start, start + rows)
        level = 0.98 * level + 0.02 * rng.uniform(0.0, 0.3)
        fast = 0.05 * np.sin(2 * np.pi * time / 97.0)
        values = np.zeros((2, regions, rows, 1))
        values[0, :, :, 0] = level + fast + rng.normal(0.0, 0.05, (regions, rows))
        for precision, recorder in recorders.items():
            recorder.take(values.astype(precision))
    single, double = (recorders[p].result(0, None)["bold"].astype(np.float64) for p in ("float32", "float64"))
    for region in range(regions):
        assert np.corrcoef(single[:, 0, region], double[:, 0, region])[0, 1] >= 0.9999
