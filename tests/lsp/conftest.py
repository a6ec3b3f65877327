"""A server in a process of its own, and a client with the capabilities of an editor."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

SERVER = [sys.executable, "-m", "rateml_lsp"]
EDITORS = ("visual_studio_code", "neovim", "emacs")


class Editor:
    """What a person does in an editor, as messages."""

    def __init__(self, client: LanguageClient, name: str, folder: Path) -> None:
        self.client, self.name, self.folder = client, name, folder
        self.pulls = False
        self._versions: dict[str, int] = {}
        self._texts: dict[str, str] = {}

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str) -> str:
        uri = self.uri(name)
        self._versions[uri], self._texts[uri] = 1, text
        item = lsp.TextDocumentItem(uri, "xml", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri: str, text: str) -> int:
        """Send a whole text."""
        self._versions[uri] += 1
        self._texts[uri] = text
        identifier = lsp.VersionedTextDocumentIdentifier(self._versions[uri], uri)
        change = lsp.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(identifier, [change]))
        return self._versions[uri]

    def edit(self, uri: str, range: lsp.Range, text: str) -> int:
        """Send an edit; the text that it makes is the test's affair."""
        self._versions[uri] += 1
        identifier = lsp.VersionedTextDocumentIdentifier(self._versions[uri], uri)
        change = lsp.TextDocumentContentChangePartial(range, text)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(identifier, [change]))
        return self._versions[uri]

    async def diagnostics(self, uri: str) -> list[lsp.Diagnostic]:
        """What is told of the newest version, pushed or pulled."""
        if self.pulls:
            params = lsp.DocumentDiagnosticParams(lsp.TextDocumentIdentifier(uri))
            report = await self.client.text_document_diagnostic_async(params)
            assert isinstance(report, lsp.RelatedFullDocumentDiagnosticReport)
            return list(report.items)
        for _ in range(6000):
            told = self.client.published.get(uri)
            if told is not None and told.version == self._versions[uri]:
                return list(told.diagnostics)
            await asyncio.sleep(0.02)
        raise AssertionError("no diagnostics of the newest version")

    async def until(self, uri: str, holds: Callable[[list[lsp.Diagnostic]], bool]) -> list[lsp.Diagnostic]:
        """The diagnostics once they are as expected: something else than the text has changed."""
        for _ in range(6000):
            told = await self.diagnostics(uri)
            if holds(told):
                return told
            await asyncio.sleep(0.02)
        raise AssertionError([d.message for d in told])

    def position(self, uri: str, marker: str, after: int = 0) -> lsp.Position:
        """Where a piece of the text starts, in the code units that were agreed on."""
        text = self._texts[uri]
        at = text.index(marker) + after
        row = text.count("\n", 0, at)
        before = text[text.rfind("\n", 0, at) + 1 : at]
        encoding = self.client.server_capabilities_.position_encoding
        if encoding == lsp.PositionEncodingKind.Utf8:
            return lsp.Position(row, len(before.encode()))
        if encoding == lsp.PositionEncodingKind.Utf16:
            return lsp.Position(row, len(before.encode("utf-16-le")) // 2)
        return lsp.Position(row, len(before))


def shipped_text(name: str) -> str:
    return (files("rateml") / "models" / name).read_text(encoding="utf-8")


async def _session(client: LanguageClient, name: str, folder: Path, *, pulls_all: bool = False) -> Editor:
    capabilities = client_capabilities(name)
    if pulls_all:
        capabilities.text_document.diagnostic = lsp.DiagnosticClientCapabilities()
        capabilities.workspace.diagnostics = lsp.DiagnosticWorkspaceClientCapabilities(refresh_support=False)
    client.published = {}

    def published(params: lsp.PublishDiagnosticsParams) -> None:
        client.published[params.uri] = params

    # The client that comes with pytest-lsp forgets which version was spoken of.
    client.protocol.fm.features[lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = published
    client.registered, client.statuses, client.changed = [], [], []

    @client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
    def register(params: lsp.RegistrationParams) -> None:
        client.registered.extend(params.registrations)

    @client.feature("rateml/serverStatus")
    def status(params: Any) -> None:
        client.statuses.append(params)

    @client.feature("rateml/previewChanged")
    def changed(params: Any) -> None:
        client.changed.append(params)

    result = await client.initialize_session(
        lsp.InitializeParams(
            capabilities=capabilities,
            workspace_folders=[lsp.WorkspaceFolder(folder.as_uri(), "models")],
            initialization_options={"theme": "dark"},
        )
    )
    client.server_capabilities_ = result.capabilities
    editor = Editor(client, name, folder)
    document = capabilities.text_document
    editor.pulls = document is not None and document.diagnostic is not None
    return editor


@pytest_lsp.fixture(config=ClientServerConfig(server_command=SERVER), params=EDITORS)
async def editor(lsp_client: LanguageClient, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Editor]:
    """The three editors in turn."""
    lsp_client.editor = await _session(lsp_client, request.param, tmp_path)
    yield
    await lsp_client.shutdown_session()


@pytest_lsp.fixture(config=ClientServerConfig(server_command=SERVER))
async def code(lsp_client: LanguageClient, tmp_path: Path) -> AsyncIterator[Editor]:
    """Visual Studio Code."""
    lsp_client.editor = await _session(lsp_client, "visual_studio_code", tmp_path)
    yield
    await lsp_client.shutdown_session()


@pytest_lsp.fixture(config=ClientServerConfig(server_command=SERVER))
async def pulling(lsp_client: LanguageClient, tmp_path: Path) -> AsyncIterator[Editor]:
    """Visual Studio Code of today, which asks for the diagnostics of the whole folder."""
    lsp_client.editor = await _session(lsp_client, "visual_studio_code", tmp_path, pulls_all=True)
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def shipped() -> object:
    return shipped_text
