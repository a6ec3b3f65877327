"""Coupled variables that depend on an input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rateml import api
from rateml.engines.cpu import CpuEngine
from rateml.errors import UserError
from rateml.ir.interp import Interpreter, Network
from rateml.request.settings import Request
from rateml.results import open_results

LATE = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
<Dimension name="per_time2" t="-2"/>

<ComponentType name="Relay" rml:role="model" rml:dt="0.1 ms" rml:scheme="heun">
<Parameter name="tau" dimension="time"/>
<Constant name="MSEC" dimension="time" value="1 ms"/>
<Requirement name="c" dimension="none"/>
<Exposure name="x" dimension="none"/>
<Exposure name="y" dimension="none"/>
<Dynamics>
<StateVariable name="x" dimension="none" exposure="x"/>
<DerivedVariable name="y" dimension="none" exposure="y" value="tanh(x + c + 0.1 * sin(t / MSEC))"/>
<TimeDerivative variable="x" value="(y - x) / tau"/>
<OnStart><StateAssignment variable="x" value="random(2) - 1"/></OnStart>
</Dynamics>
</ComponentType>
<ComponentType name="Link" rml:role="coupling">
<Parameter name="G" dimension="none"/>
<Exposure name="pre" dimension="none"/>
<Exposure name="post" dimension="none"/>
<Requirement name="y_j" dimension="none"/>
<Requirement name="gx" dimension="none"/>
<Dynamics>
<DerivedVariable name="pre" dimension="none" exposure="pre" value="y_j"/>
<DerivedVariable name="post" dimension="none" exposure="post" value="G * gx"/>
</Dynamics>
</ComponentType>
<Component id="one" type="Relay" tau="2 ms"/>
<Component id="link" type="Link" G="0.4" rml:input="c" rml:speed="3 m_per_s"/>
</Lems>
"""


@pytest.mark.parametrize("rows", [1, 7])
def test_a_coupled_variable_that_depends_on_an_input(tmp_path: Any, rows: int) -> None:
    """It is sent with the inputs of its own step, and none before t = 0; a connection without delay is refused."""
    rng = np.random.Generator(np.random.PCG64(5))
    weights, steps = rng.random((4, 4)), rng.integers(1, 9, (4, 4))
    past = rng.normal(size=(rows, 1, 4))
    model, network, history = tmp_path / "late.xml", tmp_path / "net.npz", tmp_path / "past.npz"
    model.write_text(LATE)
    labels = np.array([f"r{k}" for k in range(4)])
    np.savez(network, weights=weights, lengths=steps * 0.3, labels=labels)
    np.savez(history, x=past[:, 0])
    request = Request(history=history, duration="3 ms", monitors=["raw"])
    job = api.prepare(model, str(network), request, sweep=False)
    list(api.execute(job, tmp_path / "out.zarr", CpuEngine(1)))
    ours = open_results(tmp_path / "out.zarr").raw.values

    program = api.read_program(model)
    seen = {}
    for fault in (0, 1):
        net = Network({"link": weights}, {"link": steps + fault})
        seen[fault] = Interpreter(program, net, 0.1, "heun", past=past).run(30).exposures[1:]
    np.testing.assert_allclose(ours, seen[0], rtol=1e-12, atol=1e-12)
    assert np.abs(ours - seen[1]).max() > 1e-4

    np.savez(network, weights=weights, lengths=0.1 * (steps - 1), labels=labels)
    with pytest.raises(UserError, match=r"'link' sends a variable that depends on an input.*has none"):
        api.prepare(model, str(network), request, sweep=False)
