"""Diagnostics as a JSON list: one object for each, lines and columns from 1, offsets from 0."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from rateml.diagnostics.diagnostic import Diagnostic, Edit
from rateml.text import SourceFile, Span


def render_json(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile]) -> str:
    """A JSON list with one object for each diagnostic; lines and columns start at 1, offsets at 0."""
    return json.dumps([_object(d, sources) for d in diagnostics], indent=2, ensure_ascii=False) + "\n"


def _object(d: Diagnostic, sources: Mapping[str, SourceFile]) -> dict[str, object]:
    return {
        "code": d.code.id,
        "severity": d.severity.name.lower(),
        "message": d.message,
        "file": d.span.file,
        "range": _range(d.span, sources),
        "help": d.help,
        "related": [{"file": r.span.file, "range": _range(r.span, sources), "message": r.message} for r in d.related],
        "fixes": [{"title": f.title, "guess": f.guess, "edits": [_edit(e, sources) for e in f.edits]} for f in d.fixes],
    }


def _edit(edit: Edit, sources: Mapping[str, SourceFile]) -> dict[str, object]:
    return {"file": edit.span.file, "range": _range(edit.span, sources), "text": edit.text}


def _range(span: Span, sources: Mapping[str, SourceFile]) -> dict[str, object]:
    source = sources.get(span.file)

    def place(offset: int) -> dict[str, int]:
        if source is None:
            return {"offset": offset}
        at = source.position(offset)
        return {"line": at.line, "column": at.column, "offset": offset}

    return {"start": place(span.start), "end": place(span.end)}
