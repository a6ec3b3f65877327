"""Folding, growing selections and linked tags."""

from __future__ import annotations

from lsprotocol import types as lsp

from rateml.ide.folding import folds
from rateml.ide.linked import linked_tags
from rateml.ide.selection import selections
from rateml_lsp.server import Server


def register(server: Server) -> None:
    @server.handles(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
    def folded(params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
        analysis = server.analysis(params.text_document.uri)
        return [
            lsp.FoldingRange(f.first - 1, f.last - 1, kind=lsp.FoldingRangeKind.Comment if f.comment else None)
            for f in (folds(analysis) if analysis else ())
        ]

    @server.handles(lsp.TEXT_DOCUMENT_SELECTION_RANGE)
    def selected(params: lsp.SelectionRangeParams) -> list[lsp.SelectionRange]:
        found = []
        for position in params.positions:
            here = server.here(params.text_document.uri, position)
            if here is None:
                return []
            lines = server.documents.lines(here[0].file)
            outer: lsp.SelectionRange | None = None
            for span in reversed(selections(*here)):
                outer = lsp.SelectionRange(lines.range(span), outer)
            found.append(outer or lsp.SelectionRange(lsp.Range(position, position)))
        return found

    @server.handles(lsp.TEXT_DOCUMENT_LINKED_EDITING_RANGE)
    def linked(params: lsp.LinkedEditingRangeParams) -> lsp.LinkedEditingRanges | None:
        here = server.here(params.text_document.uri, params.position)
        tags = linked_tags(*here) if here else None
        if here is None or tags is None:
            return None
        lines = server.documents.lines(here[0].file)
        return lsp.LinkedEditingRanges([lines.range(tag) for tag in tags], r"[A-Za-z][\w.:\-]*")
