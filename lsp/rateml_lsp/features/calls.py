"""Call hierarchy: the dependency graph of variables."""

from __future__ import annotations

from lsprotocol import types as lsp

from rateml.ide import Analysis
from rateml.ide.calls import Node, call_node, used_by, uses_of
from rateml_lsp.server import Server


def register(server: Server) -> None:
    @server.handles(lsp.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY)
    def prepare(params: lsp.CallHierarchyPrepareParams) -> list[lsp.CallHierarchyItem] | None:
        here = server.here(params.text_document.uri, params.position)
        node = call_node(*here) if here else None
        return [_item(server, node)] if node else None

    @server.handles(lsp.CALL_HIERARCHY_INCOMING_CALLS)
    def incoming(params: lsp.CallHierarchyIncomingCallsParams) -> list[lsp.CallHierarchyIncomingCall]:
        found = _found(server, params.item)
        if found is None:
            return []
        analysis, node = found
        return [
            lsp.CallHierarchyIncomingCall(
                _item(server, call.node), [server.documents.lines(s.file).range(s) for s in call.places]
            )
            for call in uses_of(analysis, node.symbol)
        ]

    @server.handles(lsp.CALL_HIERARCHY_OUTGOING_CALLS)
    def outgoing(params: lsp.CallHierarchyOutgoingCallsParams) -> list[lsp.CallHierarchyOutgoingCall]:
        found = _found(server, params.item)
        if found is None:
            return []
        analysis, node = found
        return [
            lsp.CallHierarchyOutgoingCall(
                _item(server, call.node), [server.documents.lines(s.file).range(s) for s in call.places]
            )
            for call in used_by(analysis, node.symbol)
        ]


def _item(server: Server, node: Node) -> lsp.CallHierarchyItem:
    lines = server.documents.lines(node.span.file)
    return lsp.CallHierarchyItem(
        name=node.symbol.name,
        kind=lsp.SymbolKind.Variable if "variable" in node.symbol.kind else lsp.SymbolKind.Field,
        uri=server.documents.uri(node.span.file),
        range=lines.range(node.span),
        selection_range=lines.range(node.name_span),
        detail=f"{node.symbol.kind} of {node.symbol.owner}",
    )


def _found(server: Server, item: lsp.CallHierarchyItem) -> tuple[Analysis, Node] | None:
    """The variable that an item stands for, where it is now."""
    here = server.here(item.uri, item.selection_range.start)
    node = call_node(*here) if here else None
    if here is None or node is None:
        return None
    return here[0], node
