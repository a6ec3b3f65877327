"""raw, tavg and stats on made-up exposures, against numpy and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats


def test_raw_is_what_was_seen(record, walk) -> None:
    values = walk(70)
    for lane, got in enumerate(record(values, "raw:V")):
        np.testing.assert_array_equal(got["raw"], values[:, 1:2, :, lane])


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_averages_and_statistics(record, walk, precision: str) -> None:
    values = walk(104).astype(precision)
    exact = values.astype(np.float64)
    windows = exact[:100].reshape(10, 10, *exact.shape[1:]).mean(axis=1)
    for lane, got in enumerate(record(values, "tavg:1ms:V,r", "stats:V,r", precision=precision)):
        assert (got["tavg"].dtype, got["stats_mean"].dtype) == (precision, np.float64)
        np.testing.assert_allclose(
            got["tavg"], windows[:, ::-1, :, lane], rtol=1e-6 if precision == "float32" else 1e-13
        )
        np.testing.assert_allclose(got["stats_mean"], exact[:, ::-1, :, lane].mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(got["stats_var"], exact[:, ::-1, :, lane].var(axis=0), rtol=1e-9)


def test_angles_are_averaged_on_the_circle(record, walk) -> None:
    # about 0 = 2 pi, in all regions
    theta = np.mod(20 * walk(100, exposures=1) - 2.0, 2 * np.pi)
    values = np.concatenate([theta, np.sin(theta), walk(100, exposures=1)], axis=1)
    assert (np.ptp(theta, axis=0) > 6).any()
    for lane, got in enumerate(record(values, "tavg:1ms", "stats", model="kuramoto")):
        angle = theta[:, 0, :, lane]
        _same_angles(got["tavg"][:, 0], stats.circmean(angle.reshape(10, 10, -1), axis=1))
        _same_angles(got["stats_mean"][0], stats.circmean(angle, axis=0))
        np.testing.assert_allclose(got["stats_var"][0], stats.circstd(angle, axis=0) ** 2, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(got["stats_mean"][1], np.sin(angle).mean(axis=0), rtol=1e-9)
        for mean in (got["tavg"][:, 0], got["stats_mean"][0]):
            assert ((mean >= 0) & (mean < 2 * np.pi)).all()


def test_an_angle_just_below_zero_is_not_a_whole_period(record) -> None:
    values = np.full((20, 3, 2, 1), np.nextafter(2 * np.pi, 0))
    (got,) = record(values, "tavg:1ms", "stats", model="kuramoto")
    assert (got["tavg"][:, 0] < 2 * np.pi).all()
    assert (got["stats_mean"][0] < 2 * np.pi).all()


def _same_angles(got: np.ndarray, expected: np.ndarray) -> None:
    apart = np.mod(got - expected + np.pi, 2 * np.pi) - np.pi
    np.testing.assert_allclose(apart, 0.0, atol=1e-12)


def test_what_comes_after_divergence_is_nan(record, walk) -> None:
    values = walk(100)
    whole = record(values, "raw", "tavg:1ms", "stats")
    for valid in (0, 1, 39, 40, 100):
        for full, got in zip(whole, record(values, "raw", "tavg:1ms", "stats", valid=valid), strict=True):
            np.testing.assert_array_equal(got["raw"][:valid], full["raw"][:valid])
            np.testing.assert_array_equal(got["tavg"][: valid // 10], full["tavg"][: valid // 10])
            assert np.isnan(got["raw"][valid:]).all()
            assert np.isnan(got["tavg"][valid // 10 :]).all()
            assert np.isnan(got["stats_mean"]).all()
            assert np.isnan(got["stats_var"]).all()
