"""Diagnostics as workflow commands, which GitHub turns into annotations beside the changed lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rateml.diagnostics.diagnostic import Diagnostic, Severity
from rateml.text import SourceFile

_COMMANDS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
    Severity.HINT: "notice",
}
_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render_github(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile]) -> str:
    """One ``::error file=…,line=…::message`` line for each diagnostic; columns count characters, from 1."""
    return "".join(_command(d, sources) + "\n" for d in diagnostics)


def _command(d: Diagnostic, sources: Mapping[str, SourceFile]) -> str:
    properties = {"file": d.span.file}
    source = sources.get(d.span.file)
    if source is not None:
        start, end = source.position(d.span.start), source.position(d.span.end)
        properties |= {"line": str(start.line), "endLine": str(end.line)}
        if start.line == end.line:  # columns of a range over several lines are refused
            properties |= {"col": str(start.column), "endColumn": str(end.column)}
    properties["title"] = d.code.id
    listed = ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in properties.items())
    message = "\n".join(filter(None, (d.message, d.help)))
    return f"::{_COMMANDS[d.severity]} {listed}::{message.translate(_DATA)}"
