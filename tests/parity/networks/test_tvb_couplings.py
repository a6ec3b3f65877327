"""Every coupling of ``tvb.simulator.coupling``, as ``couplings.xml`` has it, is TVB's in a simulation, to 1e-12."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rateml import api
from rateml.connectome import Connectome, delay_steps
from rateml.ir.interp import Interpreter, Network
from rateml.passes import run_passes

pytestmark = pytest.mark.tvb

Float = NDArray[np.float64]
TOLERANCE = 1e-12
STEPS = 40
KINDS: Mapping[str, tuple[str, dict[str, float]]] = {
    "linear": ("Linear", {"a": 0.3, "b": 0.2}),
    "scaling": ("Scaling", {"a": 0.3}),
    "difference": ("Difference", {"a": 0.3}),
    "sine": ("Kuramoto", {"a": 0.4}),
    "tangent": ("HyperbolicTangent", {"a": 0.3, "b": 0.8, "midpoint": 0.1, "sigma": 0.7}),
    "sigmoidal": ("Sigmoidal", {"cmin": -0.5, "cmax": 0.9, "midpoint": 0.1, "a": 1.5, "sigma": 2.0}),
    "jansen_rit": ("SigmoidalJansenRit", {"cmin": 0.1, "cmax": 0.9, "midpoint": 0.2, "r": 1.3, "a": 0.4}),
    "threshold": ("PreSigmoidal", {"H": 0.3, "Q": 0.9, "G": 2.0, "P": 0.8, "theta": 0.3}),
    "thresholds": ("PreSigmoidal", {"H": 0.3, "Q": 0.9, "G": 2.0, "P": 0.8}),
}
"""By the id of the Component, TVB's class and the values of its parameters."""
PAIRS = ("jansen_rit", "thresholds")


def test_every_coupling_of_tvb_is_here(tvb: SimpleNamespace, shipped_models: dict[str, Path]) -> None:
    bases = (tvb.coupling.Coupling, tvb.coupling.SparseCoupling)
    classes = {
        c.__name__
        for c in vars(tvb.coupling).values()
        if isinstance(c, type) and issubclass(c, bases) and c not in bases
    }
    assert {tvb_class for tvb_class, _ in KINDS.values()} == classes
    program = api.read_program(shipped_models["couplings"])
    assert [c.id for c in program.couplings] == list(KINDS)


def theirs(
    tvb: SimpleNamespace, coupling: Any, kind: str, network: Connectome, past: Float, speed: float, scheme: type
) -> Float:
    """States (step, state, region) of the listener of ``couplings.xml`` in TVB."""

    class Listener(tvb.models.base.Model):  # type: ignore[name-defined, misc]
        state_variables = ("x", "y")
        variables_of_interest = ("x", "y")
        state_variable_range = MappingProxyType({"x": np.array([-1.0, 1.0]), "y": np.array([-1.0, 1.0])})
        _nvar = 2
        cvar = np.arange(2 if kind in PAIRS else 1, dtype=np.int32)

        def dfun(self, state: Float, coupling: Float, local_coupling: float = 0.0) -> Float:
            return np.stack([coupling[0] - state[0], state[0] - state[1]]) / 10.0

    simulator = tvb.Simulator(
        model=Listener(),
        connectivity=tvb.Connectivity(
            weights=network.weights.copy(),
            tract_lengths=network.lengths.copy(),
            region_labels=np.array(network.labels),
            centres=np.zeros((network.n_nodes, 3)),
            speed=np.array([speed]),
        ),
        coupling=coupling,
        integrator=scheme(dt=0.1),
        monitors=(tvb.monitors.Raw(),),
        initial_conditions=past[..., np.newaxis],
    )
    simulator.configure()
    return np.stack([state[..., 0] for ((_, state),) in simulator(n_steps=STEPS)])


