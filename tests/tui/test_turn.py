"""Runs in processes of their own that take turns, and the records of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rateml_tui.records import Launched, Records


def _until(holds: Callable[[], object]) -> None:
    for _ in range(2400):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("waited 120 s in vain")


def _turn(folder: Path, name: str, when: str, script: str) -> None:
    queue = folder / "queue"
    queue.mkdir(parents=True, exist_ok=True)
    words = [str(queue / f"{name}.ticket"), when, str(folder / "log"), "sh", "-c", script]
    subprocess.run([sys.executable, "-m", "rateml_tui.turn", *words], cwd=folder, check=True, timeout=60)


def _run(id: str) -> Launched:
    return Launched(id, ("rateml",), ".", "out.zarr", "m", "log")


def test_who_queues_waits_for_those_before(tmp_path: Path) -> None:
    records = Records(tmp_path)
    _turn(tmp_path, "1", "now", "while [ ! -e go ]; do sleep 0.05; done; echo one >> order")
    _turn(tmp_path, "2", "queued", "echo two >> order")
    _turn(tmp_path, "3", "queued", "echo three >> order")
    _until(lambda: records.ticket(_run("1")) == "running")
    _until(lambda: records.ticket(_run("3")) == "waiting")
    assert not (tmp_path / "order").exists()
    (tmp_path / "go").touch()
    _until(lambda: records.ticket(_run("3")) == "none")
    assert (tmp_path / "order").read_text().split() == ["one", "two", "three"]


def test_who_is_killed_holds_nobody_up(tmp_path: Path) -> None:
    records = Records(tmp_path)
    _turn(tmp_path, "1", "now", "echo $$ > pid; exec sleep 600")
    _turn(tmp_path, "2", "queued", "echo two > order")
    _until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
    os.kill(int((tmp_path / "pid").read_text()), 9)
    _until(lambda: (tmp_path / "order").exists())
    assert records.ticket(_run("1")) == "none"


def test_a_queued_run_is_stopped_before_its_turn(tmp_path: Path) -> None:
    records = Records(tmp_path)
    _turn(tmp_path, "1", "now", "exec sleep 600")
    _turn(tmp_path, "2", "queued", "echo two > order")
    _until(lambda: records.ticket(_run("2")) == "waiting")
    records.stop(_run("2"))
    _until(lambda: records.ticket(_run("2")) == "none")
    records.stop(_run("1"))
    _until(lambda: records.ticket(_run("1")) == "none")
    assert not (tmp_path / "order").exists()


def test_launching_leaves_the_session_and_is_remembered(tmp_path: Path) -> None:
    records = Records(tmp_path / "data")
    run = records.launch(("rateml", "models", "copy", "montbrio"), tmp_path, tmp_path / "o.zarr", "m", queued=False)
    _until(lambda: records.ticket(run) == "none")
    assert (tmp_path / "montbrio.xml").exists()
    assert "wrote montbrio.xml" in Path(run.log).read_text()
    assert Records(tmp_path / "data").runs() == [run]
    records.forget(run)
    assert records.runs() == []


def test_settings_survive_and_damage_is_no_fault(tmp_path: Path) -> None:
    records = Records(tmp_path)
    records.keep(theme="light")
    records.keep(other=1)
    assert records.settings() == {"theme": "light", "other": 1}
    (tmp_path / "dashboard.json").write_text("{")
    assert records.settings() == {}
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "x.json").write_text('{"id": 1}')
    assert records.runs() == []
