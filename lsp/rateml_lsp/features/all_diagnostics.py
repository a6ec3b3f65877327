"""Diagnostics of every model below the folders, open or not, for a client that asks for them."""

from __future__ import annotations

import asyncio

from lsprotocol import types as lsp

from rateml.ide.diagnostics import diagnostics, fingerprint
from rateml_lsp import to_lsp
from rateml_lsp.documents import file_of
from rateml_lsp.features.diagnostics import check_in_turns
from rateml_lsp.server import Server


def register(server: Server) -> None:
    @server.handles(lsp.WORKSPACE_DIAGNOSTIC)
    async def pull(params: lsp.WorkspaceDiagnosticParams) -> lsp.WorkspaceDiagnosticReport:
        before = {file_of(p.uri): p for p in params.previous_result_ids}
        workspace = server.documents.workspace
        # A folder may be large, and the disk slow.
        files = await asyncio.to_thread(lambda: tuple(workspace.models_on_disk()))
        found = {file: await _report(server, file, before.get(file)) for file in files}
        reports = [report for report in found.values() if report is not None]
        for file, previous in before.items():
            if found.get(file) is None:
                reports.append(lsp.WorkspaceFullDocumentDiagnosticReport(previous.uri, items=[]))
        return lsp.WorkspaceDiagnosticReport(reports)


async def _report(
    server: Server, file: str, before: lsp.PreviousResultId | None
) -> lsp.WorkspaceDocumentDiagnosticReport | None:
    """What there is to tell of a file; None for one that is gone or is no model."""
    analysis = server.documents.workspace.analysis(file)
    if analysis is None or ("<Lems" not in analysis.text and not server.documents.is_open(file)):
        return None
    version = server.documents.version(file)
    await check_in_turns(analysis)
    told = diagnostics(analysis)
    result = fingerprint(told)
    if before is not None and before.value == result:
        return lsp.WorkspaceUnchangedDocumentDiagnosticReport(before.uri, result, version=version)
    items = [to_lsp.diagnostic(server.documents, d) for d in told]
    uri = before.uri if before else server.documents.uri(file)
    return lsp.WorkspaceFullDocumentDiagnosticReport(uri, items, version=version, result_id=result)
