"""The kernel that is chosen fits the device, for the limits of GPUs from a T4 to an H200, and says why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from comparing import MODELS

from rateml import api
from rateml.engines.cuda.group import CudaKernels
from rateml.engines.job import Job
from rateml.request.settings import Request
from rateml.standalone.plan import Limits

GB = 2**30
DEVICES = (
    Limits("T4", 64 * 1024, 40, 15 * GB, "7.5"),
    Limits("A100", 163 * 1024, 108, 79 * GB, "8.0"),
    Limits("L40", 99 * 1024, 142, 47 * GB, "8.9"),
    Limits("H100", 227 * 1024, 132, 79 * GB, "9.0", cluster=8),
    Limits("H200", 227 * 1024, 132, 139 * GB, "9.0", cluster=8),
)


@dataclass
class Named:
    """A device of which only the limits are asked."""

    limits: Limits


def _plan(job: Job, limits: Limits):
    kernels = CudaKernels(job, "", [Named(limits)])  # type: ignore[list-item]  # see Named
    return kernels.plan(job.speeds(0), 0), kernels


def _job(model: str, connectome: str, **asked: object) -> Job:
    request = Request(**({"duration": "100 ms"} | asked))  # type: ignore[arg-type]  # any request
    return api.prepare(MODELS / f"{model}.xml", connectome, request, sweep=False, target="cuda")


MODELS_AND_NETWORKS = [
    pytest.param(model, f"synthetic:{n_nodes}:0", marks=() if n_nodes < 200 else pytest.mark.long)
    for model in ("kuramoto", "montbrio", "hopfield_dynamic", "epileptor", "couplings")
    for n_nodes in (2, 68, 200, 500)
]


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize(("model", "connectome"), MODELS_AND_NETWORKS)
def test_the_plan_fits(model: str, connectome: str, precision: str) -> None:
    for speed in ("1", "3", "30"):
        delayed = {} if model == "hopfield_dynamic" else {"set": (f"speed={speed}",)}
        job = _job(model, connectome, precision=precision, **delayed)
        for limits in DEVICES:
            plan, kernels = _plan(job, limits)
            assert 0 < plan.shared <= limits.shared, (limits.name, plan.reason)
            assert plan.threads % 32 == 0
            assert plan.threads <= 1024
            for count in (1, 10**6):
                assert 1 <= kernels.lanes(count, 1) <= count


@pytest.mark.parametrize("cluster", [1, 8])
def test_more_room_never_ends_the_blocks(cluster: int) -> None:
    """A device with more on chip takes the blocked kernel if one with less does, and uses what it has."""
    job = _job("montbrio", "synthetic:30:0", precision="float32")
    limits = next(limits for limits in DEVICES if limits.name == "H200")
    plans = [_plan(job, replace(limits, shared=shared, cluster=cluster))[0] for shared in range(9_000, 48_000, 64)]
    lanes = [plan.lanes for plan in plans]
    assert lanes == sorted(lanes, reverse=True)
    assert set(lanes) == {1, 32}
    on_chip = [plan.macros["EDGES_SHARED"] for plan in plans if plan.lanes == 1]
    assert on_chip == sorted(on_chip)
    assert set(on_chip) == {0, 1}
    shared_by = [plan.tables.cluster for plan in plans if plan.lanes == 1]
    assert shared_by == sorted(shared_by, reverse=True)
    assert max(shared_by) == cluster


@pytest.mark.parametrize(
    ("device", "speed", "reason"),
    [
        ("H200", "3", "time-blocked path: every region integrates 32 steps on its own; history on chip"),
        ("T4", "3", "history in global memory"),
        ("H200", "1", "history in global memory"),
        ("H200", "inf", "no-delay path"),
    ],
)
def test_the_reason(device: str, speed: str, reason: str) -> None:
    """The work of the issue: Montbrió over 68 regions in float32."""
    limits = next(limits for limits in DEVICES if limits.name == device)
    job = _job("montbrio", "synthetic:68:0", precision="float32", dt="0.1 ms", set=(f"speed={speed}",))
    assert reason in _plan(job, limits)[0].reason


@pytest.mark.parametrize(
    ("connectome", "precision", "cluster"),
    [("synthetic:68:0", "float32", 1), ("synthetic:200:0", "float32", 2), ("synthetic:200:0", "float64", 4)],
)
def test_large_networks_are_shared(connectome: str, precision: str, cluster: int) -> None:
    """By as few processors as have room for the edges, of GPUs that have clusters."""
    job = _job("montbrio", connectome, precision=precision, dt="0.1 ms", set=("speed=3",))
    plans = {limits.name: _plan(job, limits)[0] for limits in DEVICES}
    assert [plan.tables.cluster for plan in plans.values()] == [1, 1, 1, cluster, cluster]
    assert plans["H200"].macros["EDGES_SHARED"] == 1
    assert ("processors share a simulation" in plans["H200"].reason) == (cluster > 1)
    assert plans["H200"].blocks(6) == 6 * cluster


def test_a_model_without_couplings_has_no_history(tmp_path: Path) -> None:
    path = tmp_path / "alone.xml"
    path.write_text(
        """<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
        <ComponentType name="Alone" rml:role="model" rml:scheme="heun" rml:dt="0.1 ms">
        <Parameter name="tau" dimension="time"/><Exposure name="x" dimension="none"/>
        <Dynamics><StateVariable name="x" dimension="none" exposure="x"/>
        <TimeDerivative variable="x" value="(1 - x) / tau"/></Dynamics></ComponentType>
        <Component id="node" type="Alone" tau="10 ms"/></Lems>"""
    )
    reason = _plan(_job(str(path.with_suffix("")), "synthetic:9:1"), DEVICES[-1])[0].reason
    assert reason.endswith("on its own; no history")


def test_what_needs_every_step_is_told(tmp_path: Path) -> None:
    reason = _plan(_job("hopfield_dynamic", "synthetic:9:1"), DEVICES[-1])[0].reason
    assert "per-step path: " in reason
    assert "takes the mean over all regions" in reason


@pytest.mark.parametrize(
    ("n_nodes", "speed", "threads", "resident"),
    [(4, 3, 128, 8), (16, 3, 160, 5), (34, 3, 352, 2), (68, 10, 512, 2), (68, 3, 512, 1)],
)
def test_several_blocks_on_a_processor(n_nodes: int, speed: int, threads: int, resident: int) -> None:
    """Where there is room for them, with fewer threads each."""
    limits = next(limits for limits in DEVICES if limits.name == "H200")
    job = _job("reduced_wong_wang", f"synthetic:{n_nodes}:0", precision="float32", dt="0.1 ms", set=(f"speed={speed}",))
    plan, _ = _plan(job, limits)
    assert (plan.lanes, plan.threads, plan.macros["RESIDENT"]) == (1, threads, resident)
    assert resident * (plan.shared + 1024) <= limits.shared + 1024


@pytest.mark.parametrize(("monitor", "resident", "recorded"), [("tavg:1ms", 2, 0), ("stats", 1, 1)])
def test_two_simulations_a_thread(monitor: str, resident: int, recorded: int) -> None:
    """Two blocks of them on a processor where the statistics are not in the way; every region has its warp."""
    limits = next(limits for limits in DEVICES if limits.name == "H200")
    plan, _ = _plan(
        _job("reduced_wong_wang", "synthetic:68:0", precision="float32", set=("speed=inf",), monitors=(monitor,)),
        limits,
    )
    assert plan.lanes == 64
    assert {"RESIDENT": resident, "RECORDS_SHARED": recorded}.items() <= plan.macros.items()
    assert resident * (plan.shared + 1024) <= limits.shared + 1024
    order, share = plan.tables.turns(plan.threads // 32)
    assert sorted(order) == list(range(68))
    assert share[-1] == 68
    regions = np.diff(share)
    assert [regions[k::4].sum() for k in range(4)] == [17] * 4
