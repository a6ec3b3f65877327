"""Model files read and written back as they were: byte order mark, line ends and permissions stay."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from rateml.errors import UserError

_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ModelText:
    """The text of a file without the mark it may begin with."""

    path: Path
    text: str
    mark: bool


def read_text(path: Path) -> ModelText | None:
    """The text of a file, None when it is not UTF-8; UserError when it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        return ModelText(path, data.removeprefix(_MARK).decode("utf-8"), data.startswith(_MARK))
    except UnicodeDecodeError:
        return None


def write_text(old: ModelText, text: str) -> None:
    """Put ``text`` in the place of the file's own: whole, or not at all."""
    path = old.path.resolve()
    data = (_MARK if old.mark else b"") + text.encode("utf-8")
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, temporary)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()
        raise UserError(f"cannot write {old.path}: {error.strerror or error}") from error


def diff(old: ModelText, text: str) -> str:
    """What would change, as a unified diff."""
    lines = unified_diff(
        old.text.splitlines(keepends=True), text.splitlines(keepends=True), str(old.path), str(old.path)
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
