"""The open documents: their texts as the client has them, in a workspace for ``rateml.ide``."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol.types import (
    PositionEncodingKind,
    TextDocumentContentChangeEvent,
    TextDocumentContentChangePartial,
)
from pygls.uris import from_fs_path, to_fs_path, urlparse

from rateml.ide import Analysis, Workspace
from rateml_lsp.positions import Lines


class Document:
    """One version of an open document."""

    def __init__(self, uri: str, version: int | None, text: str, encoding: PositionEncodingKind | str) -> None:
        self.uri = uri
        self.version = version
        self.text = text
        self.lines = Lines(text, encoding)


class Documents:
    """What is open, by file name; ``workspace`` is the snapshot that questions are asked of."""

    def __init__(self) -> None:
        self.encoding: PositionEncodingKind | str = PositionEncodingKind.Utf16
        self.workspace = Workspace()
        self._open: dict[str, Document] = {}
        self._lines: dict[str, Lines] = {}

    def open(self, uri: str, version: int, text: str) -> str:
        file = file_of(uri)
        self._open[file] = Document(uri, version, text, self.encoding)
        self.workspace = self.workspace.with_text(file, text)
        return file

    def change(self, uri: str, version: int, changes: Sequence[TextDocumentContentChangeEvent]) -> str | None:
        """Apply the changes in their order; a document that was never opened is left alone."""
        file = file_of(uri)
        document = self._open.get(file)
        if document is None:
            return None
        text, lines = document.text, document.lines
        for change in changes:
            if isinstance(change, TextDocumentContentChangePartial):
                span = lines.span(change.range, file)
                text = text[: span.start] + change.text + text[span.end :]
            else:
                text = change.text
            lines = Lines(text, self.encoding)
        fresh = Document(document.uri, version, text, self.encoding)
        self._open[file] = fresh
        self.workspace = self.workspace.with_text(file, text)
        return file

    def close(self, uri: str) -> str:
        file = file_of(uri)
        self._open.pop(file, None)
        self.workspace = self.workspace.without(file)
        return file

    def refresh(self) -> None:
        """Something changed on the disk."""
        self._lines.clear()
        self.workspace = self.workspace.refreshed()

    @property
    def files(self) -> tuple[str, ...]:
        """The open files."""
        return tuple(self._open)

    def is_open(self, file: str) -> bool:
        return file in self._open

    def version(self, file: str) -> int | None:
        document = self._open.get(file)
        return document.version if document else None

    def analysis(self, uri: str) -> Analysis | None:
        return self.workspace.analysis(file_of(uri))

    def uri(self, file: str) -> str:
        """The address of a file, as the client writes it where it does."""
        document = self._open.get(file)
        return document.uri if document else uri_of(file)

    def lines(self, file: str) -> Lines:
        """The lines of a file, open or not."""
        document = self._open.get(file)
        if document is not None:
            return document.lines
        analysis = self.workspace.analysis(file)
        text = analysis.text if analysis else ""
        known = self._lines.get(file)
        if known is None or known.text != text:
            known = self._lines[file] = Lines(text, self.encoding)
        return known


def file_of(uri: str) -> str:
    """The file that an address names; an address of another scheme stands for itself."""
    path = to_fs_path(uri) if urlparse(uri)[0] == "file" else None
    return path or uri


def uri_of(file: str) -> str:
    return from_fs_path(file) or file if file.startswith("/") or file[1:3] == ":\\" else file
