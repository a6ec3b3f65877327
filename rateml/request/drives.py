"""Drives: what comes into a model's ports from outside, ``--drive PORT=FILE.npz`` and ``--drive 'PORT=pulse(…)@…'``.

A port is a Requirement of the model that no coupling feeds. Drives to one port add up; one without any is 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rateml.diagnostics.suggest import closest
from rateml.errors import UserError
from rateml.ir.program import Input, Program
from rateml.model.dimension import base_unit
from rateml.request.pulse import read_pulse
from rateml.request.samples import read_samples

Values = NDArray[np.float64]


class Source(Protocol):
    """One ``--drive``."""

    def add_to(self, out: Values, first: int) -> None:
        """Add the values at the steps ``first``, ``first + 1``, … to ``out`` (steps, region)."""

    @property
    def content(self) -> Mapping[str, Any]:
        """What decides the values, as plain JSON."""

    @property
    def ends(self) -> int:
        """The step from which on the values stay the same."""


@dataclass(frozen=True)
class Drive:
    """The drives of a run. ``ports`` are all ports of the program in its order, ``sources`` those of each."""

    ports: tuple[str, ...]
    sources: tuple[tuple[Source, ...], ...]
    n_nodes: int

    def values(self, first: int, steps: int) -> Values:
        """(port, step, region) float64 in base units at t_n = n·dt, n = ``first`` … ``first + steps - 1``.

        n counts from 0, the start of the transient. What a step's value is does not depend on the slice it is asked
        for in: several drives of a port are added to 0 in the order of the command line.
        """
        out = np.zeros((len(self.ports), steps, self.n_nodes))
        for port, sources in zip(out, self.sources, strict=True):
            for source in sources:
                source.add_to(port, first)
        return out

    @property
    def ends(self) -> int:
        """The step from which on the values stay the same."""
        return max((source.ends for sources in self.sources for source in sources), default=0)

    @property
    def driven(self) -> tuple[str, ...]:
        """The ports that something drives."""
        return tuple(port for port, sources in zip(self.ports, self.sources, strict=True) if sources)

    @property
    def content(self) -> dict[str, list[dict[str, Any]]]:
        """What decides the values, by port: equal contents are equal drives."""
        pairs = zip(self.ports, self.sources, strict=True)
        return {port: [dict(source.content) for source in sources] for port, sources in pairs if sources}


def read_drives(
    program: Program, texts: Sequence[str], regions: Sequence[str], dt: float, steps: int
) -> tuple[Drive | None, list[str]]:
    """The drives of a run of ``steps`` steps of ``dt`` ms, None without any; and what is likely a mistake in them."""
    found: dict[str, list[Source]] = {port.name: [] for port in program.ports}
    warnings: list[str] = []
    for text in texts:
        option = f"--drive {text}"
        name, equals, body = (part.strip() for part in text.partition("="))
        if not name or not equals or not body:
            raise UserError(f"{option}: write it as --drive PORT=FILE.npz or --drive '{_EXAMPLE}'")
        port = _port(program, name, option)
        source, said = _source(program, port, body, option, regions, dt, steps)
        found[port.name].append(source)
        warnings += said
    if not texts:
        return None, []
    return Drive(tuple(found), tuple(map(tuple, found.values())), len(regions)), warnings


_EXAMPLE = "PORT=pulse(onset=500ms,width=100ms,amp=1)@REGION,REGION"


def file_of(body: str) -> Path | None:
    """The file of what stands behind ``PORT=``; None when that is a function such as ``pulse(…)``."""
    name, bracket, _ = body.partition("(")
    function = bracket and name.strip().isidentifier() and Path(body).suffix != ".npz"
    return None if function else Path(body)


def _source(
    program: Program, port: Input, body: str, option: str, regions: Sequence[str], dt: float, steps: int
) -> tuple[Source, list[str]]:
    path = file_of(body)
    if path is None:
        name = body.partition("(")[0].strip()
        if name != "pulse":
            raise UserError(f"{option}: there is no drive '{name}'; there is pulse, as in '{_EXAMPLE}'")
        return read_pulse(body, port.dimension, program.units, option, regions, dt, steps)
    return read_samples(path, option, regions, dt, steps, base_unit(port.dimension))


def _port(program: Program, name: str, option: str) -> Input:
    port = next((p for p in program.ports if p.name == name), None)
    if port is not None:
        return port
    feeding = next((c.id for c in program.couplings if c.input == name), None)
    known = [p.name for p in program.ports]
    ports = f"the ports are {', '.join(known)}" if known else "this model has no port: a coupling feeds every input"
    if feeding is not None:
        raise UserError(f"{option}: '{name}' is fed by the coupling '{feeding}' and so no port; {ports}")
    near = closest(name, known)
    raise UserError(f"{option}: there is no port '{name}'; " + (f"did you mean '{near}'?" if near else ports))
