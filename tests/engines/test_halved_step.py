"""Comparing simulations at a time step and at half of it: which points, what counts as a change, and the verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rateml import api
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import UnitDone
from rateml.engines.halved_step import Diverged, Findings, Row, choose_points, plan_check, refine
from rateml.engines.statistics import Statistic, change, statistics
from rateml.request.settings import Request

KEY = ("stats_mean", "", "r")


def _findings(halved, noise=None, diverged=()):
    return Findings(tuple(range(len(halved))), (Row(KEY, halved, noise),), diverged)


@pytest.mark.parametrize(
    ("found", "result"),
    [
        (_findings((0.001, 0.009)), "small enough"),
        (_findings((0.001, 0.011)), "too large"),
        (_findings((0.05, 0.04), (0.02, 0.02)), "hidden by noise"),
        (_findings((0.07, 0.07), (0.02, 0.02)), "too large"),
        (_findings((0.01, 0.01, 0.7), (0.02, 0.02, 0.2)), "too large"),  # at the worst point only
        (_findings((0.2, 0.2, 0.3), (0.01, 0.01, 0.4)), "too large"),  # at most points
        (_findings((float("inf"),), (0.1,)), "too large"),  # NaN at one of the steps
        (_findings((0.001,), None, (Diverged(4, 7, None),)), "too large"),
        (_findings((0.001,), None, (Diverged(4, 7, 9),)), "small enough"),
        (Findings((), (), (Diverged(4, 7, 9),)), "nothing to compare"),
        (Findings((), (), (Diverged(4, None, 9),)), "too large"),
    ],
)
def test_result(found: Findings, result: str) -> None:
    assert found.result == result


def test_points_are_different_and_drawn_by_the_seed() -> None:
    drawn = choose_points(1000, 20, 3)
    assert len(set(drawn)) == 20
    assert drawn == tuple(sorted(drawn)) == choose_points(1000, 20, 3)
    assert drawn != choose_points(1000, 20, 4)
    assert choose_points(3, 20, 3) == (0, 1, 2)


def test_a_change_is_relative_to_what_it_is_a_change_of() -> None:
    def change_of(old, new, scale=None, period=None):
        old, new = np.array(old), np.array(new)
        return change(Statistic(old, np.abs(old) if scale is None else np.array(scale), period), Statistic(new, new))

    assert change_of([1.0, 3.0], [1.1, 2.9]) == pytest.approx(0.05)
    assert change_of([0.01], [0.02], scale=[1.0]) == pytest.approx(0.01)
    assert change_of([0.1], [6.2], scale=[1.0], period=2 * np.pi) == pytest.approx(0.1 + 2 * np.pi - 6.2)
    assert change_of([0.0], [0.0]) == 0.0
    assert change_of([0.0], [1e-9]) == np.inf
    assert change_of([np.nan, 2.0], [np.nan, 2.0]) == 0.0
    assert change_of([np.nan, 2.0], [1.0, 2.0]) == np.inf


def test_statistics_of_a_series_are_its_mean_and_variance(shipped_models) -> None:
    request = Request(duration="4 ms", monitors=("tavg:1ms:theta,sin_theta", "stats:sin_theta"))
    layout = api.prepare(shipped_models["kuramoto"], "synthetic:2:0", request, sweep=False).layout()
    series = np.zeros((4, 2, 2))
    series[:, 0] = np.array([6.2, 0.1, 6.2, 0.1])[:, np.newaxis]  # an angle, around 0
    series[:, 1] = np.array([1.0, 2.0, 3.0, 6.0])[:, np.newaxis]
    block = {"tavg": series, "stats_mean": np.full((1, 2), 1e-3), "stats_var": np.full((1, 2), 4.0)}
    found = statistics(layout, block)
    around = (0.1 - (2 * np.pi - 6.2)) / 2
    np.testing.assert_allclose(found["tavg", "mean", "theta"].values, around, rtol=1e-9)
    np.testing.assert_allclose(found["tavg", "mean", "sin_theta"].values, 3.0)
    np.testing.assert_allclose(found["tavg", "variance", "sin_theta"].values, 3.5)
    np.testing.assert_allclose(found["stats_mean", "", "sin_theta"].scale, 2.0)  # a mean near 0 by accident
    assert set(found) == {
        *(("tavg", of, name) for of in ("mean", "variance") for name in ("theta", "sin_theta")),
        ("stats_mean", "", "sin_theta"),
        ("stats_var", "", "sin_theta"),
    }


def test_the_scale_of_an_angle_is_that_of_its_mean_direction(shipped_models) -> None:
    request = Request(duration="4 ms", monitors=("stats:theta",))
    layout = api.prepare(shipped_models["kuramoto"], "synthetic:2:0", request, sweep=False).layout()

    def told(vector: complex):
        length = np.abs(vector)
        block = {"stats_mean": np.angle(vector) % (2 * np.pi), "stats_var": -2 * np.log(length)}
        return statistics(layout, {name: np.full((1, 2), value) for name, value in block.items()})

    for length in (0.999, 0.3, 1e-4):
        old = told(length * np.exp(6.2j))
        turned, longer = told(length * np.exp(6.2j) + 1e-6j), told(length * (1 + 1e-6) * np.exp(6.2j))
        apart = 1e-6 * np.cos(6.2)  # of the vector, across its direction
        assert change(old["stats_mean", "", "theta"], turned["stats_mean", "", "theta"]) == pytest.approx(
            apart, rel=0.02
        )
        apart = 1e-6 * length / (1 - length)
        assert change(old["stats_var", "", "theta"], longer["stats_var", "", "theta"]) == pytest.approx(apart, rel=0.02)


def test_a_history_is_refined_the_short_way_round() -> None:
    past = np.array([[[0.0], [6.2]], [[1.0], [0.2]], [[4.0], [0.4]]])
    fine = refine(past, (None, 2 * np.pi))
    np.testing.assert_allclose(fine[:, 0, 0], [0.0, 0.5, 1.0, 2.5, 4.0])
    np.testing.assert_allclose(
        fine[:, 1, 0], [6.2, np.mod(6.2 + (0.2 + 2 * np.pi - 6.2) / 2, 2 * np.pi), 0.2, 0.3, 0.4]
    )


def test_delays_are_those_of_half_the_step(shipped_models) -> None:
    request = Request(axes=(("values", "G=0.1,0.2"),), duration="4 ms", dt="0.1", monitors=("tavg:1ms",))
    job = api.prepare(shipped_models["montbrio"], "synthetic:6:0", request)
    at_half = api.prepare(shipped_models["montbrio"], "synthetic:6:0", replace(request, dt="0.05"))
    halved = plan_check(job, at_half, 1).halved
    ratio = halved.delays(halved.speeds(0))[0] / job.delays(job.speeds(0))[0]
    np.testing.assert_allclose(ratio, 2.0, rtol=0.01)
    assert halved.settings.steps == 2 * job.settings.steps
    assert halved.layout().coords["time"] == job.layout().coords["time"]


def test_other_noises_start_from_the_same_states(shipped_models) -> None:
    request = Request(duration="0.05 ms", monitors=("raw",))
    job = api.prepare(shipped_models["montbrio"], "synthetic:4:0", request, sweep=False)

    def raw(**changes):
        settings = replace(job.settings, **changes)
        events = CpuEngine(1).run(replace(job, settings=settings), job.layout().units, 0, lambda: "run")
        (done,) = (event for event in events if isinstance(event, UnitDone))
        return done.block["raw"]

    seen = raw(noise_shift=1)
    assert (seen != raw()).all()
    assert (raw(noise_shift=1, noise="off") == raw(noise="off")).all()
    assert (raw(first_trial=1, noise="off") != raw(noise="off")).all()
