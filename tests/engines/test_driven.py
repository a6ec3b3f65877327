"""What drives a port reaches the equations at its step, in its regions, however the run is cut into slices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray

from rateml.engines import group

REQUEST = {"monitors": ["raw"], "duration": "5", "transient": "1", "scheme": "euler", "set": ("cv=1",)}


def test_a_constant_drive_is_a_current(simulate: Callable[..., xarray.Dataset]) -> None:
    driven = simulate(**REQUEST | {"drives": ("c_V=pulse(onset=0,width=1000,amp=0.7)",)})
    current = simulate(**REQUEST | {"set": ("cv=1", "I=0.7")})
    np.testing.assert_allclose(driven.raw, current.raw, rtol=1e-9)
    assert np.abs(driven.raw - simulate(**REQUEST).raw).max() > 1e-3


def test_a_pulse_acts_at_its_step(simulate: Callable[..., xarray.Dataset], monkeypatch: pytest.MonkeyPatch) -> None:
    """From 2 ms of the simulation on, which is step 20, in one region; V after that step differs by amp * dt."""
    pulse = {"drives": ("c_V=pulse(onset=2,width=1,amp=0.5)@rh-a",)}
    plain, driven = simulate(**REQUEST).raw, simulate(**REQUEST | pulse).raw
    difference = (driven - plain).sel(variable="V").values
    before = 10  # recording starts at step 10, so row 10 is the state at the end of step 20
    np.testing.assert_array_equal(difference[:before], 0.0)
    np.testing.assert_allclose(difference[before], [0.0, 0.0, 0.0, 0.05, 0.0], atol=1e-9)
    monkeypatch.setattr(group.Group, "most_steps", lambda _: 7)
    np.testing.assert_array_equal(simulate(**REQUEST | pulse).raw, driven)
