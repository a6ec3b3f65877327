"""The options that several commands share, with the help that teaches them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Precision(StrEnum):
    float32 = "float32"
    float64 = "float64"


class Scheme(StrEnum):
    euler = "euler"
    heun = "heun"
    rk4 = "rk4"


class Noise(StrEnum):
    on = "on"
    off = "off"
    common = "common"


class Rows(StrEnum):
    target = "target"
    source = "source"


ModelFile = Annotated[Path, typer.Argument(metavar="FILE", help="A RateML model file.", show_default=False)]
_NETWORK = "Network"
_MODEL = "Model"
_TIME = "Integration"
_RECORD = "Recording"

ConnectomeOption = Annotated[
    str | None,
    typer.Option(
        metavar="C",
        rich_help_panel=_NETWORK,
        help=(
            "`SOURCE[,diag=0][,scale=none|max|in-strength][,log1p][,threshold=X]`. SOURCE: `tvb:68` (66, 68, 76, "
            "96, 192), a TVB zip or folder, an `.npz`, `weights.csv+lengths.csv`, `synthetic:N:SEED`. "
            "Default: `synthetic:68:0`."
        ),
    ),
]
RowsOption = Annotated[
    Rows | None,
    typer.Option(
        "--connectome-rows", rich_help_panel=_NETWORK, help="What a row of a CSV is; an asymmetric CSV must state it."
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=V",
        rich_help_panel=_MODEL,
        help=(
            "Fix a parameter: `G=0.4`, `'tau=10 ms'`, `long_range.G=0.4`, `'speed=3 m_per_s'`, some regions "
            "`'eta[r_frontalpole,lh-*]=-4'`, all regions from a file `eta=@eta.csv:COLUMN` (joined by label) or "
            "`.npy`, one of the BOLD signal `bold.E0=0.34`. A bare number is in base units (ms, mm, mm/ms, mV, nA). "
            "Repeatable."
        ),
    ),
]
InitOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="VAR=V", rich_help_panel=_MODEL, help="Set an initial state, written as for --set. Repeatable."
    ),
]
HistoryOption = Annotated[
    Path | None,
    typer.Option(
        metavar="F.npz",
        rich_help_panel=_MODEL,
        help="The past: one array (steps, region) per state, the last row is t = 0; constant before the first.",
    ),
]
DriveOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PORT=D",
        rich_help_panel=_MODEL,
        help=(
            "What comes into an input of the model that no coupling feeds: `PORT=FILE.npz` (`time` in ms, "
            "`value[time, region]`, each sample held until the next, 0 before the first) or "
            "`'PORT=pulse(onset=500ms,width=100ms,amp=1)@lh-V1,rh-V1'` (without `@`: everywhere). t = 0 is the start "
            "of the transient. Several to one port add up. Repeatable."
        ),
    ),
]
DurationOption = Annotated[str, typer.Option(metavar="Q", rich_help_panel=_TIME, help="Recorded time, `4s`, `500 ms`.")]
TransientOption = Annotated[
    str, typer.Option(metavar="Q", rich_help_panel=_TIME, help="Time simulated before the recording starts.")
]
DtOption = Annotated[
    str | None, typer.Option(metavar="Q", rich_help_panel=_TIME, help="Time step; default: the model's rml:dt.")
]
SchemeOption = Annotated[
    Scheme | None, typer.Option(rich_help_panel=_TIME, help="Integration scheme; default: the model's rml:scheme.")
]
NoiseOption = Annotated[
    Noise,
    typer.Option(
        rich_help_panel=_TIME,
        help=(
            "`common`: every point of a sweep sees the same random numbers. `off`: no noise in the steps; random "
            "initial states (OnStart) stay, and differ per point: use `common` or fix them with --init."
        ),
    ),
]
SeedOption = Annotated[int, typer.Option(metavar="N", rich_help_panel=_TIME, help="Seed of all random numbers.")]
PrecisionOption = Annotated[Precision, typer.Option(rich_help_panel=_TIME, help="Floating point of the simulation.")]
MonitorOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="M",
        rich_help_panel=_RECORD,
        help=(
            "`raw[:VAR,…]` every step, `tavg:PERIOD[:VAR,…]` temporal average, `stats[:VAR,…]` mean and variance, "
            "`bold[:PERIOD]:VAR` BOLD signal every 2 s, `fc:MONITOR` correlations (`fc:bold:2s:r`, `fc:tavg:10ms`), "
            "`fcd:WINDOW:STEP[:VAR][:full]` how connectivity changes (`fcd:60s:2s:r`). Repeatable."
        ),
    ),
]
TargetFcOption = Annotated[
    Path | None,
    typer.Option(
        "--target-fc",
        metavar="EMP.npy",
        rich_help_panel=_RECORD,
        help=(
            "Measured functional connectivity (regions in the connectome's order) to compare `fc` with: `fit_fc`, the "
            "correlation of Fisher-z upper triangles, is stored for every simulation."
        ),
    ),
]
TargetFcdOption = Annotated[
    Path | None,
    typer.Option(
        "--target-fcd",
        metavar="EMP.npy",
        rich_help_panel=_RECORD,
        help="Measured connectivity dynamics to compare `fcd` with: `fit_fcd`, the Kolmogorov-Smirnov distance.",
    ),
]
ThreadsOption = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Threads; default: all cores. Results do not depend on it.")
]
EngineOption = Annotated[
    str,
    typer.Option(
        "--engine",  # spelled out: an older typer takes the metavar for the name
        metavar="ENGINE", help="What computes: `cpu`, or `cuda`, an NVIDIA GPU. See `rateml doctor`.",
    ),
]  # fmt: skip
DevicesOption = Annotated[
    str | None,
    typer.Option(metavar="D", help="GPUs of engine cuda: `all`, or numbers, `0,1`; default: the first."),
]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", "-v", help="Also say which path through the kernels computes, and why.")
]
TimeLimitOption = Annotated[
    str | None,
    typer.Option(
        metavar="T",
        help="Stop cleanly after this wall-clock time, `55min`, `1:30:00`: exit code 75, go on with --resume.",
    ),
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Remove an older store at -o first, unless another run is writing it.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors and warnings only.")]
