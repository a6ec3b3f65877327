"""The worker in this process: its code is that of the command, its dynamics those of the interpreter."""

from __future__ import annotations

import io
import json
from collections import deque
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from rateml import api
from rateml.checks import check_file
from rateml.codegen import TARGETS
from rateml.ir.interp import Interpreter, Network
from rateml.ir.lower import lower
from rateml.passes import run_passes
from rateml.worker.__main__ import answer, enter, serve

MODELS = Path(str(files("rateml") / "models"))
SOME = ("montbrio.xml", "kuramoto.xml", "epileptor.xml", "jansen_rit.xml", "wilson_cowan.xml", "larter_breakspear.xml")


def ask(method: str, model: str = "montbrio.xml", **more: object) -> dict:
    text = (MODELS / model).read_text(encoding="utf-8")
    found = answer({"id": 1, "method": method, "params": {"text": text, "file": model, **more}})
    json.dumps(found, allow_nan=False)
    return found


def test_too_many_requests_are_told_so() -> None:
    answers = io.StringIO()
    waiting = deque({"id": n, "method": "ping", "params": {}} for n in range(99))
    for number in (99, 100):
        enter(json.dumps({"id": number, "method": "ping", "params": {}}), waiting, answers)
    assert [r["id"] for r in waiting] == list(range(100))
    refused = json.loads(answers.getvalue())
    assert refused == {"id": 100, "error": "100 requests are waiting already; ask again when some are answered"}


@pytest.mark.parametrize("target", ["numba", "tvb", "lems", "docs"])
def test_the_preview_is_what_the_command_writes(target: str) -> None:
    found = ask("preview", target=target)["result"]
    built = api.build(MODELS / "montbrio.xml", target)
    assert found["text"] == built.files[built.entry]
    assert found["digest"] == built.digest
    lines = found["text"].split("\n")
    text = (MODELS / "montbrio.xml").read_text(encoding="utf-8")
    for line, start, end in found["sourceMap"]:
        assert 1 <= line <= len(lines)
        assert 0 <= start < end <= len(text)


def test_what_a_target_cannot_express_is_told() -> None:
    found = ask("preview", "zerlaut_first_order.xml", target="lems")["result"]
    assert found["text"] is None
    assert [d["code"] for d in found["diagnostics"]] == ["RML701"]


def test_the_targets_are_those_of_the_generator() -> None:
    assert ask("targets")["result"]["targets"] == [*TARGETS]


@pytest.mark.parametrize("name", SOME)
def test_one_region_moves_as_the_interpreter_moves_it(name: str) -> None:
    program = run_passes(lower(check_file(MODELS / name).model), until="order")
    inputs = {i.name: 0.01 * (k + 1) for k, i in enumerate(program.inputs)}
    initial = {s.name: 0.1 + 0.05 * k for k, s in enumerate(program.states)}
    found = ask("dynamics", name, inputs=inputs, initial=initial, duration=40 * program.dt, points=41)["result"]
    ids = [c.id for c in program.couplings]
    network = Network({id: np.zeros((1, 1)) for id in ids}, {id: np.zeros((1, 1), np.int64) for id in ids})
    past = np.array([[[v] for v in initial.values()]])

    class Held(Interpreter):
        def _inputs(self, history, step):
            return np.array([[v] for v in inputs.values()]).reshape(len(inputs), 1)

    held = Held(program, network, program.dt, program.scheme, past=past).run(40)
    assert found["ended"] == "complete"
    for k, state in enumerate(program.states):
        expected = held.states[:, k, 0]
        assert np.ptp(expected) > 0 or state.name not in {a.name for a in program.derivatives}
        np.testing.assert_allclose(found["states"][state.name], expected, rtol=1e-12, atol=1e-14)


def test_nullclines_are_where_nothing_moves() -> None:
    found = ask("dynamics", parameters={"eta": -4.0}, duration=5)["result"]["plane"]
    assert found["axes"] == ["r", "V"]
    for points in found["nullclines"]["r"]:
        r, v = np.array(points).T
        rate = 0.7 / np.pi + 2 * v * r  # tau dr/dt, with tau = 1 ms and Delta = 0.7
        assert np.abs(rate).max() < 0.02


