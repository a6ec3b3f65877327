"""Two runs and one store: one writes it."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

ELSEWHERE = ("unshare", *(() if os.geteuid() == 0 else ("--user", "--map-root-user")), "--uts", "sh", "-c")
"""A host of another name, as another node of a cluster with the same file system."""


def test_the_second_is_refused_until_the_first_is_over(bench) -> None:
    sweep = bench.sweep(150)
    with sweep.running() as process:
        process.send_signal(signal.SIGSTOP)  # lest it is over too soon
        code, told = sweep.finish("--resume")
        assert code == 1
        assert f"error: {sweep.folder} is in use by process {process.pid} on " in told
        assert told.endswith(": wait for that run, cancel it, or choose another -o")
        code, told = sweep.finish("--overwrite")
        assert (code, "is in use by process" in told) == (1, True), told
        assert sweep.finish()[0] == 1
        process.send_signal(signal.SIGCONT)
        code, told = bench.ended(process)
        assert code == 0, told
    bench.same(sweep)


def test_of_two_at_the_same_instant_one_is_refused(bench) -> None:
    sweep = bench.sweep(150)
    processes = [sweep.start("--resume") for _ in range(2)]
    (code, told), (other, also_told) = sorted(bench.ended(process) for process in processes)
    assert code == 0, told
    assert other in (0, 1), also_told  # 0 when it came after the end of the first
    assert ("is in use by process" if other else "every simulation was done before") in also_told
    bench.same(sweep)


@pytest.mark.long
def test_a_stopped_run_is_taken_over_from_another_host_and_gives_way(bench) -> None:
    if subprocess.run([*ELSEWHERE, "hostname elsewhere"], capture_output=True, check=False).returncode:
        pytest.skip("cannot pretend to be another host here")
    sweep = bench.sweep(300)
    other = bench.sweep(300, prefix=(*ELSEWHERE, 'hostname elsewhere; exec "$@"', "sh"))
    with sweep.running() as process:
        process.send_signal(signal.SIGSTOP)
        code, told = other.finish("--resume")
        assert (code, f"is in use by process {process.pid} on " in told) == (1, True), told
        time.sleep(31)
        with other.running("--resume") as second:
            second.send_signal(signal.SIGSTOP)  # lest it is over before the first one looks
            process.send_signal(signal.SIGCONT)
            code, told = bench.ended(process)
            assert code == 1, told
            assert f"lock was taken by process {second.pid} on elsewhere" in told
            assert told.endswith("nothing more is written; continue with --resume once that run is over"), told
            second.send_signal(signal.SIGCONT)
            code, told = bench.ended(second)
            assert code == 0, told
    bench.same(sweep)
