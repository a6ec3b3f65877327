"""What the templates of the numba target read: every expression already spelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """``target = value``; ``mark`` ties the line to the model file."""

    target: str
    value: str
    mark: str


@dataclass(frozen=True)
class Block:
    """The body of a generated function: loads and assignments, then the results."""

    lines: tuple[Line, ...]
    results: tuple[str, ...]


@dataclass(frozen=True)
class ConditionBlock:
    """One OnCondition; ``fresh`` are the new values, assigned at once to ``targets``, ``lines`` what it needs."""

    lines: tuple[Line, ...]
    test: str
    targets: tuple[str, ...]
    fresh: tuple[str, ...]
    mark: str


@dataclass(frozen=True)
class FactorLine:
    """One term of a separated coupling; an empty ``target`` stands for 1, without ``source`` the weights are summed.

    ``source`` is a row of the ring, ``row`` one of the sums; what is read of the ring is put through ``function``,
    where there is one.
    """

    target: str
    source: int | None
    row: int | None
    function: str = ""

    def of(self, heard: str) -> str:
        return f"{self.function}({heard})" if self.function else heard


@dataclass(frozen=True)
class CouplingBlock:
    """One coupling: ``source`` and ``target`` are loads per edge and per region, ``row`` is of an unseparated sum."""

    id: str
    index: int
    input: int
    gx: str
    reduce: str
    target: tuple[Line, ...]
    source: tuple[Line, ...]
    factors: tuple[FactorLine, ...]
    row: int | None
    pre: str
    node: tuple[Line, ...]
    post: str
    mark: str


@dataclass(frozen=True)
class StateLine:
    """``noise`` is its place among the noisy states, ``row`` where the settings hold its steady noise."""

    name: str
    index: int
    noise: int | None
    row: int | None
    period: str | None
    carry: int | None


@dataclass(frozen=True)
class Steady:
    """Diffusion that is the same at every step: what it needs, and (row of the settings, D)."""

    lines: tuple[Line, ...]
    results: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class NumbaContext:
    """Everything the template reads, already spelled."""

    name: str
    precision: str
    bits: int
    scheme: str
    dt: str
    tau: str
    magic: str
    functions: frozenset[str]
    elementary: Mapping[int, frozenset[str]]
    table_rows: int
    rows: int
    stored: tuple[str, ...]
    tables: tuple[tuple[str, str], ...]
    constants: tuple[Line, ...]
    states: tuple[StateLine, ...]
    inputs: tuple[str, ...]
    ports: tuple[tuple[str, int | None], ...]
    derive: Block
    steady: Steady
    start: Block
    draws: tuple[tuple[str, int, int], ...]
    drawn: tuple[Line, ...]
    field: Block
    spread: Block
    observe: Block
    observed: tuple[int, ...]
    observe_late: Block
    observed_late: tuple[int, ...]
    publish: Block
    early: tuple[int, ...]
    publish_late: Block
    late: tuple[int, ...]
    here: Block
    conditions: tuple[ConditionBlock, ...]
    condition_loads: tuple[Line, ...]
    couplings: tuple[CouplingBlock, ...]

    @property
    def noisy(self) -> tuple[StateLine, ...]:
        return tuple(state for state in self.states if state.noise is not None)

    @property
    def means(self) -> tuple[CouplingBlock, ...]:
        return tuple(coupling for coupling in self.couplings if coupling.reduce == "mean")
