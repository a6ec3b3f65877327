"""A session around its documents: status, trace, folders, settings, and a worker that is not there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient
from rateml_lsp.worker import Worker, WorkerFailed


async def until(holds: Callable[[], Any]) -> None:
    for _ in range(6000):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came")


@pytest.mark.asyncio
async def test_the_status_is_told_once_the_server_is_ready(editor: LanguageClient) -> None:
    await until(lambda: editor.statuses)
    (status,) = editor.statuses
    assert (status.health, status.quiescent, status.message) == ("ok", True, "")


@pytest.mark.asyncio
async def test_requests_are_traced_when_the_client_wants_it(code: LanguageClient, shipped) -> None:
    traced = []

    @code.feature(lsp.LOG_TRACE)
    def trace(params: lsp.LogTraceParams) -> None:
        traced.append(params)

    me = code.editor
    uri = me.open("m.xml", shipped("montbrio.xml"))
    document = lsp.TextDocumentIdentifier(uri)
    await code.text_document_folding_range_async(lsp.FoldingRangeParams(document))
    assert not traced
    code.set_trace(lsp.SetTraceParams(lsp.TraceValue.Messages))
    await code.text_document_folding_range_async(lsp.FoldingRangeParams(document))
    await until(lambda: traced)
    assert traced[0].message.startswith("textDocument/foldingRange took ")
    assert traced[0].verbose is None
    code.set_trace(lsp.SetTraceParams(lsp.TraceValue.Verbose))
    await code.text_document_folding_range_async(lsp.FoldingRangeParams(document))
    await until(lambda: len(traced) > 1)
    assert uri in traced[1].verbose


@pytest.mark.asyncio
async def test_folders_come_and_go(code: LanguageClient, shipped, tmp_path) -> None:
    other = tmp_path.parent / f"{tmp_path.name}-other"
    other.mkdir()
    (other / "elsewhere.xml").write_text(shipped("kuramoto.xml"))
    folder = lsp.WorkspaceFolder(other.as_uri(), "other")

    async def found() -> list[str]:
        return [s.name for s in await code.workspace_symbol_async(lsp.WorkspaceSymbolParams("Kuramoto"))]

    def change(added: list[lsp.WorkspaceFolder], removed: list[lsp.WorkspaceFolder]) -> None:
        event = lsp.WorkspaceFoldersChangeEvent(added, removed)
        code.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event))

    assert await found() == []
    change([folder], [])
    assert "Kuramoto" in await found()
    change([], [folder])
    assert await found() == []


@pytest.mark.asyncio
async def test_models_and_settings_files_are_watched(editor: LanguageClient) -> None:
    capabilities = editor.capabilities.workspace.did_change_watched_files
    if capabilities is None or not capabilities.dynamic_registration:
        pytest.skip("this editor watches no files")
    await until(lambda: editor.registered)
    (registration,) = editor.registered
    options = registration.register_options
    watchers = options["watchers"] if isinstance(options, dict) else options.watchers
    patterns = [w["globPattern"] if isinstance(w, dict) else w.glob_pattern for w in watchers]
    assert patterns == ["**/*.xml", "**/rateml.toml", "**/pyproject.toml"]


@pytest.mark.asyncio
async def test_without_the_worker_everything_else_works(code: LanguageClient, shipped) -> None:
    me = code.editor
    code.set_configuration({"rateml": {"worker": False}})
    code.workspace_did_change_configuration(lsp.DidChangeConfigurationParams({}))
    uri = me.open("m.xml", shipped("montbrio.xml").replace("J * tau", "K * tau"))
    assert "RML201" in {d.code for d in await me.diagnostics(uri)}
    me.change(uri, shipped("montbrio.xml"))

    async def refusal() -> str:
        with pytest.raises(JsonRpcException) as refused:
            await code.protocol.send_request_async("rateml/equations", {"uri": uri})
        return str(refused.value)

    for _ in range(6000):
        try:
            await code.protocol.send_request_async("rateml/equations", {"uri": uri})
        except JsonRpcException:
            break
    assert "the setting rateml.worker is off" in await refusal()
    hover = lsp.HoverParams(lsp.TextDocumentIdentifier(uri), me.position(uri, "J * tau"))
    assert await code.text_document_hover_async(hover) is not None


@pytest.mark.asyncio
async def test_a_worker_that_cannot_be_started_says_so() -> None:
    told: list[tuple[str, str]] = []
    worker = Worker(lambda health, message: told.append((health, message)), lambda message: None)
    worker.command = ("/nowhere/python", "-m", "rateml.worker")
    with pytest.raises(WorkerFailed, match="cannot be started: No such file"):
        await worker.ask("targets", {})
    assert told == [("warning", "no previews: the worker process cannot be started")]


@pytest.mark.asyncio
async def test_a_worker_that_always_ends_is_given_up() -> None:
    told: list[str] = []
    statuses: list[tuple[str, str]] = []
    worker = Worker(lambda health, message: statuses.append((health, message)), told.append)
    worker.command = ("/bin/true",)
    reasons = []
    for _ in range(7):
        with pytest.raises(WorkerFailed) as failed:
            await worker.ask("targets", {})
        reasons.append(str(failed.value))
        await until(lambda: worker.pid is None)
    assert "the worker process ended" in reasons[0]
    assert "restart the server" in reasons[-1]
    assert "it is started again" in told[0]
    assert told[-1] == f"rateml: {reasons[-1]}"
    assert statuses == [("warning", f"no previews: {reasons[-1]}")]
