"""Completion with its resolve step, signature help and hover."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lsprotocol import types as lsp

from rateml.ide.completion import completions, documentation
from rateml.ide.hover import hover
from rateml.ide.items import Item, ItemKind
from rateml.ide.signature import signature
from rateml_lsp import to_lsp
from rateml_lsp.pictures import picture
from rateml_lsp.server import Server

_KINDS: Final[dict[ItemKind, lsp.CompletionItemKind]] = {
    "element": lsp.CompletionItemKind.Class,
    "attribute": lsp.CompletionItemKind.Property,
    "snippet": lsp.CompletionItemKind.Snippet,
    "function": lsp.CompletionItemKind.Function,
    "variable": lsp.CompletionItemKind.Variable,
    "parameter": lsp.CompletionItemKind.Field,
    "constant": lsp.CompletionItemKind.Constant,
    "unit": lsp.CompletionItemKind.Unit,
    "choice": lsp.CompletionItemKind.EnumMember,
    "type": lsp.CompletionItemKind.Interface,
    "component": lsp.CompletionItemKind.Module,
    "file": lsp.CompletionItemKind.File,
    "operator": lsp.CompletionItemKind.Operator,
}


def register(server: Server) -> None:
    @server.handles(lsp.TEXT_DOCUMENT_COMPLETION)
    def complete(params: lsp.CompletionParams) -> lsp.CompletionList | None:
        uri = params.text_document.uri
        here = server.here(uri, params.position)
        if here is None:
            return None
        analysis, offset = here
        snippets = _snippets(server)
        lines = server.documents.lines(analysis.file)
        ranges: dict[tuple[int, int], lsp.Range] = {}
        items = []
        for item in completions(analysis, offset):
            key = (item.span.start, item.span.end)
            if key not in ranges:
                ranges[key] = lines.range(item.span)
            items.append(_item(server, uri, item, ranges[key], snippets))
        return lsp.CompletionList(is_incomplete=False, items=items)

    @server.handles(lsp.COMPLETION_ITEM_RESOLVE)
    def resolve(item: lsp.CompletionItem) -> lsp.CompletionItem:
        data = item.data
        uri, about = (
            (data.get("uri"), data.get("about"))
            if isinstance(data, dict)
            else (
                getattr(data, "uri", None),
                getattr(data, "about", None),
            )
        )
        analysis = server.analysis(uri) if isinstance(uri, str) else None
        if analysis is not None and about:
            text = documentation(analysis, tuple(about))
            if text:
                item.documentation = to_lsp.documentation(text, _documentation_formats(server))
        return item

    @server.handles(lsp.TEXT_DOCUMENT_HOVER)
    def hovered(params: lsp.HoverParams) -> lsp.Hover | None:
        here = server.here(params.text_document.uri, params.position)
        found = hover(*here) if here else None
        if here is None or found is None:
            return None
        text = found.markdown + picture(server, here[0], found)
        return lsp.Hover(
            to_lsp.markup(text, _hover_formats(server)), server.documents.lines(here[0].file).range(found.span)
        )

    @server.handles(lsp.TEXT_DOCUMENT_SIGNATURE_HELP)
    def signed(params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
        here = server.here(params.text_document.uri, params.position)
        found = signature(*here) if here else None
        if found is None:
            return None
        arguments = [lsp.ParameterInformation(a) for a in found.arguments]
        information = lsp.SignatureInformation(
            found.label, to_lsp.documentation(found.documentation, _signature_formats(server)), arguments, found.active
        )
        return lsp.SignatureHelp([information], 0, found.active)


def _hover_formats(server: Server) -> Sequence[lsp.MarkupKind] | None:
    document = server.client_capabilities.text_document
    return document.hover.content_format if document and document.hover else None


def _documentation_formats(server: Server) -> Sequence[lsp.MarkupKind] | None:
    document = server.client_capabilities.text_document
    item = document.completion.completion_item if document and document.completion else None
    return item.documentation_format if item else None


def _signature_formats(server: Server) -> Sequence[lsp.MarkupKind] | None:
    document = server.client_capabilities.text_document
    information = document.signature_help.signature_information if document and document.signature_help else None
    return information.documentation_format if information else None


def _snippets(server: Server) -> bool:
    """Whether the client can fill in places."""
    document = server.client_capabilities.text_document
    item = document.completion.completion_item if document and document.completion else None
    return bool(item and item.snippet_support)


def _item(server: Server, uri: str, item: Item, range: lsp.Range, snippets: bool) -> lsp.CompletionItem:
    snippet = item.snippet and snippets
    text = item.text if snippet else item.plain
    multiline = "\n" in text
    return lsp.CompletionItem(
        label=item.label,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        sort_text=f"{item.rank}{item.label}",
        filter_text=None if item.text[:1] != "<" else item.label,
        text_edit=lsp.TextEdit(range, text),
        insert_text_format=lsp.InsertTextFormat.Snippet if snippet else None,
        insert_text_mode=lsp.InsertTextMode.AdjustIndentation if multiline else None,
        additional_text_edits=to_lsp.text_edits(server.documents, item.extra) or None,
        data={"uri": uri, "about": list(item.about)} if item.about else None,
    )
