"""The client's settings, from ``initializationOptions`` or the section ``rateml`` of its configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from rateml.diagnostics import Code, Severity
from rateml.diagnostics.severities import NO_SEVERITIES, BadSeverity, Severities, severity_of

_OURS: Final = ("severity", "inlayHints", "codeLenses", "worker", "theme", "connectome")
_OF_CLIENTS: Final = (
    "enable",
    "interpreter",
    "requirement",
    "detect",
    "path",
    "importStrategy",
    "logLevel",
    "trace",
    "showNotifications",
    "preview",
)
_KNOWN: Final = (*_OURS, *_OF_CLIENTS)
"""Extensions keep settings of their own in the same section."""


@dataclass(frozen=True)
class Settings:
    """``severities`` by code; with a ``theme`` hovers show typeset equations for it, with a ``connectome``
    hints show delays in steps.

    ``faults`` say what of the settings cannot be used.
    """

    severities: Severities = field(default_factory=lambda: NO_SEVERITIES)
    inlay_hints: bool = True
    code_lenses: bool = True
    worker: bool = True
    theme: str = ""
    connectome: str = ""
    faults: tuple[str, ...] = ()


def read_settings(data: object) -> Settings:
    """The settings in a JSON value; what is missing has its default, what is wrong is told."""
    if isinstance(data, Mapping) and isinstance(data.get("rateml"), Mapping):
        data = data["rateml"]
    if data is None:
        return Settings()
    if not isinstance(data, Mapping):
        return Settings(faults=("rateml: the settings must be an object",))
    faults: list[str] = []
    severities = dict(_severities(data.get("severity"), faults))
    flags = {
        name: _flag(data, path, faults)
        for name, path in (("inlay_hints", "inlayHints"), ("code_lenses", "codeLenses"), ("worker", "worker"))
    }
    faults += [f"rateml: there is no setting '{key}'" for key in data if key not in _KNOWN]
    theme = data.get("theme", "")
    if theme not in ("", "light", "dark"):
        faults.append('rateml.theme is "light" or "dark"')
        theme = ""
    connectome = data.get("connectome", "")
    if not isinstance(connectome, str):
        faults.append('rateml.connectome is a text such as "tvb:68"')
        connectome = ""
    return Settings(severities, **flags, theme=str(theme), connectome=connectome, faults=tuple(faults))


def _severities(table: object, faults: list[str]) -> Iterator[tuple[Code, Severity | None]]:
    if table is None:
        return
    if not isinstance(table, Mapping):
        faults.append('rateml.severity: write an object such as {"RML601": "off"}')
        return
    for id, level in table.items():
        try:
            yield severity_of(str(id), level)
        except BadSeverity as error:
            faults.append(f"rateml.severity: {error}")


def _flag(data: Mapping[str, object], name: str, faults: list[str]) -> bool:
    value = data.get(name, True)
    if isinstance(value, bool):
        return value
    faults.append(f"rateml.{name} is true or false")
    return True
