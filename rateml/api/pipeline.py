"""From a model file to code, and to a job of an engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from rateml.checks import Checked, check_file
from rateml.codegen import Artifact, find_target, generate
from rateml.connectome import absolute, load_connectome
from rateml.engines.choose import Target
from rateml.engines.job import Job
from rateml.engines.origin import Origin
from rateml.errors import ModelError
from rateml.ir.lower import lower
from rateml.ir.program import Precision, Program
from rateml.passes import run_passes
from rateml.request.given import find_swept
from rateml.request.settings import Request, read_settings

DEFAULT_CONNECTOME = "synthetic:68:0"


def check(path: Path | str) -> Checked:
    """The model of a file and its diagnostics; UserError when the file cannot be read."""
    return check_file(path)


def read_program(path: Path | str) -> Program:
    """The lowered program of a file; ModelError with every diagnostic when it has errors."""
    return _lowered(check_file(path))


def _lowered(checked: Checked) -> Program:
    if checked.model is None or not checked.ok:
        raise ModelError(checked.diagnostics, checked.sources)
    return lower(checked.model)


def build(path: Path | str, target: str = "numba", precision: Precision = "float64") -> Artifact:
    """The code of a file for ``target``; ModelError when the model has errors or asks for what the target cannot do."""
    chosen = find_target(target)
    checked = check_file(path)
    program = run_passes(_lowered(checked), until=chosen.last_pass)
    refused = chosen.refusals(program, precision)
    if refused:
        raise ModelError(refused, checked.sources)
    artifact = chosen.generate(program, precision)
    return artifact if chosen.complete is None else chosen.complete(program, artifact, checked.sources)


def prepare(
    path: Path | str,
    connectome: str | None = None,
    request: Request | None = None,
    *,
    sweep: bool = True,
    rows: Literal["target", "source"] | None = None,
    chunk: int | None = None,
    later: Sequence[str] | None = None,
    target: Target = "numba",
) -> Job:
    """Everything a run needs, checked: a run of ``sweep=False`` has no axes.

    ``target`` is that whose code the engine runs, see ``target_of``.
    ``later`` are the parameters whose values come with every call of a Simulator.
    """
    request = request or Request()
    connectome = connectome or DEFAULT_CONNECTOME
    checked = check_file(path)
    lowered = _lowered(checked)
    network = load_connectome(connectome, rows=rows)
    targets = () if later is None else find_swept(lowered, later)
    settings = read_settings(lowered, network.labels, request, sweep=sweep, later=targets)
    program = run_passes(replace(lowered, step=settings.dt, scheme=settings.scheme))
    origin = Origin(*_texts(checked), absolute(connectome), rows, request)
    job = Job(program, generate(program, target, settings.precision), network, settings, chunk, origin)
    if not any(target.couplings for target in targets):
        job.check_delays()
    return job


def _texts(checked: Checked) -> tuple[str, dict[str, str]]:
    """The name of a model's file, and the text of all its files by their paths below its folder."""
    folder = Path(checked.source.name).parent
    texts = {Path(name).relative_to(folder).as_posix(): source.text for name, source in checked.sources.items()}
    return Path(checked.source.name).name, texts
