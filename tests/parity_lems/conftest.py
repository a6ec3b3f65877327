"""One cell in PyLEMS and the same in our interpreter, by Euler steps, with inputs of 0 and certain starts."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from rateml.checks import check_model
from rateml.diagnostics import Diagnostic, Severity
from rateml.ir.interp import Float, Interpreter, Network
from rateml.ir.lower import lower
from rateml.passes import run_passes
from rateml.syntax.expr import Expr, Name, Num, rebuild

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    lems_model = pytest.importorskip("lems.model.model")
    lems_build = pytest.importorskip("lems.sim.build")
    lems_sim = pytest.importorskip("lems.sim.sim")

_LEMS = "http://www.neuroml.org/lems/0.7.6"
_DRAW = 0.3
"""What every ``random(1)`` comes to."""

Steps = Callable[[str, int, float], Float]
"""The states after 0, 1, … Euler steps of a length in ms, in base units: shape (steps + 1, state)."""


@pytest.fixture
def pylems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Steps:
    """The model as PyLEMS computes it; its overflows and divisions by zero come through."""
    monkeypatch.setattr(random, "uniform", lambda low, high: low + _DRAW * (high - low))

    def steps(text: str, count: int, dt: float) -> Float:
        path = tmp_path / "model.xml"
        path.write_text(text, encoding="utf-8")
        lems_model.Model(include_includes=False).import_from_file(str(path))
        cell = _surrounded(text)
        path.write_text(cell, encoding="utf-8")
        model = lems_model.Model(include_includes=False)
        model.import_from_file(str(path))
        resolved = model.resolve()
        builder = lems_build.SimulationBuilder(resolved)
        builder.sim = lems_sim.Simulation()
        around = builder.build_runnable(resolved.fat_components["around"])
        builder.sim.add_runnable(around)
        around.configure_time(dt * 1e-3, 1e3)
        builder.sim.init_run()
        states = [(s.name, s.dimension.base_power) for s in _program(text).states]
        (inner,) = around.uchildren.values()

        def row() -> list[float]:
            return [getattr(inner, name) / 10.0**power for name, power in states]

        rows = [row()]
        for _ in range(count):
            around.single_step(dt * 1e-3)
            rows.append(row())
        return np.array(rows)

    return steps


@pytest.fixture
def ours() -> Steps:
    """The model as the interpreter computes it; nan after it diverged."""

    def steps(text: str, count: int, dt: float) -> Float:
        program = _program(text)
        certain = tuple(replace(s, start=_certain(s.start)) for s in program.states)
        alone = replace(program, states=certain, couplings=())
        network = Network({"": np.zeros((1, 1))}, {"": np.zeros((1, 1), dtype=np.int64)})
        return Interpreter(run_passes(alone), network, dt, "euler").run(count).states[:, :, 0]

    return steps


@pytest.fixture
def advice() -> Callable[[str], tuple[Diagnostic, ...]]:
    """What says that a model is not portable; the model has no errors."""

    def told(text: str) -> tuple[Diagnostic, ...]:
        found = check_model(text, "model.xml").diagnostics
        assert not [d for d in found if d.severity is Severity.ERROR], text
        return tuple(d for d in found if d.code.name.startswith("NOT_PORTABLE"))

    return told


def _program(text: str) -> Any:
    model = check_model(text, "model.xml").model
    assert model is not None
    return lower(model)


def _certain(expr: Expr) -> Expr:
    if isinstance(expr, Name) and expr.id.startswith("random."):
        return Num(_DRAW, expr.span, repr(_DRAW))
    return rebuild(expr, _certain)


def _surrounded(text: str) -> str:
    """The model alone, inside an element that supplies its inputs: PyLEMS looks for requirements there."""
    ElementTree.register_namespace("", _LEMS)
    ElementTree.register_namespace("rml", "urn:rateml:1")
    root = ElementTree.fromstring(text.encode())
    type_ = next(t for t in root.iter(f"{{{_LEMS}}}ComponentType") if t.get("{urn:rateml:1}role") == "model")
    cell = next(c for c in root.iter(f"{{{_LEMS}}}Component") if c.get("type") == type_.get("name"))
    for component in root.findall(f"{{{_LEMS}}}Component"):
        root.remove(component)
    outer = ElementTree.SubElement(root, f"{{{_LEMS}}}ComponentType", name="Around")
    around = ElementTree.SubElement(root, f"{{{_LEMS}}}Component", id="around", type="Around")
    for needed in type_.findall(f"{{{_LEMS}}}Requirement"):
        ElementTree.SubElement(outer, f"{{{_LEMS}}}Parameter", name=needed.attrib["name"], dimension="none")
        around.set(needed.attrib["name"], "0")
    ElementTree.SubElement(outer, f"{{{_LEMS}}}Child", name="cell", type=type_.attrib["name"])
    cell.tag = f"{{{_LEMS}}}{type_.attrib['name']}"
    cell.attrib = {k: v for k, v in cell.attrib.items() if k not in ("id", "type") and not k.startswith("{")} | {
        "id": "cell"
    }
    around.append(cell)
    return ElementTree.tostring(root, encoding="unicode")
