"""The cache of compiled code: shared by many processes, killed at any moment, damaged, or not to be written."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from rateml.codegen import Artifact
from rateml.engines import machine_code
from rateml.engines.cache import load_module
from rateml.errors import UserError
from rateml.results import open_results

_TEXT = """from numba import njit

@njit(cache=True)
def thrice(x):
    return 3 * x
"""


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], ModuleType]]:
    """Imports a small generated module anew at every call, from a cache in ``tmp_path``."""
    monkeypatch.setenv("RATEML_CACHE_DIR", str(tmp_path))
    names: list[str] = []

    def again() -> ModuleType:
        for name in names:
            sys.modules.pop(name, None)
        module = load_module(Artifact("numba", {"small.py": _TEXT}, "small.py", ()))
        names.append(module.__name__)
        return module

    yield again
    for name in names:
        sys.modules.pop(name, None)


def _hits(module: ModuleType) -> int:
    """How many of its functions were found compiled."""
    return sum(module.thrice.stats.cache_hits.values())


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "one bit": lambda data: data[:-100] + bytes([data[-100] ^ 1]) + data[-99:],
    "another check sum": lambda data: bytes([data[0] ^ 1]) + data[1:],
    "something else": lambda data: b"\xff\x00no code" * 100,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_made_anew(load: Callable[[], ModuleType], tmp_path: Path, damage: str) -> None:
    assert load().thrice(2) == 6
    kept = load()
    assert (kept.thrice(2), _hits(kept)) == (6, 1)
    (code,) = tmp_path.rglob("*.code")
    whole = code.read_bytes()
    code.write_bytes(DAMAGES[damage](whole))
    mended = load()
    assert (mended.thrice(2), _hits(mended)) == (6, 0)
    kept = load()
    assert (kept.thrice(2), _hits(kept)) == (6, 1)


def test_every_signature_has_its_own_file(load: Callable[[], ModuleType], tmp_path: Path) -> None:
    module = load()
    assert (module.thrice(2), module.thrice(0.5)) == (6, 1.5)
    assert len(list(tmp_path.rglob("*.code"))) == 2
    again = load()
    assert (again.thrice(0.5), again.thrice(2), _hits(again)) == (1.5, 6, 2)


def test_a_damaged_module_is_written_anew(load: Callable[[], ModuleType], tmp_path: Path) -> None:
    load()
    (text,) = tmp_path.rglob("small.py")
    text.write_bytes(b"\xff not Python")
    assert load().thrice(2) == 6
    assert text.read_text(encoding="utf-8") == _TEXT


def test_a_cache_that_cannot_be_written(load: Callable[[], ModuleType], tmp_path: Path) -> None:
    (tmp_path / "numba").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(UserError, match=r"cannot keep compiled code in .*; set RATEML_CACHE_DIR to a folder you can"):
        load()


def test_a_full_disk_while_code_is_kept(
    load: Callable[[], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes, *, sync: bool = True) -> None:
        raise OSError(28, os.strerror(28))

    module = load()
    with monkeypatch.context() as patched:
        patched.setattr(machine_code, "replace_file", full)
        with pytest.raises(UserError, match="No space left on device; set RATEML_CACHE_DIR"):
            module.thrice(2)
    assert load().thrice(2) == 6


def test_who_compiles_is_waited_for_and_no_longer_than_it_lives(
    load: Callable[[], ModuleType], tmp_path: Path, bench
) -> None:
    load().thrice(2)
    (code,) = tmp_path.rglob("*.code")
    (lock,) = tmp_path.rglob("*.lock")
    code.unlink()
    hold = "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        from_now = "import sys, time; time.sleep(1); import os; os.kill(int(sys.argv[1]), 9)"
        with subprocess.Popen([sys.executable, "-c", from_now, str(holder.pid)]):
            module = load()
            assert module.thrice(2) == 6
        assert holder.poll() == -9, "it did not wait"
        assert _hits(module) == 0, "it compiled by itself"
    assert code.exists()


def _run(bench, cache: Path, out: Path) -> subprocess.Popen[str]:
    words = ["run", bench.model, "--connectome", str(bench.network), "--duration", "20ms", "--monitor", "raw", "-q"]
    return subprocess.Popen(
        [sys.executable, "-m", "rateml", *words, "-o", str(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**os.environ, "RATEML_CACHE_DIR": str(cache)},
    )  # fmt: skip


def _assert_valid(bench, cache: Path, out: Path, expected: bytes) -> None:
    """A process that finds everything compiled ends well, adds nothing, and gives the expected bits."""
    files = {path: path.read_bytes() for path in cache.rglob("*.code")}
    assert files
    code, told = bench.ended(_run(bench, cache, out))
    assert code == 0, told
    assert {path: path.read_bytes() for path in cache.rglob("*.code")} == files
    assert _raw(out) == expected


def _raw(out: Path) -> bytes:
    with open_results(out) as results:
        return bytes(results.raw.values.tobytes())


@pytest.mark.long
def test_sixty_four_processes_compile_the_same_model(bench, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    processes = [_run(bench, cache, tmp_path / f"{k}.zarr") for k in range(64)]
    try:
        for process in processes:
            code, told = bench.ended(process, 900)
            assert code == 0, told
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    bits = {_raw(tmp_path / f"{k}.zarr") for k in range(64)}
    assert len(bits) == 1
    assert not list(cache.rglob("*.new"))
    _assert_valid(bench, cache, tmp_path / "after.zarr", bits.pop())


@pytest.mark.long
def test_processes_are_killed_while_they_compile(bench, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    assert bench.ended(_run(bench, whole, tmp_path / "whole.zarr"))[0] == 0
    expected = _raw(tmp_path / "whole.zarr")
    chance = random.Random(4)
    cache = tmp_path / "cache"
    for turn in range(8):
        if turn % 4 == 0:
            shutil.rmtree(cache, ignore_errors=True)
        processes = [_run(bench, cache, tmp_path / f"{turn}-{k}.zarr") for k in range(2)]
        time.sleep(chance.uniform(0.8, 6.0))
        processes[0].kill()
        processes[0].communicate()
        code, told = bench.ended(processes[1])
        assert code == 0, told
        assert _raw(tmp_path / f"{turn}-1.zarr") == expected
        for kept in sorted(cache.rglob("*.code"))[: chance.randrange(4)]:
            kept.unlink()
    assert bench.ended(_run(bench, cache, tmp_path / "last.zarr"))[0] == 0
    _assert_valid(bench, cache, tmp_path / "after.zarr", expected)


@pytest.mark.long
def test_every_file_of_a_cache_is_damaged(bench, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert bench.ended(_run(bench, cache, tmp_path / "whole.zarr"))[0] == 0
    expected = _raw(tmp_path / "whole.zarr")
    files = sorted(path for path in cache.rglob("*") if path.is_file())
    for turn, path in enumerate(files):
        path.write_bytes(list(DAMAGES.values())[turn % len(DAMAGES)](path.read_bytes() or b"\0" * 200))
    code, told = bench.ended(_run(bench, cache, tmp_path / "again.zarr"))
    assert code == 0, told
    assert _raw(tmp_path / "again.zarr") == expected
    _assert_valid(bench, cache, tmp_path / "after.zarr", expected)
