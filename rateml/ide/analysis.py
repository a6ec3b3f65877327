"""One file at one moment: its element tree, its model, its diagnostics, each worked out when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from rateml.checks.run import Checked, Read, check_in_steps, check_read, read_model
from rateml.diagnostics import Diagnostic
from rateml.diagnostics.severities import Severities
from rateml.model.include import ReadInclude
from rateml.model.nodes import ComponentType, Model
from rateml.syntax.tree import Document
from rateml.syntax.xml import scan
from rateml.text import SourceFile, Span


class Analysis:
    """What is known of one version of a text; nothing in it ever changes."""

    def __init__(self, source: SourceFile, severities: Severities, reader: ReadInclude) -> None:
        self.source = source
        self._severities = severities
        self.reader = reader

    @property
    def file(self) -> str:
        return self.source.name

    @property
    def text(self) -> str:
        return self.source.text

    @cached_property
    def document(self) -> Document:
        return scan(self.source)

    @cached_property
    def read(self) -> Read:
        return read_model(self.document, self.reader)

    @cached_property
    def checked(self) -> Checked:
        return check_read(self.read, self._severities)

    def check_in_steps(self) -> Iterator[None]:
        """Work ``checked`` out bit by bit; who stops before the end has lost nothing but time."""
        if "checked" not in self.__dict__:
            # Reading is two of the longest parts: the scan and the model.
            _ = self.document
            yield
            _ = self.read
            yield
            self.__dict__["checked"] = yield from check_in_steps(self.read, self._severities)

    @property
    def old(self) -> bool:
        """Whether the file is in the 2022 dialect; its model stands at places of the old text only roughly."""
        return self.read.old

    @property
    def model(self) -> Model | None:
        """The model as far as it can be read; None for a file without ``<Lems>`` and for one of the 2022 dialect."""
        return self.read.built.model

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return self.checked.diagnostics

    @property
    def sources(self) -> Mapping[str, SourceFile]:
        """The texts of the file and of all that it includes, by the names that spans bear."""
        return {d.source.name: d.source for d in self.read.documents}

    def type_at(self, offset: int) -> ComponentType | None:
        """The component type around an offset of this file; its last character may be right before the offset."""
        for type in self.model.types if self.model else ():
            if type.span.file == self.file and type.span.start < offset <= type.span.end:
                return type
        return None

    def slice(self, span: Span) -> str:
        """The text of a span of this file or of one that it includes."""
        source = self.source if span.file == self.file else self.sources.get(span.file)
        return source.slice(span) if source else ""
