"""What the templates of the docs target read. Text is as the author wrote it: each template escapes it its own way."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Math:
    """One formula in both notations; ``mark`` ties the line it stands on to the model file."""

    latex: str
    mathml: Markup
    mark: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a table: a symbol, the name in the file, and cells of text."""

    symbol: Math
    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Reference:
    """What the file says of a source, in its words, and the addresses in it."""

    text: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CouplingCard:
    """``facts`` are pairs of a heading and a text."""

    id: str
    description: str
    facts: tuple[tuple[str, str], ...]
    equations: tuple[Math, ...]
    parameters: tuple[Row, ...]
    derived_parameters: tuple[Math, ...]
    constants: tuple[Row, ...]


@dataclass(frozen=True)
class Card:
    """The whole card."""

    title: str
    file: str
    description: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    derivatives: tuple[Math, ...]
    derived: tuple[Math, ...]
    noisy: bool
    derived_parameters: tuple[Math, ...]
    parameters: tuple[Row, ...]
    constants: tuple[Row, ...]
    states: tuple[Row, ...]
    start: tuple[Math, ...]
    draws: tuple[Math, ...]
    conditions: tuple[Math, ...]
    inputs: tuple[Row, ...]
    couplings: tuple[CouplingCard, ...]
    exposures: tuple[Row, ...]
    references: tuple[Reference, ...]
    diagram: Markup
