"""Previews, equations and dynamics, and a worker that dies or is missing."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient


async def preview(client: LanguageClient, uri: str, target: str = "numba", **more: object):
    params = {"uri": uri, "target": target, **more}
    return await client.protocol.send_request_async("rateml/preview", params)


@pytest.mark.asyncio
async def test_code_beside_the_model(code: LanguageClient, shipped) -> None:
    me = code.editor
    text = shipped("montbrio.xml")
    uri = me.open("montbrio.xml", text)
    first = await preview(code, uri, version=1)
    assert first.language == "python"
    assert first.file == "montbrio_pazo_roxin_numba.py"
    assert not first.stale
    lines = first.text.split("\n")
    row = me.position(uri, '<TimeDerivative variable="V"').line
    mapped = [lines[m.line] for m in first.sourceMap if m.range.start.line <= row <= m.range.end.line]
    assert any("eta" in line for line in mapped)

    me.change(uri, text.replace("J * tau", "J * JJ * tau"))
    broken = await preview(code, uri)
    assert broken.stale
    assert broken.text == first.text
    assert broken.version == 2
    assert [d.code for d in broken.diagnostics] == ["RML201"]

    me.change(uri, text.replace("+ I +", "+ 2 * I +"))
    for _ in range(6000):
        if code.changed and code.changed[-1].version == 3:
            break
        await asyncio.sleep(0.02)
    assert code.changed[-1].version == 3
    fresh = await preview(code, uri, version=3)
    assert not fresh.stale
    assert fresh.text != first.text
    with pytest.raises(JsonRpcException, match="changed since"):
        await preview(code, uri, version=2)

    for target, language in (("tvb", "python"), ("python", "python"), ("lems", "xml"), ("docs", "html")):
        assert (await preview(code, uri, target)).language == language
    with pytest.raises(JsonRpcException, match="there is no target 'fortran'"):
        await preview(code, uri, "fortran")

    card = await code.protocol.send_request_async("rateml/equations", {"uri": uri})
    assert "<math" in card.html

    sliders = await code.protocol.send_request_async("rateml/parameters", {"uri": uri})
    eta = next(p for p in sliders.parameters if p.key == "eta")
    row = me.position(uri, '<Component id="mpr"').line
    assert eta.range.start.line == eta.range.end.line == row
    line = text.split("\n")[row]
    assert line[eta.range.start.character : eta.range.end.character] == "-4.6"
    assert "\\frac" in card.latex.V
    plane = await code.protocol.send_request_async(
        "rateml/dynamics", {"uri": uri, "parameters": {"eta": -5.5}, "inputs": {"c_r": 0.1}, "duration": 50}
    )
    assert plane.ended == "complete"
    assert plane.parameters.eta == -5.5
    assert len(plane.states.r) == len(plane.time)
    assert plane.plane.nullclines.r
    with pytest.raises(JsonRpcException, match="has no 'nope'"):
        await code.protocol.send_request_async("rateml/dynamics", {"uri": uri, "parameters": {"nope": 1}})

    hover = lsp.HoverParams(lsp.TextDocumentIdentifier(uri), me.position(uri, 'variable="V" value', 10))
    for _ in range(2400):
        shown = (await code.text_document_hover_async(hover)).contents.value
        if "data:image/svg+xml" in shown:
            break
        await asyncio.sleep(0.05)
    assert "data:image/svg+xml" in shown
    assert "dV/dt =" in shown


def children(pid: int) -> list[int]:
    """The processes that another one started."""
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.asyncio
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to find the worker")
async def test_a_worker_that_dies_is_replaced_and_told_once(code: LanguageClient, shipped) -> None:
    me = code.editor
    uri = me.open("montbrio.xml", shipped("montbrio.xml"))
    good = await preview(code, uri)
    server = code._server.pid
    for number in range(2):
        (worker,) = children(server)
        os.kill(worker, signal.SIGKILL)
        for _ in range(6000):
            if not children(server):
                break
            await asyncio.sleep(0.02)
        me.change(uri, shipped("montbrio.xml") + " " * (number + 1))
        again = await preview(code, uri)
        assert again.text == good.text
    assert sum("process that makes previews ended" in m.message for m in code.messages) == 1
    hover = lsp.HoverParams(lsp.TextDocumentIdentifier(uri), me.position(uri, "J * tau"))
    assert await code.text_document_hover_async(hover) is not None


@pytest.mark.asyncio
async def test_delays_in_steps_once_a_network_is_configured(code: LanguageClient, shipped) -> None:
    me = code.editor
    code.set_configuration({"rateml": {"connectome": "synthetic:20:3"}})
    code.workspace_did_change_configuration(lsp.DidChangeConfigurationParams({}))
    uri = me.open("montbrio.xml", shipped("montbrio.xml"))
    whole = lsp.Range(lsp.Position(0, 0), lsp.Position(100, 0))
    params = lsp.InlayHintParams(lsp.TextDocumentIdentifier(uri), whole)
    for _ in range(6000):
        labels = [h.label for h in await code.text_document_inlay_hint_async(params)]
        if any("steps" in label for label in labels):
            break
        await asyncio.sleep(0.05)
    assert any(label.endswith(" steps") for label in labels)


@pytest.mark.asyncio
async def test_what_takes_long_can_be_cancelled(code: LanguageClient, shipped) -> None:
    me = code.editor
    uri = me.open("zerlaut.xml", shipped("zerlaut_second_order.xml"))
    params = {"uri": uri, "duration": 20_000}
    await code.protocol.send_request_async("rateml/targets", {})  # the worker is there now
    asked = code.protocol.send_request_async("rateml/dynamics", params, "slow")
    task = asyncio.ensure_future(asked)
    await asyncio.sleep(0.1)
    code.protocol.notify("$/cancelRequest", lsp.CancelParams("slow"))
    with pytest.raises(JsonRpcException, match="cancel"):
        await task


@pytest.mark.asyncio
async def test_a_preview_can_be_cancelled_and_asked_for_again(code: LanguageClient, shipped) -> None:
    uri = code.editor.open("montbrio.xml", shipped("montbrio.xml"))
    params = {"uri": uri, "target": "numba"}
    asked = code.protocol.send_request_async("rateml/preview", params, "given up")
    task = asyncio.ensure_future(asked)
    await asyncio.sleep(0)
    code.protocol.notify("$/cancelRequest", lsp.CancelParams("given up"))  # the worker takes longer to start
    with pytest.raises(JsonRpcException, match="cancel"):
        await task
    assert not (await preview(code, uri)).stale
    if Path("/proc/self/task").exists():
        assert len(children(code._server.pid)) == 1


@pytest.mark.asyncio
async def test_requests_that_make_no_sense(code: LanguageClient) -> None:
    for params, reason in (
        ({}, "'uri' must be a string"),
        ({"uri": "file:///nowhere/at/all.xml"}, "there is no document"),
    ):
        for method in ("rateml/preview", "rateml/equations", "rateml/dynamics"):
            with pytest.raises(JsonRpcException, match=reason):
                await code.protocol.send_request_async(method, params)
