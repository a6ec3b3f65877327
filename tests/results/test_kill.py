"""``kill -9`` at any moment, then resume: nothing recorded is lost and no bit differs."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from rateml.results import open_results, open_store, read_events, run_folder

WRITER = Path(__file__).with_name("writer.py")


def start(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, str(WRITER), str(path)], stdout=subprocess.PIPE, text=True)


def finish(path: Path) -> None:
    subprocess.run([sys.executable, str(WRITER), str(path)], check=True, stdout=subprocess.DEVNULL, timeout=60)


def test_killed_and_resumed_equals_unbroken(tmp_path: Path) -> None:
    unbroken, broken = tmp_path / "a.zarr", tmp_path / "b.zarr"
    finish(unbroken)
    whole = open_results(unbroken).load()
    chance = random.Random(3)
    kills = 0
    done: frozenset[int] = frozenset()
    for _ in range(7):
        with start(broken) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.0, 0.06))
            process.kill()
        kills += process.returncode == -9
        store = open_store(broken)
        assert done <= store.done
        done = store.done
        partial = open_results(broken).load()
        for unit in store.units():
            if unit.index in done:
                region = store.layout.region(unit)
                for name in ("raw", "stats_mean", "status"):
                    np.testing.assert_array_equal(partial[name].values[region], whole[name].values[region])
    assert kills >= 5
    finish(broken)
    assert len(open_store(broken).done) == 40
    assert open_results(broken).load().drop_attrs().identical(whole.drop_attrs())
    assert not list(broken.rglob("*.partial"))
    files = [p.relative_to(unbroken) for p in unbroken.rglob("c/**/*") if p.is_file()]
    assert files
    assert all((unbroken / f).read_bytes() == (broken / f).read_bytes() for f in files)
    events, _ = read_events(run_folder(broken))
    assert 40 - kills <= len({e["unit"] for e in events}) <= 40, "a kill falls at most between a record and its event"
