"""The code that ``rateml build`` would write, with the place in the model that each line comes from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final

from rateml.codegen import ALIASES, TARGETS, find_target
from rateml.ir.lower import lower
from rateml.ir.program import Precision
from rateml.passes import run_passes
from rateml.worker.asked import checked_model

_LANGUAGES: Final = {".py": "python", ".cu": "cuda-cpp", ".xml": "xml", ".md": "markdown", ".html": "html"}


def targets(params: Mapping[str, Any]) -> dict[str, Any]:
    """The names of all targets."""
    del params
    return {"targets": [*TARGETS], "aliases": dict(ALIASES)}


def preview(params: Mapping[str, Any]) -> dict[str, Any]:
    """The entry file of a target and, as ``files``, all of them; without a text, ``diagnostics`` say why.

    ``sourceMap`` holds ``[line from 1, start, end]``: offsets in the text of the model.
    """
    target = find_target(str(params.get("target", "numba")))
    precision: Precision = "float32" if params.get("precision") == "float32" else "float64"
    checked = checked_model(params)
    if checked.model is None or not checked.ok:
        return {"text": None, "diagnostics": []}
    program = run_passes(lower(checked.model), until=target.last_pass)
    refused = target.refusals(program, precision)
    if refused:
        return {
            "text": None,
            "diagnostics": [
                {
                    "start": d.span.start,
                    "end": d.span.end,
                    "message": f"{d.message}\n{d.help}" if d.help else d.message,
                    "severity": int(d.severity),
                    "code": d.code.id,
                }
                for d in refused
            ],
        }
    artifact = target.generate(program, precision)
    entry = artifact.entry
    own = checked.source.name
    return {
        "text": artifact.files[entry],
        "file": entry,
        "files": {name: text for name, text in artifact.files.items() if name != entry},
        "language": _LANGUAGES.get(PurePath(entry).suffix, "plaintext"),
        "digest": artifact.digest,
        "sourceMap": [
            [m.line, m.span.start, m.span.end] for m in artifact.source_map if m.file == entry and m.span.file == own
        ],
        "notes": list(artifact.notes),
        "diagnostics": [],
    }
