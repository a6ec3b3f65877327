"""What monitors record, against numpy and scipy on the raw states of the same simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from rateml.engines import group

ALL = ("raw", "tavg:1ms", "stats")


def test_raw_is_stamped_with_the_true_time(simulate) -> None:
    whole = simulate(monitors=["raw"], duration="20")
    np.testing.assert_array_equal(whole.time, 0.1 * np.arange(1, 201))
    tail = simulate(monitors=["raw"], duration="13", transient="7")
    np.testing.assert_array_equal(tail.time, 0.1 * np.arange(71, 201))
    np.testing.assert_array_equal(tail.raw, whole.raw[70:])
    assert whole.time.attrs["units"] == "ms"
    assert whole.raw.dims == ("time", "variable", "region")
    assert list(whole.variable.values) == ["r", "V"]


@pytest.mark.parametrize("transient", ["0", "7"])
def test_averages_are_means_of_raw_in_the_middle_of_their_window(simulate, transient: str) -> None:
    got = simulate(monitors=ALL, duration="20.5", transient=transient)
    raw = got.raw.values
    windows = raw[:200].reshape(20, 10, *raw.shape[1:])
    np.testing.assert_allclose(got.tavg, windows.mean(axis=1), rtol=1e-13)
    # tvb.simulator.monitors.TemporalAverage stamps (step - istep / 2) * dt; the last half window is dropped
    np.testing.assert_allclose(got.time_tavg, float(transient) + np.arange(20) + 0.5, rtol=1e-14)
    np.testing.assert_allclose(got.stats_mean, raw.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(got.stats_var, raw.var(axis=0), rtol=1e-10)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("every", ["1ms", "0.3ms", "7ms"])
def test_averages_made_while_integrating_are_the_same_bits(
    simulate, monkeypatch: pytest.MonkeyPatch, every: str, precision: str
) -> None:
    """Alone, averages are summed up step by step as they come; beside ``stats``, from the steps kept of a slice."""
    given = {"duration": "20.5", "transient": "3.2", "precision": precision, "init": ["r=0.1"]}
    beside = simulate(monitors=["stats", f"tavg:{every}"], **given)
    alone = simulate(monitors=[f"tavg:{every}"], **given)
    assert np.isfinite(alone.tavg).all()
    np.testing.assert_array_equal(alone.tavg.values, beside.tavg.values)
    monkeypatch.setattr(group.Group, "most_steps", lambda _: 7)  # windows are cut by slices and blocks
    np.testing.assert_array_equal(simulate(monitors=[f"tavg:{every}"], **given).tavg.values, alone.tavg.values)


@pytest.mark.parametrize("beside", [[], ["stats"]])
def test_the_transient_settles_bold(simulate, beside: list[str]) -> None:
    """It is left out of the record, not out of what comes before it."""
    whole = simulate(monitors=["bold:10ms:r", *beside], duration="200")
    tail = simulate(monitors=["bold:10ms:r", *beside], duration="150", transient="50")
    np.testing.assert_array_equal(tail.bold.values, whole.bold.values[5:])
    np.testing.assert_array_equal(tail.time, whole.time[5:])
    uneven = simulate(monitors=["bold:10ms:r", *beside], duration="150", transient="50.7")
    assert np.isfinite(uneven.bold).all()
    assert (np.abs(uneven.bold.values - tail.bold.values).max(axis=0) < np.ptp(whole.bold.values, axis=0)).all()


def test_chosen_variables_in_the_order_asked_for(simulate) -> None:
    got = simulate(monitors=["raw", "tavg:1ms:V", "stats:V,r"])
    np.testing.assert_allclose(got.stats_mean.values, got.raw.values.mean(axis=0)[::-1], rtol=1e-12)
    assert list(got[got.tavg.dims[1]].values) == ["V"]
    assert list(got[got.stats_mean.dims[0]].values) == ["V", "r"]


@pytest.mark.parametrize(
    "start",
    [
        ["omega=0.4 per_ms"],  # several turns
        ["omega=0.0001 per_ms"],  # noise about 0 = 2 pi, and about pi
    ],
)
def test_angles_are_averaged_on_the_circle(simulate, start: list[str]) -> None:
    got = simulate(
        "kuramoto",
        set=[*start, "a=0", "D=0.001"],
        init=["theta=0", "theta[lh-b]=6.28", "theta[rh-a]=3.14", "theta[rh-b]=0.01"],
        monitors=["raw", "tavg:5ms", "stats"],
        duration="50",
    )
    theta, sine = got.raw.sel(variable="theta").values, got.raw.sel(variable="sin_theta").values
    assert (theta >= 0).all()
    assert (theta < 2 * np.pi).all()
    if start[0].endswith("0.0001 per_ms"):
        assert (theta[:, 0] > 6).any()
        assert (theta[:, 0] < 0.3).any()
    windows = theta.reshape(10, 50, -1)
    _same_angles(got.tavg.sel(variable="theta"), stats.circmean(windows, axis=1))
    _same_angles(got.stats_mean.sel(variable="theta"), stats.circmean(theta, axis=0))
    np.testing.assert_allclose(
        got.stats_var.sel(variable="theta"), stats.circstd(theta, axis=0) ** 2, rtol=1e-7, atol=1e-12
    )
    # an exposure that is computed from an angle is no angle
    np.testing.assert_allclose(got.stats_mean.sel(variable="sin_theta"), sine.mean(axis=0), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(got.stats_var.sel(variable="sin_theta"), sine.var(axis=0), rtol=1e-9, atol=1e-12)
    for name in ("tavg", "stats_mean"):
        mean = got[name].sel(variable="theta").values
        assert (mean >= 0).all()
        assert (mean < 2 * np.pi).all()


def _same_angles(got: object, expected: np.ndarray) -> None:
    apart = np.mod(np.asarray(got) - expected + np.pi, 2 * np.pi) - np.pi
    np.testing.assert_allclose(apart, 0.0, atol=1e-10)


def test_float32_is_recorded_as_float32_and_summed_as_float64(simulate) -> None:
    got = simulate(monitors=ALL, precision="float32", duration="100")
    raw = got.raw.values
    assert (raw.dtype, got.tavg.dtype, got.stats_mean.dtype) == (np.float32, np.float32, np.float64)
    np.testing.assert_allclose(got.stats_mean, raw.astype(np.float64).mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(got.stats_var, raw.astype(np.float64).var(axis=0), rtol=1e-9)
    windows = raw.astype(np.float64).reshape(100, 10, *raw.shape[1:]).mean(axis=1)
    np.testing.assert_allclose(got.tavg, windows, rtol=1e-6)


def test_float32_follows_float64(simulate) -> None:
    quiet = {"monitors": ["raw"], "noise": "off", "duration": "10"}
    np.testing.assert_allclose(simulate(precision="float32", **quiet).raw, simulate(**quiet).raw, rtol=2e-3, atol=1e-4)
