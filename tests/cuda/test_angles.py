"""Kernels send an angle in place of its sine and cosine, where that saves a history."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from comparing import MODELS, apart, job_of, remade, run_cpu, run_cuda, with_history
from emulation import needs_compiler

from rateml import api
from rateml.codegen.targets.cuda.angles import send_angles
from rateml.codegen.targets.cuda.describe import describe
from rateml.ir.program import Program
from rateml.standalone.model import Shape


def _program(model: Path) -> Program:
    return api.prepare(model, "synthetic:3:1", target="cuda").program


def _changed(tmp_path: Path, *changes: tuple[str, str]) -> Program:
    text = (MODELS / "kuramoto.xml").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (tmp_path / "changed.xml").write_text(text, encoding="utf-8")
    return _program(tmp_path / "changed.xml")


def test_in_float32() -> None:
    program = _program(MODELS / "kuramoto.xml")
    changed = send_angles(program, "float32")
    assert send_angles(program, "float64") is program
    assert len(program.stored) == 2
    assert changed.stored == ("theta",)
    assert [(f.source, f.function) for f in changed.couplings[0].factors] == [("theta", "sin"), ("theta", "cos")]
    model = describe(program)
    assert [Shape(model, 3, real).stored(lanes) for real, lanes in ((4, 1), (4, 32), (8, 1))] == [1, 2, 2]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(((' rml:periodic="TWOPI"', ""),), id="not wrapped"),
        pytest.param(
            (('name="TWOPI" dimension="none" value="6.28', 'name="TWOPI" dimension="none" value="16.28'),), id="far"
        ),
        pytest.param((('value="sin(x_j - x_i)"', 'value="sin(x_j)"'),), id="one history either way"),
        pytest.param((('value="sin(x_j - x_i)"', 'value="sin(2 * (x_j - x_i))"'),), id="not of the state itself"),
    ],
)
def test_what_stays(change: tuple[tuple[str, str], ...], tmp_path: Path) -> None:
    program = _changed(tmp_path, *change)
    assert send_angles(program, "float32") is program


def test_beside_what_is_sent_anyway(tmp_path: Path) -> None:
    """A coupling that sums the angle itself: its history serves the sine as well."""
    program = _changed(tmp_path, ('value="sin(x_j - x_i)"', 'value="x_i * x_j + sin(x_j)"'))
    assert set(program.stored) > {"theta"}
    assert send_angles(program, "float32").stored == ("theta",)


@needs_compiler
def test_slices_and_the_order_of_threads_do_not_show(device) -> None:
    job = with_history(job_of("kuramoto", precision="float32", monitors=("raw", "stats"), transient="1 ms"))
    found = run_cuda(job, device())
    assert found.plan is not None
    assert found.plan.lanes == 1
    assert apart(run_cpu(job), found) < 1e-4
    assert run_cuda(job, device(), (1, 31, 7, 32, 3)).bits() == found.bits()
    assert run_cuda(job, device(backwards=True)).bits() == found.bits()


@needs_compiler
def test_phases_of_a_history_that_are_many_turns_away(device) -> None:
    """Instructions would lose their digits, so they are wrapped."""
    job = with_history(job_of("kuramoto", precision="float32", monitors=("raw",)))
    past = job.settings.past
    assert past is not None
    turns = np.random.default_rng(1).integers(0, 6000, past.shape)
    turns[-1] = 0  # the first step is taken from there
    job = remade(job, settings=replace(job.settings, past=past + turns * 2.0 * np.pi))
    found = run_cuda(job, device())
    assert found.plan is not None
    assert found.plan.lanes == 1
    assert apart(run_cpu(job), found) < 1e-4
