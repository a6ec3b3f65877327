"""The models there are, and what rateml says of one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rateml import api
from rateml.diagnostics.as_json import render_json
from rateml.errors import UserError

_MOST_FILES = 500


def library(folder: str) -> dict[str, Any]:
    """The shipped models and the XML files of a folder, by name."""
    here = sorted(Path(folder).glob("*.xml"))
    return {
        "shipped": {name: str(path) for name, path in api.shipped_models().items()},
        "files": {path.name: str(path) for path in here[:_MOST_FILES]},
        "left_out": max(0, len(here) - _MOST_FILES),
    }


def model(path: str) -> dict[str, Any]:
    """The diagnostics of a file, and of a model without errors its equations and parameters."""
    checked = api.check(path)
    found: dict[str, Any] = {
        "path": path,
        "diagnostics": json.loads(render_json(checked.diagnostics, checked.sources)),
        "ok": checked.ok and checked.model is not None,
        "name": "",
        "about": "",
        "equations": [],
        "parameters": [],
    }
    if not found["ok"]:
        return found
    program = api.read_program(path)
    return found | {
        "name": program.name,
        "about": " ".join(program.description),
        "equations": [{"kind": e.kind, "text": str(e)} for e in api.equations(program)],
        "parameters": [{"name": p.name, "default": p.default} for p in program.parameters],
        "states": [s.name for s in program.states],
        "dt": program.dt,
        "scheme": program.scheme,
    }


def copy(name: str, folder: str) -> str:
    """Copy a shipped model into a folder; the path. UserError when it is there already."""
    target = Path(folder) / f"{name}.xml"
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(api.shipped_model(name).read_text(encoding="utf-8"))
    except FileExistsError:
        raise UserError(f"{target} exists: it is in the list above the library; rename or remove it first") from None
    return str(target)
