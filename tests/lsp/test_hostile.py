"""Files made to do harm, open in an editor: each is told what is wrong with it, and the server does nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

WATCHED = [sys.executable, str(Path(__file__).parent / "watched_server.py")]
XINCLUDE = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="secret" parse="text"/>'
BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE = (
    ("RML011", "", f'<!DOCTYPE Lems [<!ENTITY l0 "ha">{BOMB}]>'),
    ("RML011", "", '<!DOCTYPE Lems [<!ENTITY x SYSTEM "secret">]>'),
    ("RML101", "<Dynamics>", f"<Dynamics>{XINCLUDE}"),
    ("RML", "<ComponentType", '<Include file="../secret"/><ComponentType'),
    ("RML104", 'name="tau"', "name=\"__import__('os').system('true')\""),
    ("RML127", "pi * tau * r", "__import__('os').system('true')"),
    ("RML024", "pi * tau * r", "(" * 5_000),
    ("RML023", "pi * tau * r", "1+" * 200_000),
)


@pytest_lsp.fixture(config=ClientServerConfig(server_command=WATCHED))
async def watched(lsp_client: LanguageClient, tmp_path: Path) -> AsyncIterator[None]:
    capabilities = client_capabilities("visual_studio_code")
    capabilities.text_document.diagnostic = lsp.DiagnosticClientCapabilities()
    capabilities.workspace.did_change_watched_files = None
    folder = lsp.WorkspaceFolder(tmp_path.as_uri(), "models")
    await lsp_client.initialize_session(lsp.InitializeParams(capabilities=capabilities, workspace_folders=[folder]))
    yield
    await lsp_client.shutdown_session()


@pytest.mark.parametrize(
    "fault",
    [
        "os.system('true')",
        "open('secret')",
        "__import__('subprocess').run('true')",
        "__import__('socket').create_connection(('localhost', 9))",
    ],
)
def test_the_watch_sees(fault: str) -> None:
    done = subprocess.run(WATCHED, env={**os.environ, "PLANTED": fault}, stdin=subprocess.DEVNULL, timeout=120)
    assert done.returncode == 99


@pytest.mark.asyncio
async def test_hostile_files_are_told_and_do_nothing(watched: LanguageClient, shipped, tmp_path: Path) -> None:
    model = shipped("montbrio.xml")
    (tmp_path / "secret").write_text("nobody may read this")
    (tmp_path / "models").mkdir()
    for number, (code, old, new) in enumerate(HOSTILE):
        text = model.replace(old, new, 1)
        assert text != model
        document = lsp.TextDocumentIdentifier((tmp_path / "models" / f"m{number}.xml").as_uri())
        watched.text_document_did_open(
            lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(document.uri, "xml", 1, text))
        )
        report = await watched.text_document_diagnostic_async(lsp.DocumentDiagnosticParams(document))
        errors = [str(d.code) for d in report.items if d.severity == 1]
        print(new[:60], errors[:3])
        assert any(e.startswith(code) for e in errors), (new[:60], errors)
        assert not any("nobody may" in d.message for d in report.items)
        at = lsp.Position(5, 20)
        await watched.text_document_completion_async(lsp.CompletionParams(document, at))
        await watched.text_document_hover_async(lsp.HoverParams(document, at))
        await watched.text_document_document_link_async(lsp.DocumentLinkParams(document))
        around = lsp.CodeActionParams(document, lsp.Range(at, at), lsp.CodeActionContext(report.items))
        await watched.text_document_code_action_async(around)
