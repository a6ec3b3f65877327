"""What is known of a model beside its generated code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameter:
    """``key`` is ``name`` of the model, or ``owner.name`` of a coupling; ``kind`` real, integer or boolean."""

    key: str
    owner: str
    name: str
    default: float
    kind: str = "real"


@dataclass(frozen=True)
class Coupling:
    """``reduce`` is sum, mean or self; ``sums`` over edges are made for it, which read ``reads`` variables of a source.

    ``separable``: what is summed is made of factors of either end. ``speed`` in mm/ms, None without delay; ``weights``
    names a pair of the connectome; ``late``: what is sent depends on inputs.
    """

    id: str
    reduce: str
    separable: bool
    sums: int
    reads: int
    speed: float | None
    weights: str
    late: bool = False


@dataclass(frozen=True)
class Exposure:
    """``period`` is that of an angle, else 0."""

    name: str
    period: float = 0.0


@dataclass(frozen=True)
class Model:
    """Numbers in base units. ``slow``, ``noisy``, ``derived``, ``steady``, ``stored`` and ``ports`` count what the head
    of the generated code explains, ``same`` the states that are sent as they are; ``stored_blocked`` is
    ``stored`` of its kernel ``blocked`` in float32; ``late``: what is sent depends on inputs."""

    name: str
    scheme: str
    dt: float
    parameters: tuple[Parameter, ...]
    states: tuple[str, ...]
    couplings: tuple[Coupling, ...]
    exposures: tuple[Exposure, ...]
    slow: int
    noisy: int
    derived: int
    steady: int
    stored: int
    stored_blocked: int
    same: int
    ports: int
    timed: bool
    late: bool

    @property
    def table(self) -> int:
        """What a step reads of a region."""
        return len(self.parameters) + self.derived + self.steady

    @property
    def sums(self) -> int:
        return sum(c.sums for c in self.couplings)


@dataclass(frozen=True)
class Shape:
    """A model over ``n_nodes`` regions in numbers of ``real`` bytes."""

    model: Model
    n_nodes: int
    real: int

    @property
    def states(self) -> int:
        return len(self.model.states)

    @property
    def exposures(self) -> int:
        return len(self.model.exposures)

    def stored(self, lanes: int) -> int:
        """Variables whose history the kernel keeps that has so many simulations abreast."""
        return self.model.stored_blocked if lanes == 1 and self.real == 4 else self.model.stored

    @property
    def slow(self) -> int:
        """States that are added up with their rounding errors kept, in float32 alone."""
        return self.model.slow if self.real == 4 else 0
