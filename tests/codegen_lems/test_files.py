"""The generated files as their reader sees them, and their derivatives in PyLEMS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from rateml import api
from rateml.checks.pylems import same_reading
from rateml.ir.interp import evaluate, parameters
from rateml.ir.program import Program
from rateml.syntax.parser import parse_expr

pytestmark = pytest.mark.filterwarnings("ignore")

GOLDEN = Path(__file__).parent / "golden"
_LEMS = "{http://www.neuroml.org/lems/0.7.6}"
_EXTENDED = ("epileptor_codim3", "epileptor_codim3_slow_mod", "zerlaut_first_order", "zerlaut_second_order")
"""These need atan2 and erfc."""
NAMES = sorted(
    path.stem for path in (Path(api.__file__).parents[1] / "models").glob("*.xml") if path.stem not in _EXTENDED
)


@pytest.mark.parametrize("name", NAMES)
def test_they_are_the_golden_ones(shipped_models: dict[str, Path], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(shipped_models[name].parent)
    artifact = api.build(f"{name}.xml", "lems")
    assert len(artifact.files) == 2
    for file, text in artifact.files.items():
        kind = "simulation" if file == artifact.entry else "model"
        kept = (GOLDEN / f"{name}.{kind}.xml.txt").read_text(encoding="utf-8")
        assert text == kept, "make golden, and read the difference"
        assert "urn:rateml" not in text


def test_every_golden_file_is_of_a_model() -> None:
    kept = {path.name for path in GOLDEN.iterdir()}
    assert kept == {f"{name}.{kind}.xml.txt" for name in NAMES for kind in ("model", "simulation")}


def test_every_expression_is_read_as_written() -> None:
    count = 0
    for path in GOLDEN.glob("*.model.xml.txt"):
        for element in ElementTree.parse(path).iter():
            if element.tag in (f"{_LEMS}Constant", f"{_LEMS}Component"):
                continue
            for attribute in ("value", "condition", "test"):
                text = element.get(attribute)
                if text is not None:
                    count += 1
                    assert same_reading(parse_expr(text).expr, text), f"{path.name}: {text}"
    assert count > 400


def _values(program: Program, rng: np.random.Generator) -> dict[str, float] | None:
    """Every value at a random state with random inputs, ``d…`` for the derivatives; None where one is no number."""
    values = {key: float(value[0]) for key, value in parameters(program, 1, {}).items()}
    values |= {i.name: rng.uniform(-0.1, 0.1) for i in program.inputs}
    for s in program.states:
        values[s.name] = rng.uniform(-1.0 if s.low is None else s.low, 1.0 if s.high is None else s.high)
    with np.errstate(all="ignore"):
        for assign in program.derived:
            values[assign.name] = float(evaluate(assign.value, values))
        for assign in program.derivatives:
            values[f"d{assign.name}"] = float(evaluate(assign.value, values))
    return values if np.isfinite(list(values.values())).all() else None


@pytest.mark.parametrize("name", NAMES)
def test_derivatives(
    shipped_models: dict[str, Path],
    region: Callable[[Path], Any],
    ordered: Callable[[Path], Program],
    name: str,
) -> None:
    """PyLEMS computes what the interpreter does, exposures included, wherever that is a number."""
    program = ordered(shipped_models[name])
    theirs = region(shipped_models[name])
    derived = [(a.name, a.dimension) for a in program.derived if a.dimension is not None]
    si = {n: 10.0**d.base_power for n, d in (*((x.name, x.dimension) for x in program.states), *derived)}
    si |= {i.name: 10.0**i.dimension.base_power for i in program.inputs}
    rng = np.random.Generator(np.random.PCG64(11))
    every = [v for v in (_values(program, rng) for _ in range(30)) if v is not None]
    assert len(every) >= 5
    off = []
    for values in every:
        found = theirs.slopes(
            {s.name: values[s.name] * si[s.name] for s in program.states},
            {i.name: values[i.name] * si[i.name] for i in program.inputs},
        )
        rates = [found[f"d{s.name}"] / si[s.name] * 1e-3 for s in program.states]
        off.append([rate - values[f"d{s.name}"] for rate, s in zip(rates, program.states, strict=True)])
        exposed = {e.name for e in program.exposures} & {n for n, _ in derived}
        assert {n: found[n] / si[n] for n in exposed} == pytest.approx({n: values[n] for n in exposed}, rel=1e-9)
    largest = np.array([[v[f"d{s.name}"] for s in program.states] for v in every])
    assert (np.abs(off).max(axis=0) <= 1e-9 * np.abs(largest).max(axis=0)).all()
    assert np.abs(largest).max() > 0.0
