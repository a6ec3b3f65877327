"""Series go straight into the arrays of several units, whatever place each simulation has there."""

from __future__ import annotations

import numpy as np
import pytest

from rateml.engines.recorders import Room, make_recorders


@pytest.mark.parametrize("averaged", [False, True])
def test_lanes_of_two_units(settings, program, averaged: bool) -> None:
    regions, lanes, samples = 5, 7, 4
    made = settings(regions=regions, monitors=["tavg:1ms"], duration="4 ms", dt="1 ms", precision="float32")
    seen = np.random.default_rng(0).random((len(program("montbrio").exposures), regions, samples, lanes))
    seen = seen if averaged else seen.astype(np.float32)
    args = (made.monitors, program("montbrio"), made, regions, lanes)
    (alone,) = make_recorders(*args, averaged=averaged)
    shape = (6, samples, len(made.monitors[0].variables), regions)
    units = [{"tavg": np.full(shape, -1.0, np.float32)} for _ in range(2)]
    places = ([5, 0, 3], [2, 1, 4, 5])
    rooms = [Room(first, np.array(at), unit) for first, at, unit in zip((0, 3), places, units, strict=True)]
    (shared,) = make_recorders(*args, averaged=averaged, rooms=rooms)
    for recorder in (alone, shared):
        recorder.take(np.ascontiguousarray(seen[:, :, :3]))  # the last sample is never taken, as when all diverged
    lane = 0
    for unit, at in zip(units, places, strict=True):
        for place in at:
            valid = 1 if lane == 4 else None
            expected, found = alone.result(lane, valid)["tavg"], shared.result(lane, valid)["tavg"]
            assert np.shares_memory(found, unit["tavg"][place])
            np.testing.assert_array_equal(unit["tavg"][place], expected)
            assert np.isnan(expected[1 if valid else 3 :]).all()
            assert np.isfinite(expected[: valid or 3]).all()
            lane += 1
        assert (np.delete(unit["tavg"], at, axis=0) == -1.0).all()
