"""All that is open in an editor, as a value: an edit makes a new workspace and leaves the old one as it was."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from rateml.checks.settings import severities_near
from rateml.diagnostics.severities import NO_SEVERITIES, Severities
from rateml.errors import UserError
from rateml.ide.analysis import Analysis
from rateml.model.include import ReadInclude, decode_file, no_includes, read_below
from rateml.text import SourceFile

_MOST_FOLDERS: Final = 5_000
"""Someone may have opened a whole home folder."""


@dataclass(frozen=True)
class Workspace:
    """The open texts by file name, the folders, and the severities that the user's settings ask for.

    Analyses are kept beside it: a workspace made from this one shares those of files that did not change.
    """

    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    folders: tuple[str, ...] = ()
    severities: Severities = field(default_factory=lambda: NO_SEVERITIES)
    _known: dict[str, Analysis] = field(default_factory=dict, compare=False, repr=False)
    _near: dict[str, Severities | UserError] = field(default_factory=dict, compare=False, repr=False)

    def with_text(self, file: str, text: str) -> Workspace:
        """The workspace in which ``file`` holds ``text``; files that may include it are looked at again."""
        known = {} if file not in self.texts else {n: a for n, a in self._known.items() if not _reads(a, file)}
        known.pop(file, None)
        return replace(self, texts=MappingProxyType({**self.texts, file: text}), _known=known)

    def without(self, file: str) -> Workspace:
        """The workspace in which ``file`` is what the disk says."""
        texts = {name: text for name, text in self.texts.items() if name != file}
        return replace(self, texts=MappingProxyType(texts), _known={})

    def with_severities(self, severities: Severities) -> Workspace:
        return replace(self, severities=severities, _known={})

    def with_folders(self, folders: tuple[str, ...]) -> Workspace:
        return replace(self, folders=folders)

    def refreshed(self) -> Workspace:
        """The workspace after something changed on the disk."""
        return replace(self, _known={}, _near={})

    def analysis(self, file: str) -> Analysis | None:
        """The file as it is open, else as it is on the disk; None when there is no such text."""
        found = self._known.get(file)
        if found is None:
            text = self.texts.get(file)
            if text is None:
                text = _on_disk(file)
            if text is None:
                return None
            found = Analysis(SourceFile(file, text), self.severities_of(file), self._reader(file))
            self._known[file] = found
        return found

    def is_looked_at(self, file: str) -> bool:
        """Whether the file has been analysed as it is in this workspace."""
        return file in self._known

    def severities_of(self, file: str) -> Severities:
        """The severities of the file's folder, outdone by those of the settings."""
        near = self._near_to(file)
        return self.severities if isinstance(near, UserError) else {**near, **self.severities}

    def settings_fault(self, file: str) -> str | None:
        """Why the severities of the file's folder cannot be used."""
        near = self._near_to(file)
        return str(near) if isinstance(near, UserError) else None

    def _near_to(self, file: str) -> Severities | UserError:
        folder = os.path.dirname(file)
        if folder not in self._near:
            try:
                self._near[folder] = severities_near(Path(file)) if os.path.isabs(file) else NO_SEVERITIES
            except UserError as error:
                self._near[folder] = error
        return self._near[folder]

    def _reader(self, file: str) -> ReadInclude:
        """Reads what a file includes: an open text before the disk."""
        if not os.path.isabs(file):
            return no_includes
        folder = posixpath.dirname(file)
        disk = read_below(Path(folder))
        # Not the workspace itself, which holds the analyses: a circle would wait for the garbage collector.
        texts = self.texts

        def read(path: str) -> bytes | None:
            text = texts.get(posixpath.join(folder, path))
            return disk(path) if text is None else text.encode("utf-8", "replace")

        return read

    def models_on_disk(self, most: int = 500) -> Iterator[str]:
        """The files below the folders that may be models, the open ones first; hidden folders are left out."""
        yield from self.texts
        left, visits = most, _MOST_FOLDERS
        for folder in self.folders:
            for base, inner, names in os.walk(folder):
                visits -= 1
                if visits < 0:
                    return
                inner[:] = sorted(
                    n for n in inner if not n.startswith(".") and n not in ("node_modules", "__pycache__")
                )
                for name in sorted(names):
                    path = os.path.join(base, name)
                    if name.endswith(".xml") and path not in self.texts:
                        left -= 1
                        if left < 0:
                            return
                        yield path


def _reads(analysis: Analysis, file: str) -> bool:
    """Whether an analysis has looked into ``file``, or may have for all one can tell."""
    return file in analysis.sources if "read" in analysis.__dict__ else "<Include" in analysis.text


def _on_disk(file: str) -> str | None:
    try:
        with open(file, "rb") as stream:
            data = stream.read(4 * 2**20 + 4)
    except (OSError, ValueError):
        return None
    return decode_file(data, file)[0]
