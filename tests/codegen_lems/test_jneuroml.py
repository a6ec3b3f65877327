"""jNeuroML runs the files of target ``lems`` and computes what the interpreter does, in the digits that it prints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from jneuroml import run_jneuroml

from rateml import api
from rateml.checks import check_file
from rateml.ir.interp import Float
from rateml.ir.lower import lower
from rateml.passes import run_passes

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]

Steps = Callable[[str, int, float], Float]

_EXTENDED = ("epileptor_codim3", "epileptor_codim3_slow_mod", "zerlaut_first_order", "zerlaut_second_order")
"""These need atan2 and erfc."""
NAMES = sorted(p.stem for p in (Path(api.__file__).parents[1] / "models").glob("*.xml") if p.stem not in _EXTENDED)
_DRAW = 0.3
"""What every ``random(1)`` comes to, as in the fixture ``ours``."""
_STEPS = 300


def _certain(text: str) -> str:
    """The text with ``random(a)`` replaced by a certain part of ``a``."""
    while (start := text.find("random(")) >= 0:
        end = start + len("random(")
        depth = 1
        while depth:
            depth += (text[end] == "(") - (text[end] == ")")
            end += 1
        text = f"{text[:start]}({_DRAW} * ({text[start + len('random(') : end - 1]})){text[end:]}"
    return text


@pytest.fixture
def off(ours: Steps, shipped_models: dict[str, Path], tmp_path: Path) -> Callable[..., dict[str, float]]:
    """By how much each exposed state differs, over its largest value; ``swap`` is replaced in the model's file."""

    def compare(name: str, swap: tuple[str, str] = ("", "")) -> dict[str, float]:
        checked = check_file(shipped_models[name])
        assert checked.model is not None
        program = run_passes(lower(checked.model), until="order")
        artifact = api.build(shipped_models[name], "lems")
        for file, text in artifact.files.items():
            shorter = text.replace('length="100 ms"', f'length="{_STEPS * program.dt!r} ms"')
            (tmp_path / file).write_text(_certain(shorter).replace(*swap), encoding="utf-8")
        run_jneuroml(tmp_path / artifact.entry)
        (data,) = tmp_path.glob("*.dat")
        rows = np.loadtxt(data)
        assert len(rows) >= _STEPS
        expected = ours(shipped_models[name].read_text(encoding="utf-8"), _STEPS, program.dt)
        states = [s.name for s in program.states]
        found = {}
        for column, exposure in enumerate(program.exposures, start=1):
            if exposure.name in states:
                mine = expected[: len(rows), states.index(exposure.name)]
                theirs = rows[: len(mine), column] / 10.0**exposure.dimension.base_power
                assert np.ptp(mine) > 0.0
                found[exposure.name] = float(np.abs(theirs - mine).max() / np.abs(mine).max())
        return found

    return compare


@pytest.mark.parametrize("name", NAMES)
def test_trajectory(off: Callable[..., dict[str, float]], name: str) -> None:
    found = off(name)
    assert found
    assert max(found.values()) <= 1e-6, found


def test_a_planted_fault_is_seen(off: Callable[..., dict[str, float]]) -> None:
    assert max(off("montbrio", ("(2 * V) * r", "(2.0001 * V) * r")).values()) > 1e-5