def test_a_trajectory_that_leaves_every_bound_ends_there() -> None:
    text = (MODELS / "montbrio.xml").read_text(encoding="utf-8").replace("V^2 + eta", "V^3 + eta")
    found = answer({"id": 1, "method": "dynamics", "params": {"text": text, "initial": {"V": 50.0}}})["result"]
    assert found["ended"] == "diverged"
    assert all(v is None or abs(v) < 1e300 for v in found["states"]["V"])


def test_a_trajectory_that_takes_too_long_ends_when_the_time_is_up(monkeypatch) -> None:
    monkeypatch.setattr("rateml.worker.dynamics._SECONDS", -1.0)
    found = ask("dynamics", duration=50)["result"]
    assert found["ended"] == "out of time"
    assert len(found["time"]) == len(found["states"]["V"]) < 10
    assert found["plane"]["nullclines"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"parameters": {"nope": 1}}, "has no 'nope'"),
        ({"parameters": {"eta": "x"}}, "'eta' must be a number"),
        ({"parameters": 3}, "must be an object"),
        ({"duration": -1}, "must be between"),
        ({"axes": ["r", "nope"]}, "two of the states"),
        ({"ranges": {"r": [2, 1]}}, "ends before it starts"),
    ],
)
def test_requests_that_make_no_sense(more: dict, reason: str) -> None:
    assert reason in ask("dynamics", **more)["error"]


def test_a_model_with_an_error_is_named() -> None:
    found = answer({"id": 1, "method": "equations", "params": {"text": "<Lems", "file": "m.xml"}})
    assert found["error"].startswith("the model has an error")


def test_equations_as_pictures() -> None:
    found = ask("formula", name="V", colour="#e6e6e6")["result"]
    assert found["svg"].startswith("<svg")
    assert "#e6e6e6" in found["svg"]
    assert "\\frac" in found["latex"]
    assert "no equation for 'nope'" in ask("formula", name="nope")["error"]
    assert "#rrggbb" in ask("formula", name="V", colour="red;}")["error"]


def test_lines_in_and_lines_out() -> None:
    requests = [
        {"id": 1, "method": "ping", "params": {}},
        {"id": 2, "method": "nope", "params": {}},
        "no json",
        {"id": 3, "method": "ping", "params": {}},
        {"cancel": 3},
    ]
    lines = io.StringIO("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in requests))
    out = io.StringIO()
    serve(lines, out)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert {"id": 1, "result": {}} in answers
    assert {"id": 2, "error": "there is no method 'nope'"} in answers
    assert any(a["id"] is None and "one request" in a["error"] for a in answers)


def test_sliders_have_what_the_file_says() -> None:
    text = (MODELS / "montbrio.xml").read_text(encoding="utf-8")
    found = {p["key"]: p for p in ask("parameters")["result"]["parameters"]}
    tau = found["tau"]
    assert (tau["value"], tau["low"], tau["high"], tau["step"], tau["unit"]) == (1.0, 1.0, 30.0, 0.1, "ms")
    assert text[tau["start"] : tau["end"]] == "1 ms"
    assert found["eta"]["value"] == -4.6
    assert found["eta"]["unit"] == ""


def test_sliders_count_in_the_unit_of_the_file() -> None:
    text = (MODELS / "montbrio.xml").read_text(encoding="utf-8").replace('tau="1 ms"', 'tau="0.002 s"')
    found = answer({"id": 1, "method": "parameters", "params": {"text": text, "file": "model.xml"}})["result"]
    tau = next(p for p in found["parameters"] if p["key"] == "tau")
    assert (tau["value"], tau["unit"], tau["factor"]) == (0.002, "s", 1000.0)
    assert (tau["low"], tau["high"]) == (0.001, 0.03)
    program = ask("dynamics", parameters={"tau": tau["value"] * tau["factor"]})["result"]
    assert program["parameters"]["tau"] == 2.0


def test_a_broken_model_has_no_sliders() -> None:
    found = answer({"id": 1, "method": "parameters", "params": {"text": "<Lems/>", "file": "model.xml"}})
    assert found["error"].startswith("the model has an error")
