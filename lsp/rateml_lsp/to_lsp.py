"""Answers of ``rateml.ide`` in the protocol's types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from lsprotocol import types as lsp

from rateml.diagnostics import Diagnostic, Edit, Tag
from rateml.text import Span
from rateml_lsp.documents import Documents
from rateml_lsp.pages import page_uri

_FENCE: Final = re.compile(r"^```.*\n?", re.MULTILINE)
_IMAGE: Final = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_TAGS: Final = {Tag.UNNECESSARY: lsp.DiagnosticTag.Unnecessary, Tag.DEPRECATED: lsp.DiagnosticTag.Deprecated}


def location(documents: Documents, span: Span) -> lsp.Location:
    return lsp.Location(documents.uri(span.file), documents.lines(span.file).range(span))


def diagnostic(documents: Documents, d: Diagnostic) -> lsp.Diagnostic:
    """A diagnostic of an open file; its help stands below its message, as in a terminal."""
    related = [lsp.DiagnosticRelatedInformation(location(documents, r.span), r.message) for r in d.related]
    href = page_uri(d.code.id)
    return lsp.Diagnostic(
        range=documents.lines(d.span.file).range(d.span),
        message=f"{d.message}\n{d.help}" if d.help else d.message,
        severity=lsp.DiagnosticSeverity(int(d.severity)),
        code=d.code.id,
        code_description=lsp.CodeDescription(href) if href else None,
        source="rateml",
        tags=[_TAGS[tag] for tag in d.tags] or None,
        related_information=related or None,
    )


def text_edits(documents: Documents, edits: Iterable[Edit]) -> list[lsp.TextEdit]:
    """Edits of one file; line ends are those of the file."""
    found = []
    for edit in edits:
        lines = documents.lines(edit.span.file)
        found.append(lsp.TextEdit(lines.range(edit.span), _with_line_ends(edit.text, lines.text)))
    return found


def _with_line_ends(text: str, of: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in of else text


def workspace_edit(documents: Documents, edits: Sequence[Edit], *, versioned: bool) -> lsp.WorkspaceEdit:
    """Edits of any files; ``versioned`` for clients that take document changes."""
    files: dict[str, list[Edit]] = {}
    for edit in edits:
        files.setdefault(edit.span.file, []).append(edit)
    if not versioned:
        return lsp.WorkspaceEdit(changes={documents.uri(f): text_edits(documents, es) for f, es in files.items()})
    return lsp.WorkspaceEdit(
        document_changes=[
            lsp.TextDocumentEdit(
                lsp.OptionalVersionedTextDocumentIdentifier(documents.uri(f), documents.version(f)),
                list(text_edits(documents, es)),
            )
            for f, es in files.items()
        ]
    )


def markup(text: str, formats: Sequence[lsp.MarkupKind | str] | None) -> lsp.MarkupContent:
    """Markdown for a client that shows it, else the text without its marks."""
    if formats is not None and lsp.MarkupKind.Markdown in formats:
        return lsp.MarkupContent(lsp.MarkupKind.Markdown, text)
    plain = _FENCE.sub("", _IMAGE.sub("", text)).replace("**", "").replace("`", "")
    return lsp.MarkupContent(lsp.MarkupKind.PlainText, plain.strip())


def documentation(text: str, formats: Sequence[lsp.MarkupKind | str] | None) -> lsp.MarkupContent | str:
    """As ``markup``, and a bare string for a client that names no format."""
    content = markup(text, formats)
    return content if formats else content.value
