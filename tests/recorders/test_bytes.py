"""What recorders say they hold is what they hold."""

from __future__ import annotations

import numpy as np
import pytest

from rateml.engines.recorders import make_recorder, recorder_bytes, result_bytes


def _held(thing: object, seen: set[int]) -> int:
    """Bytes of all arrays within reach of an object of ours."""
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    if isinstance(thing, list | tuple):
        return sum(_held(item, seen) for item in thing)
    ours = type(thing).__module__.startswith("rateml.engines.recorders")
    return sum(_held(value, seen) for value in vars(thing).values()) if ours else 0


@pytest.mark.parametrize(
    "monitor",
    ["raw", "tavg:1ms", "stats:V", "bold:2s:r", "fc:tavg:10ms", "fc:bold:10s:r", "fc:bold:2s:r", "fcd:20s:2s:r"],
)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_bytes(settings, program, monitor: str, precision: str) -> None:
    regions, lanes = 20, 16
    made = settings(regions=regions, monitors=[monitor], duration="120 s", dt="1 ms", precision=precision)
    recorder = make_recorder(made.monitors[0], program("montbrio"), made, regions, lanes)
    told = lanes * recorder_bytes(made.monitors[0], made, regions)
    held = _held(recorder, set())
    small = 1000 + lanes * 16 * regions  # columns and constants; room that kept samples need not
    assert held - 1000 <= told <= held + small
    assert (result_bytes(made.monitors[0], made, regions) > 0) == monitor.startswith("fcd")
