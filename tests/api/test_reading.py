"""Equations as people read them."""

from __future__ import annotations

from rateml import api


def test_the_equations_of_a_model() -> None:
    found = [(e.kind, str(e)) for e in api.equations(api.read_program(api.shipped_model("montbrio")))]
    assert ("derivative", "dV/dt = (V² + η + J · τ · r + I + cr · c_r + cv · c_V - pitr²) / τ") in found
    assert ("derived", "pitr = π · τ · r") in found
    assert ("condition", "when = r < zero_rate: r ← zero_rate") in found
    assert [kind for kind, _ in found][:3] == ["derivative", "derivative", "noise"]


def test_every_shipped_model_can_be_read() -> None:
    for name, path in api.shipped_models().items():
        assert any(e.kind == "derivative" for e in api.equations(api.read_program(path))), name
