"""What a check reports: data with spans, rendered elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from rateml.text import Span

if TYPE_CHECKING:
    from rateml.diagnostics.catalogue import Code


class Severity(IntEnum):
    """Ordered: an error stops the build, the others do not."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4


class Tag(Enum):
    """What an editor may show of a diagnostic without words: greyed out, struck through."""

    UNNECESSARY = "unnecessary"
    DEPRECATED = "deprecated"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters of ``span`` by ``text``."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair: what it does, and the edits that do it.

    A ``guess`` decides something that only the author knows, such as a unit: it is offered, never applied unasked.
    """

    title: str
    edits: tuple[Edit, ...]
    guess: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains the fault."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault of a model file; ``level`` is the user's severity where it is not the catalogue's."""

    code: Code
    span: Span
    message: str
    help: str = ""
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    level: Severity | None = None

    @property
    def severity(self) -> Severity:
        return self.code.severity if self.level is None else self.level

    @property
    def tags(self) -> tuple[Tag, ...]:
        return self.code.tags
