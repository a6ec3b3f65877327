"""Diagnostics: pushed after every change, or given to a client that asks, ``unchanged`` where nothing did."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from lsprotocol import types as lsp

from rateml.ide import Analysis
from rateml.ide.diagnostics import diagnostics, fingerprint
from rateml_lsp import to_lsp
from rateml_lsp.server import Server

_QUICK: Final = 0.06
"""Seconds: what takes no longer is done at every change."""
_LONGEST: Final = 0.25
_TURNS: Final = 4
"""Rounds of the loop in which a message that has arrived is taken in, read and answered."""
_PAUSE: Final = 0.003
"""Seconds of checking after which what was asked meanwhile has its turn."""


def register(server: Server) -> None:
    @server.handles(lsp.TEXT_DOCUMENT_DIAGNOSTIC)
    def pull(params: lsp.DocumentDiagnosticParams) -> lsp.DocumentDiagnosticReport:
        analysis = server.analysis(params.text_document.uri)
        if analysis is None:
            return lsp.RelatedFullDocumentDiagnosticReport(items=[])
        found = diagnostics(analysis)
        result = fingerprint(found)
        if params.previous_result_id == result:
            return lsp.RelatedUnchangedDocumentDiagnosticReport(result_id=result)
        items = [to_lsp.diagnostic(server.documents, d) for d in found]
        return lsp.RelatedFullDocumentDiagnosticReport(items=items, result_id=result)


def publish_soon(server: Server, file: str) -> None:
    """Push the diagnostics of a file when what waits already has been read; a slow file's a little later."""
    if server.pulls_diagnostics:
        return
    waiting = server.pending.pop(file, None)
    if waiting is not None:
        waiting.cancel()
    took = server.took.get(file, 0.0)
    delay = 0.0 if took < _QUICK else min(took / 2, _LONGEST)
    server.pending[file] = asyncio.ensure_future(_publish(server, file, delay))


async def _publish(server: Server, file: str, delay: float) -> None:
    """Check and tell; what is asked meanwhile is answered between the rules, and a change begins it anew."""
    if delay:
        await asyncio.sleep(delay)
    analysis = server.documents.workspace.analysis(file) if server.documents.is_open(file) else None
    if analysis is None:
        return
    start = time.process_time()
    await check_in_turns(analysis)
    server.pending.pop(file, None)
    version, uri = server.documents.version(file), server.documents.uri(file)
    items = [to_lsp.diagnostic(server.documents, d) for d in diagnostics(analysis)]
    server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, items, version))
    server.took[file] = time.process_time() - start


async def check_in_turns(analysis: Analysis) -> None:
    """Check a file; what is asked meanwhile is answered between the rules."""
    pause = time.process_time() + _PAUSE
    for _step in analysis.check_in_steps():
        if time.process_time() > pause:
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            pause = time.process_time() + _PAUSE


def withdraw(server: Server, file: str) -> None:
    """A file was closed: its diagnostics go, and those of open files that include it are looked at again."""
    waiting = server.pending.pop(file, None)
    if waiting is not None:
        waiting.cancel()
    server.took.pop(file, None)
    if server.pulls_diagnostics:
        return
    server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(server.documents.uri(file), []))
    for other in server.documents.files:
        publish_soon(server, other)
