"""A sweep before it runs: what was filled in, as a request, its plan and its command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rateml import api
from rateml.errors import UserError
from rateml.request.settings import Request


def plan(form: Mapping[str, Any], cwd: str) -> dict[str, Any]:
    """Simulations, steps, memory and disk of a filled-in form, what is doubtful in it, and the command line."""
    request = _request(form)
    engine, devices = form["engine"], form["devices"] or None
    threads = _whole(form["threads"], "threads")
    file, out = Path(form["model"]), Path(form["out"])
    connectome = form["connectome"] or None
    command = api.command_line(
        file, connectome, request, out, engine=engine, devices=devices, threads=threads
    )  # fmt: skip
    worker = api.make_engine(engine, threads, devices)
    job = api.prepare(file, connectome, request, target=api.target_of(engine))
    planned = api.plan(job, Path(cwd) / out, worker)
    return {
        "command": command,
        "plan": asdict(planned),
        "axes": [str(axis) for axis in job.settings.axes],
        "dt": job.settings.dt,
        "scheme": job.settings.scheme,
        "network": [line for summary in api.summary(job) for line in summary.lines()],
        "warnings": [*_made_up(connectome), *api.cautions(job)],
        "notes": list(job.settings.notes),
        "refused": _refused(planned),
        "exists": (Path(cwd) / out).exists(),
    }


def _made_up(connectome: str | None) -> list[str]:
    return [] if connectome else [f"no connectome given: using {api.DEFAULT_CONNECTOME}, a made-up network"]


def _refused(planned: api.Plan) -> str:
    try:
        api.refuse(planned)
    except UserError as error:
        return str(error)
    return ""


def _request(form: Mapping[str, Any]) -> Request:
    given = {name: str(form[name]).strip() for name in ("duration", "transient", "dt", "scheme")}
    return Request(
        axes=tuple(_axis(axis) for axis in form["axes"]),
        set=tuple(str(form["set"]).split()),
        duration=given["duration"] or Request.duration,
        transient=given["transient"] or Request.transient,
        dt=given["dt"] or None,
        scheme=form["scheme"] or None,
        monitors=tuple(str(form["monitors"]).split()) or Request.monitors,
        noise=form["noise"],
        seed=_whole(form["seed"], "seed") or 0,
        trials=_whole(form["trials"], "trials"),
        precision=form["precision"],
    )


def _axis(axis: Mapping[str, str]) -> tuple[str, str]:
    """``(kind, NAME=LO:HI:N)``, as the command line has it."""
    name, low, high, count = (axis[k].strip() for k in ("name", "low", "high", "count"))
    if not (low and high and count):
        raise UserError(f"{name}: fill in from, to and how many")
    return axis["kind"], f"{name}={low}:{high}:{count}"


def _whole(text: str, what: str) -> int | None:
    try:
        return int(text) if text.strip() else None
    except ValueError:
        raise UserError(f"{what}: write a whole number, not {text!r}") from None
