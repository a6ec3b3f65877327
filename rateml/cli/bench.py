"""``rateml bench``: how fast this machine sweeps, against TVB where it is installed."""

from __future__ import annotations

import tempfile
from importlib import util
from pathlib import Path
from typing import Annotated

import typer

from rateml.cli import exits
from rateml.cli.console import console, note
from rateml.cli.models import shipped
from rateml.cli.options import Precision, PrecisionOption, ThreadsOption


def bench(
    simulations: Annotated[int, typer.Option(min=1, metavar="N", help="Parameter sets.")] = 32,
    duration: Annotated[float, typer.Option(min=1.0, metavar="MS", help="Simulated time per set.")] = 400.0,
    threads: ThreadsOption = None,
    precision: PrecisionOption = Precision.float64,
) -> int:
    """Measure the sweep of the Montbrió model, and TVB's simulator on the same work in the same run.

    68 regions, conduction speed 2 mm/ms, dt 0.1 ms, Heun, noise, temporal average of 1 ms, as in the RateML paper.
    Compilation is not counted. Quote the ratio: absolute rates depend on what else the machine does.

    Example: `rateml bench --threads 1`
    """
    from rateml import api
    from rateml.engines.cpu import CpuEngine
    from rateml.engines.events import Finished
    from rateml.request.settings import Request

    has_tvb = util.find_spec("tvb_data") is not None and util.find_spec("tvb") is not None
    connectome = "tvb:68" if has_tvb else api.DEFAULT_CONNECTOME
    request = Request(
        axes=[("grid", f"G=0.1:1:{simulations}")], set=["speed=2"], dt="0.1", scheme="heun",
        duration=f"{duration:g}", monitors=["tavg:1ms"], precision=precision.value,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="rateml-bench-") as scratch:
        model = Path(scratch) / "montbrio.xml"
        model.write_text(shipped()["montbrio"], encoding="utf-8")
        job = api.prepare(model, connectome, request)
        events = list(api.execute(job, Path(scratch) / "bench.zarr", CpuEngine(threads)))
    finished = next(event for event in events if isinstance(event, Finished))
    console.print(f"{'':28}{'simulation steps/s':>20}{'threads':>9}")
    console.print(f"{'rateml cpu ' + precision.value:28}{finished.rate:>20,.0f}{threads or CpuEngine().threads:>9}")
    if not has_tvb:
        note("no peer to compare with: pip install tvb-library tvb-data")
        return exits.OK
    from rateml.cli.bench_tvb import tvb_rate

    rate = tvb_rate(duration)
    console.print(f"{'TVB Simulator (numpy)':28}{rate:>20,.0f}{1:>9}")
    console.print(f"{'ratio':28}{finished.rate / rate:>20,.1f}")
    return exits.OK
