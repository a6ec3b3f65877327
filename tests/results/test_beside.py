"""Events, control and identity."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rateml.errors import StoreError, UserError
from rateml.results import EventLog, differences, read_events, request, requested, require_same
from rateml.results.manifest import from_ranges, to_ranges

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.frozensets(st.integers(0, 300)))
def test_ranges_round_trip(numbers: frozenset[int]) -> None:
    ranges = to_ranges(numbers)
    assert from_ranges(ranges) == numbers
    assert all(a[1] + 1 < b[0] for a, b in pairwise(ranges))


def test_events_are_followed_and_a_torn_line_is_ignored(tmp_path: Path) -> None:
    assert read_events(tmp_path) == ([], 0)
    with EventLog(tmp_path) as log:
        log.append("planned", points=3)
        first, offset = read_events(tmp_path)
        assert [(e["event"], e["points"]) for e in first] == [("planned", 3)]
        assert str(first[0]["time"]).startswith("20")
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"event": "torn')
    assert read_events(tmp_path, offset) == ([], offset)
    with EventLog(tmp_path) as log:
        log.append("resumed", name="é")
    later, end = read_events(tmp_path, offset)
    assert [e["event"] for e in later] == ["resumed"]
    assert end == (tmp_path / "events.jsonl").stat().st_size


def test_control_is_obeyed_and_nonsense_means_run(tmp_path: Path) -> None:
    store = tmp_path / "o.zarr"
    with pytest.raises(UserError, match="no run at"):
        request(store, "pause")
    folder = tmp_path / "o.zarr.run"
    folder.mkdir()
    assert requested(store) == "run"
    for command in ("pause", "cancel", "run"):
        request(store, command)
        assert requested(store) == command
    (folder / "control").write_bytes(b"\xff\xfe")
    assert requested(store) == "run"
    with pytest.raises(UserError, match="one of run, pause, cancel"):
        request(store, "stop")
    assert [p.name for p in folder.iterdir()] == ["control"]


@settings(deadline=None)
@given(JSON)
def test_an_identity_equals_itself(value: object) -> None:
    assert differences({"a": value}, {"a": value}) == []


def test_differences_read_well() -> None:
    old = {
        "model": "a" * 64,
        "dt": 0.1,
        "trials": 1,
        "axes": {"G": [0.0, 1.0]},
        "versions": {"numpy": "2.0"},
        "features": ["avx2", "fma"],
        "gone": 1,
    }
    new = {
        "model": "b" * 64,
        "dt": 0.05,
        "trials": 1.0,
        "axes": {"G": (0.0, 2.0)},
        "versions": {"numpy": "2.1"},
        "features": ["avx512f", "fma"],
    }
    found = {d.key: d for d in differences(old, new)}
    assert [str(d) for d in found.values()] == [
        "model: store has aaaaaaaaaaaa…, this run has bbbbbbbbbbbb…",
        "dt: store has 0.1, this run has 0.05",
        "axes.G: store has [0.0, 1.0], this run has [0.0, 2.0]",
        "versions.numpy: store has 2.0, this run has 2.1",
        "features: store has avx2, this run has avx512f",
        "gone: store has 1, this run has nothing",
    ]
    assert [k for k, d in found.items() if d.forcible] == ["versions.numpy", "features"]


def test_true_is_not_one_and_tuples_are_lists() -> None:
    assert differences({"a": True}, {"a": 1}) != []
    assert differences({"a": (1, 2)}, {"a": [1, 2.0]}) == []


def test_only_versions_can_be_forced() -> None:
    require_same("o.zarr", {"versions": {"numpy": "1"}}, {"versions": {"numpy": "2"}}, force=True)
    with pytest.raises(StoreError, match=r"add --force, or choose another -o:\n  versions\.numpy: "):
        require_same("o.zarr", {"versions": {"numpy": "1"}}, {"versions": {"numpy": "2"}})
    with pytest.raises(StoreError, match=r"choose another -o:\n  dt: store has 0\.1, this run has 0\.05$"):
        require_same("o.zarr", {"dt": 0.1, "features": []}, {"dt": 0.05, "features": ["a"]}, force=True)
