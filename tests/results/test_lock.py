from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from rateml.errors import StoreError
from rateml.results import Lock, is_held
from rateml.results import lock as lock_module
from rateml.results.lock import Holder, read_holder

HOLD = """
import sys, time
from rateml.errors import StoreError
from rateml.results import Lock
try:
    with Lock(sys.argv[1]):
        print("held", flush=True)
        sys.stdin.read()
except StoreError as error:
    print(error, flush=True)
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def write(folder: Path, holder: Holder) -> None:
    (folder / "lock").write_text(json.dumps(asdict(holder)))


def my_holder(folder: Path) -> Holder:
    with Lock(folder):
        holder = read_holder(folder / "lock")
    assert holder is not None
    return holder


def test_another_process_is_refused_then_let_in_and_a_killed_one_is_taken_over(tmp_path: Path) -> None:
    with hold(tmp_path) as other:
        assert first_line(other) == "held\n"
        assert is_held(tmp_path)
        with pytest.raises(StoreError, match=rf"process {other.pid} on .* since 20.*choose another -o"), Lock(tmp_path):
            pass
        other.kill()
    assert (tmp_path / "lock").exists()
    assert not is_held(tmp_path)
    with Lock(tmp_path):
        assert is_held(tmp_path)
    assert not (tmp_path / "lock").exists()


def test_of_many_at_once_exactly_one_holds_a_stale_lock(tmp_path: Path) -> None:
    dead = replace(my_holder(tmp_path), pid=2**22 + 1)
    write(tmp_path, dead)
    processes = [hold(tmp_path) for _ in range(4)]
    answers = [first_line(p) for p in processes]
    for process in processes:
        process.communicate()
    assert answers.count("held\n") == 1
    assert sum("is in use by process" in a for a in answers) == 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["lock.guard"]


def test_a_reused_pid_is_no_holder(tmp_path: Path) -> None:
    write(tmp_path, replace(my_holder(tmp_path), pid=os.getpid(), started="another boot:1"))
    with Lock(tmp_path):
        pass


def test_another_host_counts_until_it_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_module, "HEARTBEAT", 0.05)
    far = replace(my_holder(tmp_path), host="cluster7", pid=1)
    write(tmp_path, replace(far, wall=time.time() - 20))
    with pytest.raises(StoreError, match="process 1 on cluster7"), Lock(tmp_path):
        pass
    write(tmp_path, replace(far, wall=time.time() - 40))
    with Lock(tmp_path) as lock:
        lock.check()


def test_a_host_whose_clock_is_wrong_is_not_robbed_while_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = replace(my_holder(tmp_path), host="cluster7", wall=time.time() - 3600)
    write(tmp_path, far)
    beats = iter(range(1, 1000))
    monkeypatch.setattr(lock_module.time, "sleep", lambda _: write(tmp_path, replace(far, beat=next(beats))))
    with pytest.raises(StoreError, match="cluster7"), Lock(tmp_path):
        pass


def test_the_heart_beats_and_a_stolen_lock_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_module, "HEARTBEAT", 0.02)
    with Lock(tmp_path) as lock:
        until = time.monotonic() + 120
        while (holder := read_holder(lock.path)) is None or holder.beat < 2:
            assert time.monotonic() < until
            time.sleep(0.01)
        lock.check()
        thief = replace(holder, token="thief", pid=4)
        write(tmp_path, thief)
        with pytest.raises(StoreError, match="was taken by process 4"):
            lock.check()
    assert read_holder(tmp_path / "lock") == thief


def test_who_stopped_while_it_looked_at_the_lock_lets_nobody_wait_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, "GUARD_PATIENCE", 0.2)
    with Lock(tmp_path) as held:
        with (tmp_path / "lock.guard").open("r+b") as guard:  # as a process that got SIGSTOP just there
            fcntl.flock(guard, fcntl.LOCK_EX)
            with pytest.raises(StoreError, match=rf"in use by process {os.getpid()} on "), Lock(tmp_path):
                pass
        held.check()
    with Lock(tmp_path):
        pass
