"""One simulation of a store again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rateml.api.pipeline import prepare
from rateml.engines.choose import make_engine, target_of
from rateml.engines.cpu import CpuEngine
from rateml.engines.job import Job
from rateml.engines.origin import read_kept
from rateml.engines.provenance import identify
from rateml.engines.replay import require_inputs, simulation_at
from rateml.errors import EngineUnavailable
from rateml.results import read_manifest, run_folder
from rateml.results.store import read_store_id


def engine_of(store: Path) -> CpuEngine:
    """The engine that made a store, which alone can replay it bit for bit; EngineUnavailable where it cannot run."""
    read_store_id(store)  # raises StoreError where there is no store
    name = str(read_manifest(run_folder(store) / "manifest.json").identity["engine"])
    try:
        return make_engine(name)
    except EngineUnavailable as error:
        raise EngineUnavailable(f"{store} was made by engine {name}, and only that replays it: {error}") from error


def replay(
    store: Path,
    select: Mapping[str, str],
    monitors: Sequence[str],
    *,
    connectome: str | None = None,
    force: bool = False,
    engine: CpuEngine | None = None,
) -> Job:
    """The job of one simulation of ``store``, made from what was kept beside it; its bits are those of the sweep.

    ``select`` names a value of every dimension, as ``--sel`` does; dimensions of one value may be left out.
    ``connectome`` is where the network is now, if it was moved. ``engine`` is what will run the job; without it
    ``engine_of`` the store. Raises StoreError when the inputs are not those of the store any more; ``force`` accepts
    other package versions and another processor.
    """
    manifest = read_manifest(run_folder(store) / "manifest.json")
    engine = engine or engine_of(store)
    target = target_of(engine.name)
    kept = read_kept(run_folder(store))
    point, trial = simulation_at(store, select)
    request = kept.request
    swept = manifest.identity["axes"] != [] or manifest.identity["trials"] is not None
    network = connectome or kept.connectome
    whole = prepare(kept.model, network, request, sweep=swept, rows=kept.rows, target=target)
    require_inputs(store, manifest.identity, identify(whole, engine), network, force=force)
    values = zip(whole.settings.axes, whole.settings.point_values(point), strict=True)
    single = replace(
        request, axes=(), points=None, sobol=None, ranges=(), trials=None, monitors=tuple(monitors),
        set=(*request.set, *(f"{axis.name}={value!r}" for axis, value in values)),
        point=request.point + point, trial=request.trial + trial,
    )  # fmt: skip
    job = prepare(kept.model, network, single, sweep=False, rows=kept.rows, target=target)
    if not swept:
        return job
    at = whole.settings.told_point(point) + (f", trial {trial}" if whole.settings.trials else "")
    return replace(job, settings=replace(job.settings, notes=(*job.settings.notes, f"this is {at} of {store}")))
