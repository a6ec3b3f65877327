"""Diagnostics as a SARIF 2.1.0 log, for code scanning services and editors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Final, Protocol, TypeAlias
from urllib.parse import quote

from rateml.diagnostics.catalogue import Code
from rateml.diagnostics.diagnostic import Diagnostic, Edit, Fix, Severity
from rateml.text import SourceFile, Span

Json: TypeAlias = dict[str, object]

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}


class RulePage(Protocol):
    """What a log tells of a rule."""

    @property
    def title(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def example(self) -> str: ...
    @property
    def fix(self) -> str: ...


def render_sarif(
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, SourceFile],
    version: str,
    pages: Mapping[str, RulePage],
) -> str:
    """One run with a result for each diagnostic and a rule for each code among them."""
    every = list(diagnostics)
    codes = sorted({d.code for d in every}, key=lambda code: code.id)
    index = {code: number for number, code in enumerate(codes)}
    driver = {"name": "rateml", "version": version, "rules": [_rule(code, pages.get(code.id)) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(file)}} for file in sources],
        "results": [_result(d, index[d.code], sources) for d in every],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: Code, page: RulePage | None) -> Json:
    name = "".join(word.capitalize() for word in code.name.split("_"))
    rule: Json = {"id": code.id, "name": name, "defaultConfiguration": {"level": _LEVELS[code.severity]}}
    if page is None:
        return rule | {"shortDescription": {"text": name}}
    title, body, fix = (text.replace("``", "`") for text in (page.title, page.body, page.fix))
    parts = (body, page.example and f"Example:\n\n{page.example}", fix and f"Fix: {fix}")
    full = "\n\n".join(filter(None, parts)) or title
    return rule | {
        "shortDescription": {"text": title},
        "fullDescription": {"text": body or title},
        "help": {"text": full},
    }


def _result(d: Diagnostic, rule: int, sources: Mapping[str, SourceFile]) -> Json:
    result: Json = {
        "ruleId": d.code.id,
        "ruleIndex": rule,
        "level": _LEVELS[d.severity],
        "message": {"text": "\n".join(filter(None, (d.message, d.help)))},
        "locations": [_location(d.span, sources)],
    }
    if d.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": r.message}, **_location(r.span, sources)}
            for number, r in enumerate(d.related)
        ]
    if d.fixes:
        result["fixes"] = [_fix(fix, sources) for fix in d.fixes]
    return result


def _location(span: Span, sources: Mapping[str, SourceFile]) -> Json:
    place: Json = {"artifactLocation": {"uri": _uri(span.file)}}
    if span.file in sources:
        place["region"] = _region(span, sources[span.file])
    return {"physicalLocation": place}


def _region(span: Span, source: SourceFile) -> Json:
    start, end = source.position(span.start), source.position(span.end)
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}


def _fix(fix: Fix, sources: Mapping[str, SourceFile]) -> Json:
    files: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        files.setdefault(edit.span.file, []).append(edit)
    changes = [
        {
            "artifactLocation": {"uri": _uri(file)},
            "replacements": [
                {"deletedRegion": _region(e.span, sources[file]), "insertedContent": {"text": e.text}} for e in edits
            ],
        }
        for file, edits in files.items()
        if file in sources
    ]
    return {"description": {"text": fix.title}, "artifactChanges": changes}


def _uri(file: str) -> str:
    """A relative path as a relative reference, an absolute one as a file URI."""
    path = PurePath(file)
    written = quote(path.as_posix().encode("utf-8", "surrogatepass"))
    if path.is_absolute():
        return "file://" + ("" if written.startswith("/") else "/") + written
    return written
