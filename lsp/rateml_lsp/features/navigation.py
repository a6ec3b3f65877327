"""Definitions, references, highlights and names of the workspace."""

from __future__ import annotations

from typing import Final

from lsprotocol import types as lsp

from rateml.ide.definition import definition, highlights, references, type_definition
from rateml.ide.links import links
from rateml.ide.symbols import OutlineItem, SymbolKind, outline, workspace_symbols
from rateml_lsp import to_lsp
from rateml_lsp.server import Server

_KINDS: Final[dict[SymbolKind, lsp.SymbolKind]] = {
    "file": lsp.SymbolKind.File,
    "type": lsp.SymbolKind.Class,
    "parameter": lsp.SymbolKind.Field,
    "constant": lsp.SymbolKind.Constant,
    "interface": lsp.SymbolKind.Interface,
    "variable": lsp.SymbolKind.Variable,
    "event": lsp.SymbolKind.Event,
    "component": lsp.SymbolKind.Object,
    "unit": lsp.SymbolKind.EnumMember,
    "group": lsp.SymbolKind.Namespace,
}


def register(server: Server) -> None:
    @server.handles(lsp.TEXT_DOCUMENT_DEFINITION)
    def defined(params: lsp.DefinitionParams) -> lsp.Location | None:
        here = server.here(params.text_document.uri, params.position)
        span = definition(*here) if here else None
        return to_lsp.location(server.documents, span) if span else None

    @server.handles(lsp.TEXT_DOCUMENT_TYPE_DEFINITION)
    def typed(params: lsp.TypeDefinitionParams) -> lsp.Location | None:
        here = server.here(params.text_document.uri, params.position)
        span = type_definition(*here) if here else None
        return to_lsp.location(server.documents, span) if span else None

    @server.handles(lsp.TEXT_DOCUMENT_REFERENCES)
    def referred(params: lsp.ReferenceParams) -> list[lsp.Location]:
        here = server.here(params.text_document.uri, params.position)
        found = references(*here, declaration=params.context.include_declaration) if here else ()
        return [to_lsp.location(server.documents, o.span) for o in found]

    @server.handles(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlighted(params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight]:
        here = server.here(params.text_document.uri, params.position)
        return [
            lsp.DocumentHighlight(
                server.documents.lines(o.span.file).range(o.span),
                lsp.DocumentHighlightKind.Write if o.declares else lsp.DocumentHighlightKind.Read,
            )
            for o in (highlights(*here) if here else ())
        ]

    @server.handles(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outlined(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol] | list[lsp.SymbolInformation]:
        analysis = server.analysis(params.text_document.uri)
        if analysis is None:
            return []
        items = outline(analysis)
        document = server.client_capabilities.text_document
        symbols = document.document_symbol if document else None
        if symbols is not None and symbols.hierarchical_document_symbol_support:
            return [_symbol(server, item) for item in items]
        return [found for item in items for found in _flat(server, item, "")]

    @server.handles(lsp.WORKSPACE_SYMBOL)
    def everywhere(params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
        return [
            lsp.WorkspaceSymbol(
                location=to_lsp.location(server.documents, s.span),
                name=s.name,
                kind=_KINDS[s.kind],
                container_name=s.container or None,
            )
            for s in workspace_symbols(server.documents.workspace, params.query)
        ]

    @server.handles(lsp.TEXT_DOCUMENT_DOCUMENT_LINK)
    def linked(params: lsp.DocumentLinkParams) -> list[lsp.DocumentLink]:
        analysis = server.analysis(params.text_document.uri)
        return [
            lsp.DocumentLink(server.documents.lines(link.span.file).range(link.span), server.documents.uri(link.target))
            for link in (links(analysis) if analysis else ())
        ]


def _symbol(server: Server, item: OutlineItem) -> lsp.DocumentSymbol:
    lines = server.documents.lines(item.span.file)
    return lsp.DocumentSymbol(
        name=item.name,
        detail=item.detail or None,
        kind=_KINDS[item.kind],
        range=lines.range(item.span),
        selection_range=lines.range(item.name_span),
        children=[_symbol(server, child) for child in item.children] or None,
    )


def _flat(server: Server, item: OutlineItem, container: str) -> list[lsp.SymbolInformation]:
    """For clients that show no tree."""
    own = lsp.SymbolInformation(
        location=to_lsp.location(server.documents, item.span),
        name=item.name,
        kind=_KINDS[item.kind],
        container_name=container or None,
    )
    return [own, *(found for child in item.children for found in _flat(server, child, item.name))]
