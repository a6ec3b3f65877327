"""Delays in steps, against those that a run announces."""

from __future__ import annotations

from rateml.connectome import load_connectome
from rateml.connectome.edges import Edges
from rateml.standalone.delays import delay_steps
from rateml.worker.__main__ import answer


def ask(**params: object) -> dict:
    return answer({"id": 1, "method": "delays", "params": params})


def test_fewest_and_most_steps() -> None:
    coupling = {"id": "c", "speed": 3.0, "dt": 0.05, "weights": "structural"}
    found = ask(connectome="synthetic:20:3,diag=0", couplings=[coupling])["result"]["delays"]
    edges = Edges.from_tracts(load_connectome("synthetic:20:3,diag=0").tracts["structural"])
    steps = delay_steps(edges.length, 3.0, 0.05)
    assert found == {"c": [int(steps.min()), int(steps.max())]}
    assert found["c"][1] > found["c"][0] > 0


def test_a_network_that_is_not_there() -> None:
    found = ask(connectome="nothing.zip", couplings=[{"id": "c", "speed": 1, "dt": 1}])
    assert "nothing.zip" in found["error"]
