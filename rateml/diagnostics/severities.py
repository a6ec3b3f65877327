"""How severe a code is for this user: the text ``RML603=error``, and what may not be changed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from rateml.diagnostics.catalogue import Code
from rateml.diagnostics.diagnostic import Severity
from rateml.diagnostics.suggest import closest

Severities: TypeAlias = Mapping[Code, Severity | None]
"""What the user chose for a code; None is ``off``."""

NO_SEVERITIES: Final[Severities] = MappingProxyType({})
CODES: Final[Mapping[str, Code]] = MappingProxyType({code.id: code for code in Code})
LEVELS: Final[Mapping[str, Severity | None]] = MappingProxyType(
    {**{severity.name.lower(): severity for severity in Severity}, "off": None}
)
DIGITS: Final = str.maketrans("OILS", "0115")


class BadSeverity(ValueError):
    """A severity that cannot be set; the message says why and what to write instead."""


def nearest_code(id: str) -> str | None:
    """The code that someone who writes ``id`` may mean: ``RML2O1``, ``201`` or a slip of a digit."""
    digits = id.strip().upper().removeprefix("RML").translate(DIGITS)
    return f"RML{digits}" if f"RML{digits}" in CODES else closest(id, CODES)


def read_severity(text: str) -> tuple[Code, Severity | None]:
    """``RML603=error`` as a code and its severity."""
    id, equals, level = text.partition("=")
    if not equals:
        raise BadSeverity(f"'{text}' is not CODE=LEVEL, such as RML601=off")
    return severity_of(id, level)


def severity_of(id: str, level: object) -> tuple[Code, Severity | None]:
    """The severity named ``level`` for the code ``id``; what stops the compiler stays an error."""
    id = id.strip()
    code = CODES.get(id.upper())
    if code is None:
        near = nearest_code(id)
        hint = f"did you mean '{near}'?" if near else "`rateml explain` lists them all"
        raise BadSeverity(f"there is no diagnostic '{id}'; {hint}")
    name = level.strip().lower() if isinstance(level, str) else str(level)
    if name not in LEVELS:
        raise BadSeverity(f"'{name}' is not a severity for {code.id}: choose {', '.join(LEVELS)}")
    severity = LEVELS[name]
    if code.severity is Severity.ERROR and severity is not Severity.ERROR:
        raise BadSeverity(
            f"{code.id} cannot be '{name}': a model with this fault cannot be compiled, so it is an error"
        )
    return code, severity
