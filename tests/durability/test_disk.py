"""A disk that fills up, turns read-only or refuses: the run says so and what to do, and goes on when that is done."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

IS_ROOT = sys.platform == "linux" and os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="only root mounts file systems")


def _do(*words: object) -> None:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{words}: {done.stdout}{done.stderr}")


@contextmanager
def _mounted(place: Path, *words: object) -> Iterator[Path]:
    """A file system at ``place``; skips where even root may not mount."""
    place.mkdir()
    try:
        _do("mount", *words, place)
    except (RuntimeError, FileNotFoundError) as error:
        pytest.skip(f"cannot mount here: {error}")
    try:
        yield place
    finally:
        _do("umount", place)


def _assert_stopped_by(sweep, told: str, reason: str, mend: str) -> None:
    way_out = f"{mend} and continue with --resume"
    place = rf"({re.escape(str(sweep.out))}|{re.escape(str(sweep.folder))}\S*)"
    assert re.search(rf"error: cannot write {place}: {reason}; {way_out}(, nothing recorded is lost)?$", told), told
    assert len(sweep.done()) < sweep.units


@pytest.mark.long
def test_files_must_not_grow_any_more(bench) -> None:
    """As a full disk, without the right to make one: the limit on file sizes falls while the sweep runs."""
    sweep = bench.sweep(150)
    with sweep.running() as process:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
        code, told = bench.ended(process)
    assert code == 1, told
    _assert_stopped_by(sweep, told, "the file would be larger than the limit on file sizes", "raise that limit")
    bench.same_after_resume(sweep)


@pytest.mark.long
@needs_root
def test_a_disk_fills_up_again_and_again(bench, tmp_path: Path) -> None:
    """At whatever file it happens: data, manifest, log, the inputs or the empty store."""
    with _mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=64k", "none") as disk:
        sweep = bench.sweep(200, folder=disk)
        found = []
        # how much fits depends on the pages of the system's memory file system, which may be of 2 MB
        for kilobytes in (64, 128, 200, 300, *(int(1000 * 1.25**k) for k in range(24))):
            _do("mount", "-o", f"remount,size={kilobytes}k", disk)
            code, told = sweep.finish("--resume")
            found.append(len(sweep.done()))
            if code == 0:
                break
            assert (code, "the disk is full" in told) == (1, True), told
        print(f"units done at each time: {found}")
        assert found == sorted(found)
        assert len(set(found)) > 2  # it had nothing, was stopped in the midst, and came to the end
        assert found[-1] == sweep.units
        _do("mount", "-o", "remount,size=200m", disk)
        bench.same_after_resume(sweep)


@pytest.mark.long
@needs_root
def test_a_disk_fails_and_turns_read_only(bench, tmp_path: Path) -> None:
    """As ext4 does after a fault of the device, and as it is after the check that follows."""
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(300 * 2**20)
    _do("mkfs.ext4", "-q", image)
    sweep = bench.sweep(200, folder=tmp_path / "disk")
    options = ("-o", "loop,errors=remount-ro", image)
    with _mounted(tmp_path / "disk", *options), sweep.running() as process:
        device = Path(subprocess.check_output(["findmnt", "-no", "SOURCE", sweep.out.parent], text=True).strip()).name
        trigger = Path(f"/sys/fs/ext4/{device}/trigger_fs_error")
        if not trigger.exists():
            pytest.skip("this kernel does not plant faults in ext4")
        trigger.write_text("planted")
        code, told = bench.ended(process)
        assert code == 1, told
        _assert_stopped_by(sweep, told, "the file system is read-only", "make it writable")
        code, told = sweep.finish("--resume")
        assert (code, "the file system is read-only" in told) == (1, True), told
    subprocess.run(["e2fsck", "-fy", image], capture_output=True, check=False)
    (tmp_path / "disk").rmdir()
    with _mounted(tmp_path / "disk", *options):
        bench.same_after_resume(sweep)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Meanwhile nobody makes or replaces files below ``folder``, root neither."""
    folders = [path for path in (folder, *folder.rglob("*")) if path.is_dir()]
    if not IS_ROOT:
        for path in folders:
            path.chmod(0o500)
        yield
        for path in folders:
            path.chmod(0o700)
        return
    try:
        _do("chattr", "+i", *folders)
    except (RuntimeError, FileNotFoundError) as error:
        pytest.skip(f"root cannot lock itself out here: {error}")
    try:
        yield
    finally:
        _do("chattr", "-i", *folders)


@pytest.mark.long
def test_the_right_to_write_is_taken_away(bench, tmp_path: Path) -> None:
    sweep = bench.sweep(150)
    with sweep.running() as process:
        process.send_signal(signal.SIGSTOP)  # while the folders are listed
        with _locked(tmp_path):
            process.send_signal(signal.SIGCONT)
            code, told = bench.ended(process)
            assert code == 1, told
            _assert_stopped_by(sweep, told, "no permission to write there", "get that permission")
            code, told = sweep.finish("--resume")
            assert (code, "no permission to write there" in told) == (1, True), told
    bench.same_after_resume(sweep)


CUTS: dict[str, Callable[[bytes], bytes]] = {
    "the second half": lambda data: data[: len(data) // 2],
    "everything": lambda data: b"",
}


@pytest.mark.parametrize("cut", CUTS)
def test_a_manifest_that_lost_bytes(bench, cut: str) -> None:
    sweep = bench.sweep(2)
    assert sweep.finish()[0] == 0
    manifest = sweep.folder / "manifest.json"
    manifest.write_bytes(CUTS[cut](manifest.read_bytes()))
    code, told = sweep.finish("--resume")
    assert code == 1
    assert f"error: {manifest} is damaged: restore it from a backup, or start again with another -o" in told
