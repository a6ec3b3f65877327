"""Source text: spans and files. Lines, columns and UTF-16 exist only here and at the edge of the language server."""

from rateml.text.offsets import Offsets, Table
from rateml.text.source import Position, SourceFile, Span

__all__ = ["Offsets", "Position", "SourceFile", "Span", "Table"]
