"""FC, FCD and fits against numpy and scipy on the series they are of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from rateml.engines.recorders import make_recorder
from rateml.engines.recorders.connectivity import FcRecorder
from rateml.engines.recorders.fit import fisher_z

Series = NDArray[np.float64]


def triangle(series: Series) -> Series:
    """The upper triangle of the correlations of ``series`` (sample, region)."""
    return np.corrcoef(series.T)[np.triu_indices(series.shape[1], 1)]


def dynamics(series: Series, width: int, stride: int) -> tuple[Series, Series]:
    """The FCD of ``series`` (sample, region), and its entries of windows that do not overlap."""
    starts = range(0, len(series) - width + 1, stride)
    fcd = np.corrcoef([triangle(series[s : s + width]) for s in starts])
    pairs = [(a, b) for a in range(len(starts)) for b in range(a + 1, len(starts)) if (b - a) * stride >= width]
    return fcd, np.array([fcd[pair] for pair in pairs])


@pytest.mark.parametrize("monitor", ["fc:raw", "fc:tavg:1ms", "fc:tavg:10ms"])
@pytest.mark.parametrize("regions", [2, 5, 20])
def test_fc_is_pearsons(record, walk, monitor: str, regions: int) -> None:
    values = walk(400, regions=regions)
    every = {"fc:raw": 1, "fc:tavg:1ms": 10, "fc:tavg:10ms": 100}[monitor]
    means = values.reshape(400 // every, every, *values.shape[1:]).mean(axis=1)
    for lane, got in enumerate(record(values, monitor)):
        for v in range(2):
            np.testing.assert_allclose(got["fc"][v], triangle(means[:, v, :, lane]), rtol=1e-10, atol=1e-12)


def test_fc_keeps_its_digits_far_from_zero(record, walk) -> None:
    values = walk(1000) + 1e6
    (got, *_) = record(values, "fc:raw:r")
    np.testing.assert_allclose(got["fc"][0], triangle(values[:, 0, :, 0]), atol=1e-9)


def test_keeping_samples_and_summing_up_give_the_same_bits(walk) -> None:
    samples = walk(30, regions=7)
    made = [FcRecorder(30, 2, 7, 3, None, keep=keep) for keep in (True, False)]
    for recorder in made:
        for at in range(0, 30, 4):
            recorder.add(samples[at : at + 4])
    for lane in range(3):
        kept, summed = (recorder.result(lane, None)["fc"] for recorder in made)
        assert kept.tobytes() == summed.tobytes()
    assert FcRecorder.keeps(30, 68)
    assert not FcRecorder.keeps(300, 68)
    assert FcRecorder.bytes(10**9, 1, 68) == 8 * (68 * 69 // 2 + 3 * 68)


def test_fc_of_regions_that_never_change_or_always_agree(record, walk) -> None:
    values = walk(300, regions=4, lanes=1)
    values[:, :, 1] = 0.3
    values[:, :, 3] = 2 * values[:, :, 2]
    (got,) = record(values, "fc:raw:r")
    constant = [True, False, False, True, True, False]  # of pairs 01 02 03 12 13 23
    np.testing.assert_array_equal(np.isnan(got["fc"][0]), constant)
    assert got["fc"][0, 5] == pytest.approx(1.0, abs=1e-12)
    assert got["fc"][0, 5] <= 1.0


@pytest.mark.parametrize("lanes", [1, 3])
def test_fc_and_fcd_of_bold(record, walk, lanes: int) -> None:
    values = walk(9000, lanes=lanes, regions=6)
    monitors = ("bold:100ms:r", "fc:bold:100ms:r", "fcd:1s:200ms:bold:100ms:r:full")
    for got in record(values, *monitors, dt=1.0):
        series = got["bold"][:, 0]
        assert series.shape == (90, 6)
        np.testing.assert_allclose(got["fc"][0], triangle(series), rtol=1e-9, atol=1e-11)
        fcd, entries = dynamics(series, 10, 2)
        assert got["fcd"].shape == (1, 41, 41)
        np.testing.assert_allclose(got["fcd"][0], fcd, atol=1e-9)
        np.testing.assert_allclose(got["fcd_var"], [entries.var()], rtol=1e-8)
        np.testing.assert_array_equal(got["fcd_hist"][0], np.histogram(entries, 100, (-1, 1))[0])
        assert got["fcd_hist"].sum() == len(entries)


def test_fits(record, walk, tmp_path: Path) -> None:
    values = walk(9000, lanes=2, regions=6)
    measured = walk(500, lanes=1, regions=6, seed=9)[:, 0, :, 0]
    fcd, entries = dynamics(measured, 10, 2)
    full, flat = tmp_path / "full.npy", tmp_path / "flat.npy"
    np.save(full, np.corrcoef(measured.T))
    np.save(flat, triangle(measured))
    whole, listed = tmp_path / "fcd.npy", tmp_path / "entries.npy"
    np.save(whole, fcd)
    np.save(listed, entries)
    monitors = ("bold:100ms:r", "fc:bold:100ms:r", "fcd:1s:200ms:bold:100ms:r")
    for files in ((full, whole), (flat, listed)):
        for got in record(values, *monitors, dt=1.0, target_fc=files[0], target_fcd=files[1]):
            series = got["bold"][:, 0]
            expected = np.corrcoef(np.arctanh(triangle(series)), np.arctanh(triangle(measured)))[0, 1]
            assert got["fit_fc"] == pytest.approx(expected, rel=1e-9)
            own = dynamics(series, 10, 2)[1]
            assert got["fit_fcd"] == pytest.approx(stats.ks_2samp(own, entries).statistic, abs=1e-12)
            assert "fcd" not in got


def test_what_diverged_has_no_summary(record, walk, tmp_path: Path) -> None:
    file = tmp_path / "fc.npy"
    np.save(file, triangle(walk(500, lanes=1)[:, 0, :, 0]))
    for valid in (0, 3999):
        for got in record(
            walk(4000), "fc:bold:100ms:r", "fcd:1s:500ms:bold:100ms:r", dt=1.0, valid=valid, target_fc=file
        ):
            assert all(np.isnan(values).all() for values in got.values())


def test_fisher_z_stays_finite_and_keeps_nan() -> None:
    z = fisher_z(np.array([-1.0, 0.5, 1.0, np.nan]))
    np.testing.assert_allclose(z[:3], [-8.6643, 0.5493, 8.6643], rtol=1e-3)
    assert np.isnan(z[3])


@pytest.mark.parametrize("monitor", ["raw", "tavg:1ms", "stats", "bold:r", "fc:raw", "fc:bold:r", "fcd:20s:2s:r:full"])
def test_before_any_step_everything_is_nan(settings, program, monitor: str) -> None:
    """An engine compiles what a run needs by taking nothing and asking for the result."""
    made = settings(monitors=[monitor], duration="100 s", dt="1 ms")
    recorder = make_recorder(made.monitors[0], program("montbrio"), made, 5, 3)
    recorder.take(np.empty((2, 5, 0, 3)))
    for values in recorder.result(2, None).values():
        assert np.isnan(values).all()
