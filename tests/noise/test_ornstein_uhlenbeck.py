"""The noise is Gaussian, of the right size and independent where it should be, measured on an analytic process.

The Ornstein-Uhlenbeck process dx = -x/tau dt + sqrt(2 D) dW has a closed form under each scheme at any dt. With
h = dt/tau, Euler gives x' = (1 - h) x + sqrt(2 D dt) z, and Heun with one increment for both stages
x' = (1 - h + h^2/2) x + (1 - h/2) sqrt(2 D dt) z. Both are x' = a x + s z: mean 0, variance s^2/(1 - a^2),
autocorrelation a^lag, exactly; no limit of small dt is taken.

The checkers take data of shape (point, trial, step, variable, region), scaled to unit variance, and return how many
standard errors it is off. The standard errors are those of an autoregressive process, with effective sample size. Good
data stays within 4 of them; data with a fault planted must not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from rateml import api
from rateml.engines.cpu import CpuEngine
from rateml.engines.events import UnitDone
from rateml.request.settings import Request

Float = NDArray[np.float64]
LIMIT = 4.0
DT, TAU = 0.5, 2.0
POINTS, TRIALS, STEPS, REGIONS = (0.25, 0.5, 1.0), 3, 2500, 40
LAGS = (1, 2, 3, 4, 5, 8)

MODEL = """
<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
<ComponentType name="OrnsteinUhlenbeck" rml:role="model" rml:dt="0.5 ms" rml:scheme="euler">
<Parameter name="tau" dimension="time"/>
<Parameter name="D" dimension="per_time"/>
<Exposure name="x" dimension="none"/>
<Exposure name="y" dimension="none"/>
<Dynamics>
<StateVariable name="x" dimension="none" exposure="x"/>
<StateVariable name="y" dimension="none" exposure="y"/>
<TimeDerivative variable="x" value="-x / tau" rml:diffusion="D"/>
<TimeDerivative variable="y" value="-y / tau" rml:diffusion="D"/>
</Dynamics>
</ComponentType>
<Component id="ou" type="OrnsteinUhlenbeck" tau="2 ms" D="1 per_ms"/>
</Lems>
"""


@dataclass(frozen=True)
class Process:
    """``x`` (point, trial, step, variable, region) over its theoretical standard deviation; x' = a x + s z."""

    x: Float
    a: float

    def innovations(self) -> Float:
        """The normals z that made the process, one step fewer."""
        z: Float = (self.x[:, :, 1:] - self.a * self.x[:, :, :-1]) / np.sqrt(1.0 - self.a**2)
        return z


def off_mean(p: Process) -> float:
    """Of all samples together; a sum of n correlated samples counts as n (1 - a)/(1 + a)."""
    effective = p.x.size * (1.0 - p.a) / (1.0 + p.a)
    return float(abs(p.x.mean()) * np.sqrt(effective))


def off_variance(p: Process) -> float:
    """Of all samples together; squares are correlated by a^(2 lag)."""
    effective = p.x.size * (1.0 - p.a**2) / (1.0 + p.a**2)
    return float(abs((p.x**2).mean() - 1.0) / np.sqrt(2.0 / effective))


def off_autocorrelation(p: Process) -> float:
    """The worst of some lags against a^lag; the standard error is Bartlett's for an autoregressive process."""
    worst = 0.0
    variance = (p.x**2).mean()
    for lag in LAGS:
        both = p.x[:, :, lag:] * p.x[:, :, :-lag]
        b = p.a**2
        bartlett = (1.0 + b) * (1.0 - b**lag) / (1.0 - b) - 2.0 * lag * b**lag
        worst = max(worst, abs(both.mean() / variance - p.a**lag) / np.sqrt(bartlett / both.size))
    return float(worst)


def off_gauss(p: Process) -> float:
    """Third and fourth moment of the normals: 0 with variance 15, 3 with variance 96."""
    z = p.innovations()
    third, fourth = abs((z**3).mean()), abs((z**4).mean() - 3.0)
    return float(max(third / np.sqrt(15.0 / z.size), fourth / np.sqrt(96.0 / z.size)))


