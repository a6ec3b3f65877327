"""Include: the files a model file is made of. Only files below the model's own folder are ever read."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from rateml.diagnostics import Code, Diagnostic
from rateml.syntax.limits import MAX_CHARACTERS, MAX_ELEMENTS
from rateml.syntax.tree import Document, XmlAttribute
from rateml.syntax.xml import scan
from rateml.text import SourceFile, Span

ReadInclude: TypeAlias = Callable[[str], bytes | None]
"""The content of a file by its path below the model's folder, parts joined by '/'; None when there is none."""

_ELSEWHERE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|[/\\]")


def no_includes(path: str) -> bytes | None:
    """The reader of text that has no folder: nothing is read."""
    del path
    return None


def read_below(folder: Path) -> ReadInclude:
    """A reader of the regular files below ``folder``, links that lead out of it not followed."""

    def read(path: str) -> bytes | None:
        try:
            base = folder.resolve()
            found = (base / path).resolve()
            if not found.is_relative_to(base) or not found.is_file():
                return None
            with found.open("rb") as stream:
                return stream.read(MAX_CHARACTERS + 4)
        except (OSError, ValueError, RuntimeError):
            return None

    return read


@dataclass(frozen=True, slots=True)
class Gathered:
    """The documents of a model, what is included before what includes it and the main one last."""

    documents: tuple[Document, ...]
    diagnostics: tuple[Diagnostic, ...]


def gather(main: Document, read: ReadInclude) -> Gathered:
    """Scan everything that a file includes, each file once."""
    return _Gathering(main, read).run()


class _Gathering:
    """A walk over the includes, depth first; ``stack`` holds the files that are being included."""

    def __init__(self, main: Document, read: ReadInclude) -> None:
        self.main, self.read = main, read
        self.folder = posixpath.dirname(main.source.name.replace(os.sep, "/"))
        self.documents: list[Document] = []
        self.faults: list[Diagnostic] = []
        self.known = {posixpath.basename(main.source.name.replace(os.sep, "/"))}
        self.characters = len(main.source.text)
        self.elements = _count(main)
        self.full = False

    def run(self) -> Gathered:
        name = next(iter(self.known))
        stack = [(name, self.main, _includes(self.main))]
        while stack:
            path, document, waiting = stack[-1]
            include = next(waiting, None)
            if include is None or self.full:
                self.documents.append(document)
                stack.pop()
                continue
            target = self.target(path, include)
            if target is None:
                continue
            open_files = [entry[0] for entry in stack]
            if target in open_files:
                circle = " → ".join([*open_files[open_files.index(target) :], target])
                self.faults.append(Code.INCLUDE_CYCLE.at(include.value_span, name=target, cycle=circle))
            elif target not in self.known:
                self.known.add(target)
                found = self.document(target, include)
                if found is not None:
                    stack.append((target, found, _includes(found)))
        return Gathered(tuple(self.documents), tuple(self.faults))

    def target(self, path: str, include: XmlAttribute) -> str | None:
        """Where an include leads, seen from the model's folder; None, with a fault, when it may not lead there."""
        written = include.value.strip()
        if not written:
            self.forbid(include, "it names no file")
            return None
        if _ELSEWHERE.match(written) or "\\" in written or "\0" in written:
            self.forbid(include, "only files below the model's own folder can be, by a relative path with '/'")
            return None
        found = posixpath.normpath(posixpath.join(posixpath.dirname(path), written))
        if found.startswith("../") or found in ("..", "."):
            self.forbid(include, "it is not below the model's own folder")
            return None
        return found

    def forbid(self, include: XmlAttribute, reason: str) -> None:
        help = "copy the file next to the model"
        self.faults.append(Code.INCLUDE_FORBIDDEN.at(include.value_span, name=include.value, reason=reason, help=help))

    def document(self, target: str, include: XmlAttribute) -> Document | None:
        at = include.value_span
        data = self.read(target)
        if data is None:
            reason = "there is no such file below the model's folder"
            if self.read is no_includes:
                reason = "files are not read here"
            self.faults.append(Code.INCLUDE_UNREADABLE.at(at, name=include.value, reason=reason))
            return None
        name = posixpath.join(self.folder, target)
        text, fault = decode_file(data, name)
        self.characters += max(len(text), len(data))
        document = Document(SourceFile(name, text), None, (fault,) if fault else ())
        if self.characters > MAX_CHARACTERS:
            help = f"with '{target}' the model's files are larger together"
            self.faults.append(Code.FILE_TOO_LARGE.at(at, limit=MAX_CHARACTERS // 2**20, help=help))
            self.full = True
            return None
        if fault is None:
            document = scan(document.source, MAX_ELEMENTS - self.elements)
            self.elements += _count(document)
        if any(d.code is Code.TOO_MANY_ELEMENTS for d in document.diagnostics):
            self.full = True
        return document


def decode_file(data: bytes, name: str) -> tuple[str, Diagnostic | None]:
    """The text of a file, and the fault that keeps it from being UTF-8."""
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        body = data.removeprefix(b"\xef\xbb\xbf")
        at = len(body[: error.start].decode("utf-8", errors="replace"))
        wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        help = "it looks like UTF-16: save the file as UTF-8" if wide else "save the file as UTF-8"
        span = Span(at, at + 1, name)
        fault = Code.UNDECODABLE.at(span, byte=data[error.start], offset=error.start, help=help)
        return data.decode("utf-8-sig", errors="replace"), fault


def _includes(document: Document) -> Iterator[XmlAttribute]:
    """The ``file`` attributes of a document's Include elements."""
    for element in document.root.named("Include") if document.root else ():
        attribute = element.attribute("file")
        if attribute is not None:
            yield attribute


def _count(document: Document) -> int:
    return sum(1 for _ in document.root.walk()) if document.root else 0
