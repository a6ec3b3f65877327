"""What a job was made from, kept beside its store so that ``replay`` can make it again."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from rateml.errors import StoreError
from rateml.request.files import relocate
from rateml.request.settings import Request
from rateml.results.disk import disk_errors, replace_file

FORMAT = 1
_FOLDER = "inputs"


@dataclass(frozen=True)
class Origin:
    """``main`` and the other files of the model by their paths below its folder; the options as they were given.

    ``connectome`` is the text after --connectome with absolute paths: its data stay where they are, the store knows
    their hash. ``rows`` is --connectome-rows.
    """

    main: str
    texts: Mapping[str, str] = field(repr=False)
    connectome: str
    rows: Literal["target", "source"] | None
    request: Request


@dataclass(frozen=True)
class Kept:
    """An origin read back: ``model`` is the file to read, the files of the request are the kept ones."""

    model: Path
    connectome: str
    rows: Literal["target", "source"] | None
    request: Request


def keep(run_folder: Path, origin: Origin) -> None:
    """Write an origin, with copies of the files that its options name, under their hashes. Replaces an older one.

    Raises StoreError when the disk fails.
    """
    folder = run_folder / _FOLDER
    with disk_errors(folder, "choose another place with -o"):
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "files").mkdir(parents=True)
        hashes = {}
        for name, text in origin.texts.items():
            file = folder / "model" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            data = text.encode("utf-8", "surrogatepass")
            replace_file(file, data)
            hashes[name] = _hash(data)

        def copy(path: Path) -> Path:
            data = path.read_bytes()
            name = f"{_hash(data)}{path.suffix}"
            replace_file(folder / "files" / name, data)
            return Path(name)

        content = {
            "format": FORMAT,
            "main": origin.main,
            "model": hashes,
            "connectome": origin.connectome,
            "rows": origin.rows,
            "request": _to_json(relocate(origin.request, copy)),
        }
        replace_file(folder / "origin.json", (json.dumps(content, indent=1, allow_nan=False) + "\n").encode())


def read_kept(run_folder: Path) -> Kept:
    """Read what ``keep`` wrote. Raises StoreError when it is missing, of a newer rateml, or no longer what it was."""
    folder = run_folder / _FOLDER
    file = folder / "origin.json"
    try:
        content = json.loads(file.read_bytes())
        if content["format"] != FORMAT:
            raise StoreError(f"{file} has format {content['format']}, this rateml reads {FORMAT}: use the newer rateml")
        for name, wanted in content["model"].items():
            _require(folder / "model" / name, wanted)

        def place(path: Path) -> Path:
            _require(folder / "files" / path.name, path.stem)
            return folder / "files" / path.name

        request = relocate(_from_json(content["request"]), place)
        return Kept(folder / "model" / content["main"], content["connectome"], content["rows"], request)
    except OSError as error:
        raise StoreError(
            f"cannot read {error.filename or file}: {error.strerror}; without the inputs kept beside the store it "
            "cannot be replayed, only run again"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{file} is damaged: restore it from a backup") from error


def _require(file: Path, wanted: str) -> None:
    if _hash(file.read_bytes()) != wanted:
        raise StoreError(f"{file} was changed since the run: restore it, the store was made with other content")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _to_json(request: Request) -> dict[str, Any]:
    values = {field.name: getattr(request, field.name) for field in fields(request)}
    return {name: {"path": str(v)} if isinstance(v, Path) else v for name, v in values.items()}


def _from_json(content: Mapping[str, Any]) -> Request:
    values: dict[str, Any] = {name: Path(v["path"]) if isinstance(v, dict) else v for name, v in content.items()}
    values["axes"] = tuple((kind, text) for kind, text in values["axes"])
    return Request(**values)
