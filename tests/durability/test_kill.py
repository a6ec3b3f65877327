"""``kill -9`` at any moment, then resume: nothing recorded is lost or computed again, and no bit differs."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from rateml.results import open_results, open_store, read_events, run_folder

WRITER = Path(__file__).with_name("writer.py")


def _kill_and_resume(bench, units: int, moments: list[tuple[str, float]]) -> list[int]:
    """Kill so many seconds after each ("start", or first "unit" of it); the number of units done at each kill."""
    sweep = bench.sweep(units)
    found = []
    for after, seconds in moments:
        offset = read_events(sweep.folder)[1]
        before = sweep.done()
        if len(before) == units:
            break
        if after == "start":
            process = sweep.start("--resume")
            time.sleep(seconds)
            process.kill()
            process.communicate()
        else:
            with sweep.running("--resume"):
                time.sleep(seconds)
        assert not set(sweep.recorded(offset)) & before, "a recorded unit was computed again"
        assert before <= sweep.done()
        found.append(len(sweep.done()))
    bench.same_after_resume(sweep)
    return found


def test_three_kills(bench) -> None:
    assert len(_kill_and_resume(bench, 150, [("start", 0.9), ("unit", 0.1), ("unit", 0.05)])) == 3


@pytest.mark.long
def test_a_hundred_kills_at_random_moments(bench) -> None:
    chance = random.Random(7)
    moments = [("start", chance.uniform(0.02, 3.0)) for _ in range(50)]
    moments += [("unit", chance.uniform(0.0, 0.6)) for _ in range(50)]
    chance.shuffle(moments)
    found = _kill_and_resume(bench, 3000, moments)
    print(f"units done at each kill: {found}")
    assert len(found) == 100
    assert len(set(found)) > 50


@pytest.mark.long
def test_a_writer_without_an_engine(tmp_path: Path) -> None:
    unbroken, broken = tmp_path / "a.zarr", tmp_path / "b.zarr"
    _finish(unbroken)
    whole = open_results(unbroken).load()
    chance = random.Random(3)
    killed = 0
    done: frozenset[int] = frozenset()
    for _ in range(40):
        with subprocess.Popen([sys.executable, WRITER, broken], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.0, 0.02))
            process.kill()
        killed += process.returncode == -9
        store = open_store(broken)
        assert done <= store.done
        done = store.done
        partial = open_results(broken).load()
        for unit in store.units():
            if unit.index in done:
                region = store.layout.region(unit)
                for name in ("raw", "stats_mean", "status"):
                    np.testing.assert_array_equal(partial[name].values[region], whole[name].values[region])
    assert killed >= 38
    _finish(broken)
    units = len(store.units())
    assert len(open_store(broken).done) == units
    assert open_results(broken).load().drop_attrs().identical(whole.drop_attrs())
    assert not list(broken.rglob("*.partial"))
    files = [p.relative_to(unbroken) for p in unbroken.rglob("c/**/*") if p.is_file()]
    assert files
    assert all((unbroken / f).read_bytes() == (broken / f).read_bytes() for f in files)
    events, _ = read_events(run_folder(broken))
    logged = len({e["unit"] for e in events})
    assert units - killed <= logged <= units, "a kill falls at most between a record and its event"


def _finish(path: Path) -> None:
    subprocess.run([sys.executable, WRITER, path], check=True, stdout=subprocess.DEVNULL, timeout=300)
