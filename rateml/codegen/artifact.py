"""What a target generates: the files that are written, run alone, and imported by the engines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rateml.errors import UserError
from rateml.text import SourceFile, Span

_MARK = re.compile("\x1f(\\d+)\x1f")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class MappedLine:
    """Line ``line`` (from 1) of ``file`` comes from ``span`` of the model file."""

    file: str
    line: int
    span: Span


@dataclass(frozen=True, slots=True)
class Artifact:
    """``files`` by name; ``entry`` is the one to run or import; ``digest`` covers all of them.

    ``notes`` tell what of the model is not in them.
    """

    target: str
    files: Mapping[str, str]
    entry: str
    source_map: tuple[MappedLine, ...]
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        digest = hashlib.sha256()
        for name in sorted(self.files):
            digest.update(f"{name}\0{self.files[name]}\0".encode())
        return digest.hexdigest()

    def origins(self, sources: Mapping[str, SourceFile]) -> dict[int, str]:
        """For lines of the entry, the place and the beginning of the text that they come from.

        ``sources`` are the files of the model by the names that spans have; what is not among them is left out.
        """
        found = {}
        for mapped in self.source_map:
            source = sources.get(mapped.span.file)
            if source is not None and mapped.file == self.entry:
                text = " ".join(source.text[mapped.span.start : mapped.span.end].split())
                shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
                line = source.position(mapped.span.start).line
                found[mapped.line] = f"{Path(source.name).name}, line {line}: {shown}"
        return found

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write the files into ``folder``, made if it is missing; returns their paths."""
        paths = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, text in self.files.items():
                path = folder / name
                path.write_text(text, encoding="utf-8")
                paths.append(path)
        except OSError as error:
            raise UserError(f"cannot write to {folder}: {error.strerror}; choose another folder with -o") from error
        return tuple(paths)


def mark(index: int) -> str:
    """A mark that a template carries to the line it stands on."""
    return f"\x1f{index}\x1f"


def lift_marks(file: str, text: str, spans: Sequence[Span]) -> tuple[str, tuple[MappedLine, ...]]:
    """The text without its marks, and the line that each mark stood on."""
    found = tuple(
        MappedLine(file, number, spans[int(match.group(1))])
        for number, line in enumerate(text.split("\n"), 1)
        for match in _MARK.finditer(line)
    )
    return _MARK.sub("", text), found
