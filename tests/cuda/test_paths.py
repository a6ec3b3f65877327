"""Every path through the kernels gives the numbers of engine cpu, whatever the slices and the order of threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from comparing import (
    MODELS,
    apart,
    cuda_kernels,
    job_of,
    remade,
    rewired,
    run_cpu,
    run_cpu_by_speed,
    run_cuda,
    with_history,
)
from emulation import Emulated, needs_compiler

from rateml.engines.cuda.summaries import DeviceFc
from rateml.engines.job import Job
from rateml.engines.recorders import Room
from rateml.engines.recorders.connectivity import correlations
from rateml.engines.recorders.fit import fit_fc
from rateml.standalone import plan

pytestmark = needs_compiler

Device = Callable[..., Emulated]


def _self_connected(job: Job) -> Job:
    """Every region sends to itself, without delay, after few steps, and after many."""

    def change(weights: Any, lengths: Any) -> tuple[Any, Any]:
        k = np.arange(len(weights))
        weights[k, k] = 0.1 * (k + 1)
        lengths[k, k] = np.resize([0.0, 0.6, 40.0], len(k))
        return weights, lengths

    return rewired(job, change)


def _near_edge(job: Job) -> Job:
    """One edge between regions without a delay: no block of steps is possible."""

    def change(weights: Any, lengths: Any) -> tuple[Any, Any]:
        weights[2, 5], lengths[2, 5] = 0.7, 0.0
        return weights, lengths

    return rewired(job, change)


def _close_edge(job: Job) -> Job:
    """One edge between regions with a delay of two steps of 0.1 ms."""

    def change(weights: Any, lengths: Any) -> tuple[Any, Any]:
        weights[2, 5], lengths[2, 5] = 0.7, 0.6
        return weights, lengths

    return rewired(job, change)


def _same(job: Job) -> Job:
    return job


PATHS: dict[str, tuple[dict[str, Any], Callable[[Job], Job], dict[str, int]]] = {
    "on chip": ({}, _same, {"LANES": 1, "RING_SHARED": 1, "EDGES_SHARED": 1}),
    "history in global memory": ({}, _same, {"LANES": 1, "RING_SHARED": 0, "EDGES_SHARED": 1}),
    "edges in global memory": (
        {"connectome": "synthetic:40:1", "precision": "float32"},
        _same,
        {"LANES": 1, "EDGES_SHARED": 0},
    ),
    "two share a simulation": ({"connectome": "synthetic:20:1"}, _same, {"CLUSTER": 2, "RING_SHARED": 0}),
    "eight share a simulation": (
        {"connectome": "synthetic:30:1", "model": "kuramoto", "monitors": ("raw", "stats")},
        _same,
        {"CLUSTER": 8},
    ),
    "shared histories on chip": (
        {"connectome": "synthetic:40:1", "model": "reduced_wong_wang", "set": ("speed=40",)},
        _same,
        {"CLUSTER": 2, "RING_SHARED": 1, "EDGES_SHARED": 1},
    ),
    "shared self-connections": ({}, _self_connected, {"CLUSTER": 2, "NEAR_SELF": 1}),
    "angles are sent": (
        {"model": "kuramoto", "precision": "float32", "monitors": ("raw", "stats")},
        _self_connected,
        {"LANES": 1, "NEAR_SELF": 1, "RING_SHARED": 1},
    ),
    "self-connections": ({}, _self_connected, {"LANES": 1, "NEAR_SELF": 1}),
    "two regions": ({"connectome": "synthetic:2:0"}, _same, {"LANES": 1, "NODES": 2}),
    "short blocks": ({"set": ("speed=90",)}, _same, {"LANES": 1}),
    "per step": ({"set": ("speed=200",)}, _near_edge, {"LANES": 64, "DELAYED": 1, "UNIFORM": 1}),
    "per step, nothing on chip": ({}, _near_edge, {"LANES": 32, "RING_SHARED": 0, "EDGES_SHARED": 0, "WORK_SHARED": 0}),
    "per step, history in global memory": (
        {},
        _near_edge,
        {"LANES": 32, "RING_SHARED": 0, "EDGES_SHARED": 1, "DELAYED": 1},
    ),
    "per step, late exposure": ({"model": "kuramoto"}, _close_edge, {"LANES": 32}),
    "no delays": ({"set": ("speed=inf",)}, _same, {"LANES": 64, "DELAYED": 0}),
    "no delays, history in global memory": (
        {"set": ("speed=inf",)},
        _same,
        {"LANES": 32, "DELAYED": 0, "RING_SHARED": 0},
    ),
    "no delays, nothing to keep twice": (
        {"model": "reduced_wong_wang", "set": ("speed=inf",)},
        _same,
        {"LANES": 64, "RESIDENT": 2},
    ),
    "regions that differ": ({"set": ("eta[lh-*]=-4.2", "eta[rh-001]=-4.9")}, _same, {"LANES": 1}),
    "regions that differ, per step": (
        {"set": ("eta[lh-*]=-4.2", "speed=200")},
        _near_edge,
        {"LANES": 64, "UNIFORM": 0},
    ),
    "more regions than threads": (
        {"connectome": "synthetic:400:1", "set": ("speed=10",), "precision": "float32", "steps": 30, "trials": None},
        _same,
        {"LANES": 1, "EDGES_SHARED": 0},
    ),
}


LONG = ("shared histories on chip", "no delays, nothing to keep twice")


def _device_for(job: Job, macros: dict[str, int], device: Device) -> Emulated:
    """The device with most shared memory on which the plan of a job has these macros."""
    for kilobytes in range(227, 0, -1):
        on = device(shared=kilobytes * 1024, cluster=macros.get("CLUSTER", 1))
        if macros.items() <= cuda_kernels(job, on).plan(job.speeds(0), 0).macros.items():
            return on
    raise AssertionError(f"no device has {macros}")


@pytest.mark.parametrize("path", [pytest.param(p, marks=pytest.mark.long) if p in LONG else p for p in PATHS])
def test_path(path: str, device: Device) -> None:
    asked, change, macros = PATHS[path]
    asked = {"model": "montbrio"} | asked
    job = with_history(change(job_of(**asked)))
    found = run_cuda(job, _device_for(job, macros, device))
    assert found.plan is not None
    if path == "short blocks":
        assert 4 <= found.plan.macros["BLOCK"] <= 16  # several edges a warp
    assert apart(run_cpu(job), found) < (1e-4 if asked.get("precision") else 1e-11)


RUNS: dict[str, dict[str, Any]] = {
    "swept": {"axes": (("grid", "G=0.2:0.6:2"), ("values", "eta=-5,-4.5"))},
    "speed swept": {"axes": (("values", "speed=3,12,40"), ("values", "G=0.2,0.6"))},
    "drives": {"drives": ("c_V=pulse(onset=1ms,width=1ms,amp=2)@lh-*", "c_V=pulse(onset=2ms,width=1ms,amp=-1)")},
    "noise off": {"noise": "off"},
    "common noise": {"noise": "common", "axes": (("values", "G=0.2,0.6"),)},
    "one variable's means": {"monitors": ("tavg:0.3ms:V",), "transient": "0.5 ms"},
    "means and statistics": {"monitors": ("tavg:0.25ms", "stats"), "transient": "0.5 ms"},
    "statistics": {"monitors": ("stats",), "transient": "1 ms"},
    "bold": {"monitors": ("bold:2ms:r", "stats:V"), "steps": 120, "transient": "1.5 ms"},
    "bold's correlations": {
        "monitors": ("fc:bold:2ms:V", "fcd:6ms:2ms:bold:2ms:r", "bold:2ms:r,V"),
        "steps": 320,
        "transient": "1 ms",
    },
    "correlations of two": {"monitors": ("fc:tavg:0.15ms", "stats"), "transient": "0.5 ms"},
    "correlations and means": {"monitors": ("fc:tavg:0.25ms:V", "tavg:0.25ms:r")},
    "correlations": {"monitors": ("fc:tavg:0.5ms:r",)},
    "euler": {"scheme": "euler", "monitors": ("stats", "raw:r")},
    "rk4": {"scheme": "rk4", "noise": "off"},
}
LONG = ("rk4", "correlations and means")


@pytest.mark.parametrize("kind", ["blocked", "lanes"])
@pytest.mark.parametrize("run", [r if r not in LONG else pytest.param(r, marks=pytest.mark.long) for r in RUNS])
def test_run(run: str, kind: str, device: Device) -> None:
    job = with_history(job_of("montbrio", **RUNS[run]))
    if kind == "lanes":
        job = _near_edge(job)
    found = run_cuda(job, device())
    assert found.plan is not None
    assert (found.plan.lanes == 1) == (kind == "blocked")
    assert apart(run_cpu_by_speed(job), found) < 1e-11


@pytest.mark.parametrize(
    ("monitors", "fetched"),
    [
        (("fc:tavg:0.25ms", "stats"), False),
        (("bold:1ms:r", "fc:bold:1ms:V"), False),
        pytest.param(("fc:tavg:0.25ms:V", "tavg:0.25ms:r"), True, marks=pytest.mark.long),
        pytest.param(("fc:tavg:0.25ms", "raw"), True, marks=pytest.mark.long),
    ],
)
def test_what_the_device_summarises_is_not_copied(monitors: tuple[str, ...], fetched: bool, device: Device) -> None:
    """And does not depend on slices or the order of threads."""
    job = with_history(job_of("montbrio", "synthetic:40:1", monitors=monitors, steps=100))
    expected = run_cuda(job, device())
    assert expected.rows.shape[2] == (0 if not fetched else 100 if "raw" in monitors else 20)
    assert all(np.isfinite(values).all() for lane in expected.recorded for values in lane.values())
    assert run_cuda(job, device(), (3, 31, 7, 40)).bits() == expected.bits()
    assert run_cuda(job, device(backwards=True)).bits() == expected.bits()


@pytest.mark.parametrize("kind", ["blocked", "shared", "lanes"])
@pytest.mark.parametrize("model", ["montbrio", "kuramoto", pytest.param("jansen_rit", marks=pytest.mark.long)])
def test_slices_and_the_order_of_threads_do_not_show(model: str, kind: str, device: Device) -> None:
    """Threads that race for a place would give other bits when the last goes first."""
    job = with_history(job_of(model, monitors=("raw", "stats"), transient="1 ms"))
    job = _near_edge(job) if kind == "lanes" and model != "kuramoto" else job
    if kind == "lanes" and model == "kuramoto":
        job = with_history(job_of("hopfield_dynamic", monitors=("raw", "stats"), transient="1 ms"))
    limits = _device_for(job, {"CLUSTER": 2 if kind == "shared" else 1}, device).limits
    made = partial(device, shared=limits.shared, cluster=limits.cluster)
    expected = run_cuda(job, made()).bits()
    assert run_cuda(job, made(), (1, 31, 7, 32, 3)).bits() == expected
    assert run_cuda(job, made(backwards=True)).bits() == expected


@pytest.mark.parametrize(
    ("model", "monitors"),
    [
        ("montbrio", ("tavg:0.7ms", "stats")),  # windows that end within blocks
        ("kuramoto", ("raw", "stats")),  # what is sent is computed
        # kept and recorded behind the block, where a thread has one region
        pytest.param("epileptor", ("tavg:0.7ms",), marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize("threads", [64, pytest.param(128, marks=pytest.mark.long)])
def test_slices_do_not_show_where_threads_have_several_regions(
    model: str, monitors: tuple[str, ...], threads: int, device: Device, monkeypatch: Any
) -> None:
    monkeypatch.setattr(plan, "BLOCKED_THREADS", {threads: 1000})
    job = with_history(job_of(model, "synthetic:40:1", 83, monitors=monitors, set=("speed=3",), trials=None))
    found = run_cuda(job, device())
    assert found.plan is not None
    assert (found.plan.macros["LANES"], found.plan.threads) == (1, threads)
    assert apart(run_cpu(job), found) < 1e-11
    for slices in ((3, 31, 7, 42), (5, 64, 14)):
        assert run_cuda(job, device(), slices).bits() == found.bits()


_OTHERS = ((1, 2), (1, 1), (2, 1), (4, 1))


@pytest.mark.parametrize("choice", [(2, 2), *(pytest.param(c, marks=pytest.mark.long) for c in _OTHERS)])
@pytest.mark.parametrize("speed", ["60", "inf"])
def test_simulations_of_a_thread(speed: str, choice: tuple[int, int], device: Device, monkeypatch: Any) -> None:
    """However many there are, they take the same steps."""
    monkeypatch.setattr(plan, "ABREAST_CHOICES", (choice,))
    asked: dict[str, Any] = {"set": (f"speed={speed}",), "monitors": ("tavg:0.3ms", "stats"), "precision": "float32"}
    job = with_history(_near_edge(job_of("montbrio", **asked)))
    found = run_cuda(job, device(), (3, 31, 7))
    assert found.plan is not None
    assert found.plan.lanes == 32 * choice[0]
    assert found.plan.macros["RESIDENT"] == choice[1]
    assert apart(run_cpu(job), found) < 1e-4


def test_fits_of_correlations(tmp_path: Path, device: Device) -> None:
    np.save(tmp_path / "fc.npy", np.corrcoef(np.random.default_rng(0).normal(size=(9, 20))))
    job = with_history(job_of("montbrio", target_fc=tmp_path / "fc.npy", **RUNS["correlations"]))
    found = run_cuda(job, device())
    assert all(np.isfinite(lane["fit_fc"]) for lane in found.recorded)
    assert apart(run_cpu(job), found) < 1e-11


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("fitted", [False, True])
def test_correlations_are_those_of_the_recorders(precision: str, fitted: bool, device: Device) -> None:
    """Bit for bit, rounded to what is stored unless a fit is made of them; NaN where a region never changes."""
    job = job_of("montbrio", precision=precision, **RUNS["correlations"])
    group = cuda_kernels(job, device()).group(range(2), 0)
    regions, lanes, rng = group.n_nodes, group.lanes, np.random.default_rng(1)
    target = rng.uniform(-0.9, 0.9, regions * (regions - 1) // 2) if fitted else None
    fc = DeviceFc(group, job.settings.monitors[0], target)
    samples = rng.normal(size=(lanes, 1, regions, 20)) * 10.0 ** rng.integers(-150, 150, (lanes, 1, regions, 1))
    samples[0, 0, 3] = 0.0
    samples[:, :, 5] = -2.0 * samples[:, :, 4]
    moments = (samples @ samples.swapaxes(-1, -2))[..., *np.triu_indices(regions)]
    fc.moments.set(moments)
    expected = correlations(moments, regions)
    assert np.isnan(expected[0]).sum() == regions - 1
    assert (expected == -1.0).any()
    for lane in range(lanes):
        found = fc.result(lane, None)
        np.testing.assert_array_equal(found["fc"], expected[lane] if fitted else expected[lane].astype(precision))
        if target is not None:
            np.testing.assert_array_equal(found["fit_fc"], fit_fc(expected[lane, 0], target))
    unit = {"fc": np.full((5, 1, expected.shape[-1]), -9.0, precision), "fit_fc": np.full(5, -9.0)}
    fc.put(Room(0, np.array([3, 1]), unit), [None, 7])
    np.testing.assert_array_equal(unit["fc"][3], expected[0].astype(precision))
    assert np.isnan(unit["fc"][1]).all()
    assert (unit["fc"][[0, 2, 4]] == -9.0).all()


@pytest.mark.parametrize("speed", ["3", "inf"])
def test_an_angle_may_begin_far_away(speed: str, device: Device) -> None:
    """A million turns from zero, where sines and cosines that trust in wrapped angles are not right."""
    far = 6_300_000.0
    wrapped = far % (2.0 * np.pi)
    begun = (
        job_of("kuramoto", noise="off", precision="float32", set=(f"speed={speed}",), init=(f"theta={theta!r}",))
        for theta in (far, wrapped)
    )
    found, expected = (run_cuda(job, device()) for job in begun)
    assert (found.rows == expected.rows).all()
    assert np.ptp(found.rows) > 0.01


def test_an_angle_of_float64_may_begin_far_away(device: Device) -> None:
    job = job_of("kuramoto", noise="off", init=("theta=6300000.0",), monitors=("raw", "stats"))
    assert apart(run_cpu(job), run_cuda(job, device())) < 1e-7


def test_divergence_is_told_as_by_engine_cpu(tmp_path: Path, device: Device) -> None:
    """The step, the region and the state at which a simulation ceases to be finite."""
    job = job_of("montbrio", noise="off", init=("r=1e150",), monitors=("raw", "stats"))
    for wired in (job, _near_edge(job)):
        expected, found = run_cpu(wired), run_cuda(wired, device())
        assert (expected.stopped[0] >= 0).all()
        np.testing.assert_array_equal(found.stopped, expected.stopped)


def test_the_first_of_several_regions_that_fault_is_told(device: Device) -> None:
    """Also where a warp has them all."""
    asked: dict[str, Any] = {"set": ("speed=inf", "G=0"), "noise": "off", "monitors": ("stats",)}
    job = with_history(job_of("montbrio", "synthetic:40:1", 4, **asked))
    made = cuda_kernels(job, device()).plan(job.speeds(0), 0)
    order, begins = made.tables.turns(made.threads // 32)
    assert job.settings.past is not None
    several = [regions for regions in np.split(order, begins[1:-1]) if regions.size > 1]
    assert several
    for regions in several:
        past = job.settings.past.copy()
        past[-1][:, regions] = 1e200
        faulty = remade(job, settings=replace(job.settings, past=past))
        expected, found = run_cpu(faulty), run_cuda(faulty, device())
        assert (expected.stopped[1] == regions.min()).all()
        np.testing.assert_array_equal(found.stopped, expected.stopped)


@pytest.mark.parametrize("speed", [pytest.param("3", marks=pytest.mark.long), "inf"])
def test_an_infinite_sum_stays_so(speed: str, tmp_path: Path, device: Device) -> None:
    """What fills rows of edges up must not make it NaN: here a region sends inf while its state is finite."""
    text = (MODELS / "montbrio.xml").read_text()
    for old, new in (
        ('value="r_j" exposure="pre"', 'value="exp(r_j * unit) / unit" exposure="pre"'),
        ('value="G * gx" exposure="post"', 'value="tanh(G * gx)" exposure="post"'),
        ('<Parameter name="G"', '<Constant name="unit" dimension="time" value="1 ms"/>\n        <Parameter name="G"'),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    (tmp_path / "model.xml").write_text(text)
    job = with_history(job_of(tmp_path / "model.xml", steps=4, set=(f"speed={speed}",), precision="float32"))
    assert job.settings.past is not None
    past = job.settings.past.copy()
    past[:, 0, 0] = 100.0
    job = remade(job, settings=replace(job.settings, past=past))
    expected, found = run_cpu(job), run_cuda(job, device())
    assert (expected.stopped[0] == 2).all(), "the sum is infinite, and the state finite, for two steps"
    np.testing.assert_array_equal(found.stopped, expected.stopped)
