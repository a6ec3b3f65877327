"""Semantic tokens, inlay hints and code lenses."""

from __future__ import annotations

from lsprotocol import types as lsp

from rateml.ide import Analysis
from rateml.ide.inlay import hints
from rateml.ide.lenses import Lens, lenses
from rateml.ide.tokens import TYPES, tokens
from rateml.text import Span
from rateml_lsp import to_lsp
from rateml_lsp.delays import delay_steps
from rateml_lsp.server import Server


def register(server: Server) -> None:
    @server.handles(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL)
    def full(params: lsp.SemanticTokensParams) -> lsp.SemanticTokens:
        analysis = server.analysis(params.text_document.uri)
        return lsp.SemanticTokens(_data(server, analysis, None) if analysis else [])

    @server.handles(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE)
    def ranged(params: lsp.SemanticTokensRangeParams) -> lsp.SemanticTokens:
        analysis = server.analysis(params.text_document.uri)
        if analysis is None:
            return lsp.SemanticTokens([])
        span = server.documents.lines(analysis.file).span(params.range, analysis.file)
        return lsp.SemanticTokens(_data(server, analysis, span))

    @server.handles(lsp.TEXT_DOCUMENT_INLAY_HINT)
    def inlay(params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        analysis = server.analysis(params.text_document.uri)
        if analysis is None or not server.settings.inlay_hints:
            return []
        lines = server.documents.lines(analysis.file)
        span = lines.span(params.range, analysis.file)
        return [
            lsp.InlayHint(lines.position(h.offset), h.label, tooltip=h.tooltip, padding_left=True)
            for h in hints(analysis, span.start, span.end, delay_steps(server, analysis))
        ]

    @server.handles(lsp.TEXT_DOCUMENT_CODE_LENS)
    def lens(params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
        uri = params.text_document.uri
        analysis = server.analysis(uri)
        if analysis is None or not server.settings.code_lenses:
            return []
        lines = server.documents.lines(analysis.file)
        return [lsp.CodeLens(lines.range(one.span), _command(server, uri, one)) for one in lenses(analysis)]


def _data(server: Server, analysis: Analysis, within: Span | None) -> list[int]:
    """Five numbers for each token: lines and columns from the one before, length, type, modifiers."""
    lines = server.documents.lines(analysis.file)
    data: list[int] = []
    row = column = 0
    for token in tokens(analysis):
        if within is not None and not (within.start <= token.span.start <= within.end):
            continue
        range = lines.range(token.span)
        start, end = range.start, range.end
        modifiers = token.declares * 1 + token.readonly * 2
        same = start.line == row
        data += [
            start.line - row,
            start.character - column if same else start.character,
            end.character - start.character,
            TYPES.index(token.type),
            modifiers,
        ]
        row, column = start.line, start.character
    return data


def _command(server: Server, uri: str, lens: Lens) -> lsp.Command:
    """Commands that the client knows: a title is all that others show."""
    start = server.documents.lines(lens.span.file).position(lens.span.start)
    if lens.action == "references":
        places = [to_lsp.location(server.documents, span) for span in lens.places]
        return lsp.Command(lens.title, "rateml.showReferences", arguments=[uri, start, places])
    return lsp.Command(lens.title, f"rateml.{lens.action}", arguments=[uri])