def _off_pairs(z: Float, axis: int) -> float:
    """The worst correlation of any ordered pair along an axis, at the same step and up to three apart."""
    worst = 0.0
    z = np.moveaxis(z, (axis, 2), (0, 1))
    n = z.shape[1] - 3
    for i, j in permutations(range(len(z)), 2):
        for lag in range(4):
            both = z[i, :n] * z[j, lag : lag + n]
            worst = max(worst, abs(both.mean()) * np.sqrt(both.size))
    return float(worst)


def off_points(p: Process) -> float:
    return _off_pairs(p.innovations(), 0)


def off_trials(p: Process) -> float:
    return _off_pairs(p.innovations(), 1)


def off_variables(p: Process) -> float:
    return _off_pairs(p.innovations(), 3)


def off_regions(p: Process) -> float:
    """Regions and their next, over-next and 16th neighbours."""
    z = p.innovations()
    both = [z[..., k:] * z[..., :-k] for k in (1, 2, 16)]
    return float(max(abs(b.mean()) * np.sqrt(b.size) for b in both))


def off_steps(p: Process) -> float:
    """Normals of one series, 1 to 8 steps apart: a counter gives four steps, so beyond the next counter too."""
    z = p.innovations()
    both = [z[:, :, k:] * z[:, :, :-k] for k in range(1, 9)]
    return float(max(abs(b.mean()) * np.sqrt(b.size) for b in both))


CHECKS: dict[str, Callable[[Process], float]] = {
    "mean": off_mean,
    "variance": off_variance,
    "autocorrelation": off_autocorrelation,
    "gauss": off_gauss,
    "points": off_points,
    "trials": off_trials,
    "variables": off_variables,
    "regions": off_regions,
    "steps": off_steps,
}


def coefficients(scheme: str) -> tuple[float, float]:
    """a and s / sqrt(2 D dt)."""
    h = DT / TAU
    return (1.0 - h, 1.0) if scheme == "euler" else (1.0 - h + h**2 / 2.0, 1.0 - h / 2.0)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Process]:
    """Runs the model by the engine, stationary from the first sample on; each combination once a session."""
    file = tmp_path_factory.mktemp("ou") / "ou.xml"
    file.write_text(MODEL, encoding="utf-8")

    @cache
    def run(scheme: str, precision: str = "float64", noise: str = "on") -> Process:
        request = Request(
            axes=[("values", "D=" + ",".join(map(str, POINTS)))],
            transient=f"{200 * DT} ms",
            duration=f"{STEPS * DT} ms",
            scheme=scheme,
            monitors=("raw",),
            seed=2024,
            trials=TRIALS,
            precision=precision,
            noise=noise,
        )  # fmt: skip
        job = api.prepare(file, f"synthetic:{REGIONS}:0", request)
        raw = np.empty((len(POINTS) * TRIALS, STEPS, 2, REGIONS))
        for event in CpuEngine(2).run(job, job.layout().units, 0, lambda: "run"):
            if isinstance(event, UnitDone):
                raw[event.unit.first : event.unit.first + event.unit.count] = event.block["raw"]
        a, s = coefficients(scheme)
        x = raw.reshape(len(POINTS), TRIALS, STEPS, 2, REGIONS)
        variance = s**2 * 2.0 * np.array(POINTS) * DT / (1.0 - a**2)
        return Process(x / np.sqrt(variance)[:, None, None, None, None], a)

    return run


def rebuilt(p: Process, change: Callable[[Float], Float]) -> Process:
    """The process that the same first sample and changed normals would have given."""
    z = change(p.innovations().copy())
    x = p.x.copy()
    for n in range(x.shape[2] - 1):
        x[:, :, n + 1] = p.a * x[:, :, n] + np.sqrt(1.0 - p.a**2) * z[:, :, n]
    return replace(p, x=x)


def _copied(axis: int, source: int, target: int) -> Callable[[Float], Float]:
    def change(z: Float) -> Float:
        view = np.moveaxis(z, axis, 0)
        view[target] = view[source]
        return z

    return change


