"""What a container or a batch system allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from rateml.engines import cgroup, features


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree of control groups with nothing in it."""
    monkeypatch.setattr(cgroup, "ROOT", tmp_path)
    monkeypatch.setattr(cgroup, "OWN", tmp_path / "own")
    return tmp_path


def test_no_limits(group: Path) -> None:
    assert (cgroup.memory_limit(), cgroup.cpu_limit()) == (None, None)
    (group / "memory.max").write_text("max\n", encoding="utf-8")
    (group / "cpu.max").write_text("max 100000\n", encoding="utf-8")
    assert (cgroup.memory_limit(), cgroup.cpu_limit()) == (None, None)


def test_version_2_and_the_groups_around(group: Path) -> None:
    (group / "own").write_text("0::/job/step\n", encoding="utf-8")
    (group / "job" / "step").mkdir(parents=True)
    (group / "job" / "memory.max").write_text("1000000\n", encoding="utf-8")
    (group / "job" / "step" / "memory.max").write_text("2000000\n", encoding="utf-8")
    (group / "cpu.max").write_text("50000 100000\n", encoding="utf-8")
    assert (cgroup.memory_limit(), cgroup.cpu_limit()) == (1_000_000, 0.5)
    assert (features.machine_memory(), features.cores()) == (1_000_000, 1)


def test_version_1(group: Path) -> None:
    (group / "own").write_text("4:cpu,cpuacct:/d\n3:memory:/d\n", encoding="utf-8")
    for name, text in (("memory/memory.limit_in_bytes", "5000"), ("cpu/cpu.cfs_quota_us", "150000"),
                       ("cpu/cpu.cfs_period_us", "100000")):  # fmt: skip
        (group / name).parent.mkdir(exist_ok=True)
        (group / name).write_text(text, encoding="utf-8")
    assert (cgroup.memory_limit(), cgroup.cpu_limit()) == (5000, 1.5)
    (group / "cpu" / "cpu.cfs_quota_us").write_text("-1", encoding="utf-8")
    assert cgroup.cpu_limit() is None
