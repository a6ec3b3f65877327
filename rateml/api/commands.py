"""The command line that runs a request: what a user copies to run the same without us."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Final, Literal

from rateml.engines.origin import read_kept
from rateml.request.settings import RUN_MONITORS, Request
from rateml.results import read_manifest, run_folder

_REPEATED: Final = {"set": "--set", "init": "--init", "drives": "--drive", "monitors": "--monitor", "ranges": "--range"}


def command_line(
    file: Path,
    connectome: str | None,
    request: Request,
    out: Path,
    *,
    rows: Literal["target", "source"] | None = None,
    engine: str = "cpu",
    devices: str | None = None,
    threads: int | None = None,
) -> tuple[str, ...]:
    """The words of ``rateml sweep`` that ask for ``request``, or of ``rateml run`` when it asks for one simulation.

    Options at their defaults are left out, and ``threads`` of one simulation, which has one.
    """
    words = ["rateml", "run" if request.is_single else "sweep", str(file)]
    if request.is_single:
        threads = None
    given = {
        "--connectome": connectome, "--connectome-rows": rows, "--devices": devices, "--threads": threads,
        "--engine": None if engine == "cpu" else engine,
    }  # fmt: skip
    words += [word for option, value in given.items() if value is not None for word in (option, str(value))]
    for kind, text in request.axes:
        words += [f"--{kind}", text]
    plain = Request(monitors=RUN_MONITORS) if request.is_single else Request()
    for field in fields(Request):
        value = getattr(request, field.name)
        if value == getattr(plain, field.name):
            continue
        if field.name in _REPEATED:
            words += [word for text in value for word in (_REPEATED[field.name], text)]
        elif field.name != "axes":
            words += [f"--{field.name.replace('_', '-')}", str(value)]
    return (*words, "-o", str(out))


def reproducing(store: Path, out: Path) -> tuple[str, ...]:
    """The command line that makes the sweep or the run of ``store`` again at ``out``, from the inputs kept beside it.

    Raises StoreError when they are not there any more.
    """
    kept = read_kept(run_folder(store))
    engine = str(read_manifest(run_folder(store) / "manifest.json").identity["engine"])
    return command_line(kept.model, kept.connectome, kept.request, out, rows=kept.rows, engine=engine)
