"""Requests that change text: renaming, code actions and formatting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from rateml.diagnostics import Edit
from rateml.ide import Analysis
from rateml.ide.actions import Action, Later, actions, fix_all, migrated
from rateml.ide.formatting import formatted, formatted_lines, indent_after
from rateml.ide.rename import Refused, prepare_rename, rename
from rateml_lsp import to_lsp
from rateml_lsp.server import Server

_REQUEST_FAILED: Final = -32803


def register(server: Server) -> None:
    _register_renaming(server)
    _register_actions(server)
    _register_formatting(server)


def _register_renaming(server: Server) -> None:
    @server.handles(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        here = server.here(params.text_document.uri, params.position)
        if here is None:
            return None
        try:
            found = prepare_rename(*here)
        except Refused as reason:
            raise _refused(reason) from reason
        return lsp.PrepareRenamePlaceholder(server.documents.lines(found.span.file).range(found.span), found.name)

    @server.handles(lsp.TEXT_DOCUMENT_RENAME)
    def renamed(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        here = server.here(params.text_document.uri, params.position)
        if here is None:
            return None
        try:
            edits = rename(*here, params.new_name.strip())
        except Refused as reason:
            raise _refused(reason) from reason
        return to_lsp.workspace_edit(server.documents, edits, versioned=server.versioned_edits)


def _refused(reason: Refused) -> JsonRpcException:
    return JsonRpcException(code=_REQUEST_FAILED, message=str(reason))


def _register_actions(server: Server) -> None:
    @server.handles(lsp.TEXT_DOCUMENT_CODE_ACTION)
    def act(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri = params.text_document.uri
        analysis = server.analysis(uri)
        if analysis is None:
            return []
        span = server.documents.lines(analysis.file).span(params.range, analysis.file)
        only = params.context.only
        found = []
        for action in actions(analysis, span.start, span.end):
            if only and not any(action.kind == k or action.kind.startswith(f"{k}.") for k in map(_text, only)):
                continue
            found.append(_code_action(server, uri, analysis, action, params.context.diagnostics))
        return found

    @server.handles(lsp.CODE_ACTION_RESOLVE)
    def resolve(action: lsp.CodeAction) -> lsp.CodeAction:
        data = action.data
        uri, later = (
            (data.get("uri"), data.get("later"))
            if isinstance(data, dict)
            else (
                getattr(data, "uri", None),
                getattr(data, "later", None),
            )
        )
        analysis = server.analysis(uri) if isinstance(uri, str) else None
        if analysis is not None and later in ("fix all", "migrate"):
            action.edit = _edit(server, _worked_out(server, analysis, later))
        return action


def _text(kind: lsp.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, lsp.CodeActionKind) else kind


def _code_action(
    server: Server,
    uri: str,
    analysis: Analysis,
    action: Action,
    shown: Sequence[lsp.Diagnostic],
) -> lsp.CodeAction:
    about = None
    if action.diagnostic is not None and action.diagnostic.span.file == analysis.file:
        range = server.documents.lines(analysis.file).range(action.diagnostic.span)
        code = action.diagnostic.code.id
        about = [d for d in shown if d.code == code and d.range == range] or None
    edit, data = None, None
    if action.later is None:
        edit = _edit(server, action.edits)
    elif _resolves(server):
        data = {"uri": uri, "later": action.later}
    else:
        edit = _edit(server, _worked_out(server, analysis, action.later))
    return lsp.CodeAction(
        title=action.title,
        kind=action.kind,
        diagnostics=about,
        is_preferred=action.preferred or None,
        edit=edit,
        data=data,
    )


def _resolves(server: Server) -> bool:
    """Whether the client asks for the edit of an action when it is chosen."""
    document = server.client_capabilities.text_document
    support = document.code_action.resolve_support if document and document.code_action else None
    return support is not None and "edit" in support.properties


def _worked_out(server: Server, analysis: Analysis, later: Later) -> tuple[Edit, ...]:
    return migrated(analysis) if later == "migrate" else fix_all(server.documents.workspace, analysis)


def _edit(server: Server, edits: tuple[Edit, ...]) -> lsp.WorkspaceEdit:
    return to_lsp.workspace_edit(server.documents, edits, versioned=server.versioned_edits)


def _register_formatting(server: Server) -> None:
    @server.handles(lsp.TEXT_DOCUMENT_FORMATTING)
    def format(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit] | None:
        analysis = server.analysis(params.text_document.uri)
        return to_lsp.text_edits(server.documents, formatted(analysis)) if analysis else None

    @server.handles(lsp.TEXT_DOCUMENT_RANGE_FORMATTING)
    def format_range(params: lsp.DocumentRangeFormattingParams) -> list[lsp.TextEdit] | None:
        analysis = server.analysis(params.text_document.uri)
        if analysis is None:
            return None
        span = server.documents.lines(analysis.file).span(params.range, analysis.file)
        first = analysis.source.position(span.start).line
        last = analysis.source.position(max(span.start, span.end - 1)).line
        return to_lsp.text_edits(server.documents, formatted_lines(analysis, first, last))

    @server.handles(lsp.TEXT_DOCUMENT_ON_TYPE_FORMATTING)
    def format_typed(params: lsp.DocumentOnTypeFormattingParams) -> list[lsp.TextEdit] | None:
        here = server.here(params.text_document.uri, params.position)
        return to_lsp.text_edits(server.documents, indent_after(*here)) if here else None