def _repeated(z: Float) -> Float:
    """Each second step has the normal of the one before."""
    odd = z[:, :, 1::2]
    odd[:] = z[:, :, ::2][:, :, : odd.shape[2]]
    return z


FAULTS: dict[str, tuple[str, Callable[[Process], Process]]] = {
    "mean 0.02 standard deviations up": ("mean", lambda p: replace(p, x=p.x + 0.02)),
    "variance 2 % up": ("variance", lambda p: replace(p, x=p.x * np.sqrt(1.02))),
    "variance 2 % down": ("variance", lambda p: replace(p, x=p.x * np.sqrt(0.98))),
    "D in place of 2 D": ("variance", lambda p: replace(p, x=p.x / np.sqrt(2.0))),
    "decay 2 % too slow": ("autocorrelation", lambda p: replace(p, a=p.a * 0.98)),
    "uniform for normal": ("gauss", lambda p: rebuilt(p, lambda z: np.sqrt(3.0) * np.sign(z) * (np.abs(z) % 1.0))),
    "one point's noise again": ("points", lambda p: rebuilt(p, _copied(0, 0, 2))),
    "one trial's noise again": ("trials", lambda p: rebuilt(p, _copied(1, 0, 1))),
    "one variable's noise again": ("variables", lambda p: rebuilt(p, _copied(3, 0, 1))),
    "one region's noise again": ("regions", lambda p: rebuilt(p, _copied(4, 5, 6))),
    "a step's noise in the next": ("steps", lambda p: rebuilt(p, _repeated)),
    "another trial's noise a step late": (
        "trials",
        lambda p: rebuilt(p, lambda z: np.stack([z[:, 0], np.roll(z[:, 0], 1, axis=1), z[:, 2]], axis=1)),
    ),
}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    ("scheme", "precision"),
    [
        ("heun", "float64"),
        *(pytest.param("euler", p, marks=pytest.mark.long) for p in ("float32", "float64")),
    ],
)
def test_the_process_is_the_analytic_one(
    simulated: Callable[..., Process], scheme: str, precision: str, check: str
) -> None:
    """1.8 million samples, 4 standard errors."""
    p = simulated(scheme, precision)
    assert p.x.size >= 10**6
    assert CHECKS[check](p) <= LIMIT


def test_the_closed_form_tells_the_schemes_apart(simulated: Callable[..., Process]) -> None:
    """Data of one scheme fails the formulas of the other: dt is large enough to see the scheme."""
    p = simulated("heun")
    (a, s), (b, r) = coefficients("heun"), coefficients("euler")
    scale = np.sqrt((s**2 / (1.0 - a**2)) / (r**2 / (1.0 - b**2)))
    mistaken = Process(p.x * scale, b)
    assert off_variance(mistaken) > 2 * LIMIT
    assert off_autocorrelation(mistaken) > 2 * LIMIT


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen(simulated: Callable[..., Process], fault: str) -> None:
    """Each check fails its fault by a wide margin."""
    check, plant = FAULTS[fault]
    assert CHECKS[check](plant(simulated("euler"))) > 2 * LIMIT


@pytest.mark.parametrize("precision", ["float64", pytest.param("float32", marks=pytest.mark.long)])
def test_common_noise(simulated: Callable[..., Process], precision: str) -> None:
    """The same normals at every point, others in every trial, region and variable; point 0 is that of ``on``."""
    p = simulated("euler", precision, "common")
    tolerance = 1e-9 if precision == "float64" else 1e-4
    for point in (1, 2):
        np.testing.assert_allclose(p.x[point], p.x[0], rtol=0.0, atol=tolerance)
    first = replace(p, x=p.x[:1])
    for check in ("variance", "trials", "variables", "regions", "steps"):
        assert CHECKS[check](first) <= LIMIT
    np.testing.assert_array_equal(p.x[0], simulated("euler", precision).x[0])


def test_silence(simulated: Callable[..., Process]) -> None:
    """Without noise nothing moves: there is no other source of randomness."""
    assert not simulated("euler", "float64", "off").x.any()