@pytest.mark.parametrize("kind", KINDS)
def test_equal_to_tvb(
    tvb: SimpleNamespace,
    by_sources: type,
    float64_history: Callable[[], Any],
    shipped_models: dict[str, Path],
    six_regions: Connectome,
    tmp_path: Path,
    kind: str,
) -> None:
    name, values = KINDS[kind]
    text = shipped_models["couplings"].read_text(encoding="utf-8")
    text = re.sub(
        r'name="heard" dimension="none" value="[^"]*"', f'name="heard" dimension="none" value="{kind}_in"', text
    )
    text = re.sub(rf'\s*<Component id="(?!node|{kind}")[^>]*>', "", text).replace('weight="0.001"', 'weight="1"')
    (tmp_path / "one.xml").write_text(text, encoding="utf-8")
    program = run_passes(api.read_program(tmp_path / "one.xml"), until="order")
    assert [c.id for c in program.couplings] == [kind]
    speed = 3.0
    delays = delay_steps(six_regions.lengths, speed, 0.1)
    past = np.random.Generator(np.random.PCG64(3)).uniform(-1.0, 1.0, (int(delays.max()) + 1, 2, 6))
    ours = {"H": "factor"}
    given = {f"{kind}.{ours.get(n, n)}": v for n, v in values.items()}
    network = Network({kind: six_regions.weights}, {kind: delays})
    found = Interpreter(program, network, 0.1, "heun", given=given, past=past).run(STEPS).states[1:]
    type_ = by_sources if name == "PreSigmoidal" else getattr(tvb.coupling, name)

    def expected(**changed: float) -> Float:
        arguments = {n: np.array([v]) for n, v in {**values, **changed}.items()}
        if name == "PreSigmoidal":
            arguments["dynamic"] = kind == "thresholds"
        with warnings.catch_warnings(), float64_history():
            warnings.simplefilter("ignore")
            coupling = type_(**arguments)
            return theirs(tvb, coupling, kind, six_regions, past, speed, tvb.integrators.HeunDeterministic)

    assert np.abs(found - expected()).max() <= TOLERANCE
    for parameter, value in values.items():
        assert np.abs(found - expected(**{parameter: value * 1.001})).max() > 1e6 * TOLERANCE, parameter


def test_kuramoto_mean_divides_by_the_regions(shipped_models: dict[str, Path], six_regions: Connectome) -> None:
    """It is ``kuramoto``, which is TVB's, with a sixth of the coupling."""
    delays = delay_steps(six_regions.lengths, 3.0, 0.1)
    past = np.random.Generator(np.random.PCG64(3)).uniform(0.0, 6.0, (int(delays.max()) + 1, 1, 6))
    network = Network({"network": six_regions.weights}, {"network": delays})
    found = []
    for name, a in (("kuramoto_mean", 0.6), ("kuramoto", 0.1)):
        program = run_passes(api.read_program(shipped_models[name]), until="order")
        run = Interpreter(program, network, 0.1, "heun", given={"network.a": a}, past=past).run(STEPS)
        found.append(run.states)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-13)
    assert np.ptp(found[0][-1] - past[-1]) > 0.1


def test_montbrio_10ms_is_montbrio_ten_times_slower(shipped_models: dict[str, Path], six_regions: Connectome) -> None:
    """With ten times the step the same numbers come out, noise and all; delays are the same in steps."""
    from rateml.ir.interp import Noise

    delays = delay_steps(six_regions.lengths, 3.0, 0.1)
    past = np.random.Generator(np.random.PCG64(3)).uniform((0.1, -2.0), (1.5, 1.0), (int(delays.max()) + 1, 6, 2))
    past = np.swapaxes(past, 1, 2)
    network = Network({"long_range": six_regions.weights}, {"long_range": delays})
    found = []
    for name, slower in (("montbrio", 1.0), ("montbrio_10ms", 10.0)):
        program = run_passes(api.read_program(shipped_models[name]), until="order")
        assert program.dt == 0.05 * slower
        scale = np.array([slower, 1.0])[:, np.newaxis]
        run = Interpreter(program, network, program.dt, "heun", past=past / scale, noise=Noise(4)).run(STEPS)
        found.append(run.states * scale)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-9, atol=1e-9)
    assert np.abs(found[0][-1] - past[-1]).max() > 0.1
