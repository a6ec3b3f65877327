"""What the templates of the tvb target read: every expression already spelled, every line without its indentation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TraitLine:
    """One NArray: ``default`` and ``domain`` are Python, the rest is text for people, as Python literals."""

    name: str
    label: str
    default: str
    domain: str | None
    doc: str
    mark: str


@dataclass(frozen=True)
class ModelContext:
    """The model class and its compiled function.

    ``observables`` and ``watched`` are Python tuples; ``ranges`` and ``bounds`` hold (state, low, high), ``intensity``
    the noise of each state, empty without noise; ``operands`` is what the compiled function takes beside states and
    inputs, ``packed`` when they are too many to be arguments.
    """

    name: str
    summary: tuple[str, ...]
    equations: tuple[str, ...]
    remarks: tuple[str, ...]
    parameters: tuple[TraitLine, ...]
    ranges: tuple[tuple[str, str, str], ...]
    bounds: tuple[tuple[str, str, str], ...]
    observables: str
    watched: str
    states: tuple[str, ...]
    inputs: tuple[str, ...]
    cvar: tuple[int, ...]
    stvar: tuple[int, ...]
    derived: tuple[str, ...]
    derived_masked: bool
    intensity: tuple[str, ...]
    start: tuple[str, ...]
    start_masked: bool
    operands: tuple[str, ...]
    packed: bool
    body: tuple[str, ...]


@dataclass(frozen=True)
class CouplingContext:
    """The coupling class. ``sums`` is how many rows ``pre`` makes, one per coupling of the file,
    ``here`` which of them are taken at the nodes themselves instead of summed, and what is done to them.

    ``pre`` and ``post`` are the lines of the functions of that name; the flags say what they read.
    """

    name: str
    equations: tuple[str, ...]
    parameters: tuple[TraitLine, ...]
    derived: tuple[str, ...]
    sums: int
    here: tuple[tuple[int, str], ...]
    n_inputs: int
    pre: tuple[str, ...]
    post: tuple[str, ...]
    reads_target: bool
    reads_ends: bool
    post_reads_target: bool
    reads_model: bool
    masked: bool


@dataclass(frozen=True)
class TvbContext:
    """The whole module. ``helpers`` says which functions and modules beyond numpy it calls."""

    module: str
    file: str
    constants: tuple[str, ...]
    helpers: frozenset[str]
    scheme: str
    dt: str
    speed: str
    model: ModelContext
    coupling: CouplingContext
