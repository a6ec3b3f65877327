"""What the server can do, as it says so at the start, when nothing that could do it has been loaded yet."""

from __future__ import annotations

from typing import Any, Final

from lsprotocol import types as lsp

TOKEN_TYPES: Final = (
    "type",
    "class",
    "parameter",
    "variable",
    "property",
    "enumMember",
    "function",
    "number",
    "interface",
    "namespace",
)
TOKEN_MODIFIERS: Final = ("declaration", "readonly")
_LEGEND: Final = lsp.SemanticTokensLegend(list(TOKEN_TYPES), list(TOKEN_MODIFIERS))
_ACTIONS: Final = [
    lsp.CodeActionKind.QuickFix,
    lsp.CodeActionKind.RefactorExtract,
    lsp.CodeActionKind.RefactorInline,
    lsp.CodeActionKind.RefactorRewrite,
    lsp.CodeActionKind.SourceFixAll,
]

REQUESTS: Final[dict[str, Any]] = {
    lsp.TEXT_DOCUMENT_DIAGNOSTIC: lsp.DiagnosticOptions(
        inter_file_dependencies=True, workspace_diagnostics=False, identifier="rateml"
    ),
    lsp.TEXT_DOCUMENT_COMPLETION: lsp.CompletionOptions(
        trigger_characters=["<", "/", '"', "'", " ", "."], resolve_provider=True
    ),
    lsp.COMPLETION_ITEM_RESOLVE: None,
    lsp.TEXT_DOCUMENT_HOVER: None,
    lsp.TEXT_DOCUMENT_SIGNATURE_HELP: lsp.SignatureHelpOptions(
        trigger_characters=["(", ","], retrigger_characters=[")"]
    ),
    lsp.TEXT_DOCUMENT_DEFINITION: None,
    lsp.TEXT_DOCUMENT_TYPE_DEFINITION: None,
    lsp.TEXT_DOCUMENT_REFERENCES: None,
    lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: None,
    lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL: None,
    lsp.WORKSPACE_SYMBOL: None,
    lsp.TEXT_DOCUMENT_DOCUMENT_LINK: None,
    lsp.TEXT_DOCUMENT_FOLDING_RANGE: None,
    lsp.TEXT_DOCUMENT_SELECTION_RANGE: None,
    lsp.TEXT_DOCUMENT_LINKED_EDITING_RANGE: None,
    lsp.TEXT_DOCUMENT_PREPARE_RENAME: None,
    lsp.TEXT_DOCUMENT_RENAME: lsp.RenameOptions(prepare_provider=True),
    lsp.TEXT_DOCUMENT_CODE_ACTION: lsp.CodeActionOptions(_ACTIONS, resolve_provider=True),
    lsp.CODE_ACTION_RESOLVE: None,
    lsp.TEXT_DOCUMENT_FORMATTING: None,
    lsp.TEXT_DOCUMENT_RANGE_FORMATTING: None,
    lsp.TEXT_DOCUMENT_ON_TYPE_FORMATTING: lsp.DocumentOnTypeFormattingOptions("\n", [">"]),
    lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: _LEGEND,
    lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: _LEGEND,
    lsp.TEXT_DOCUMENT_INLAY_HINT: None,
    lsp.TEXT_DOCUMENT_CODE_LENS: None,
    lsp.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY: None,
    lsp.CALL_HIERARCHY_INCOMING_CALLS: None,
    lsp.CALL_HIERARCHY_OUTGOING_CALLS: None,
    lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: None,
    lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: None,
    lsp.TEXT_DOCUMENT_DID_OPEN: None,
    lsp.TEXT_DOCUMENT_DID_CHANGE: None,
    lsp.TEXT_DOCUMENT_DID_SAVE: None,
    lsp.TEXT_DOCUMENT_DID_CLOSE: None,
}
"""Methods that are answered at once, each with its options."""

SLOW: Final = (
    lsp.INITIALIZED,
    lsp.WORKSPACE_DID_CHANGE_CONFIGURATION,
    "rateml/preview",
    "rateml/equations",
    "rateml/dynamics",
    "rateml/parameters",
    "rateml/targets",
)
"""Methods that wait for the client or for the worker: they can be cancelled."""

PLAIN: Final = ("rateml/stopPreview", lsp.SHUTDOWN)
