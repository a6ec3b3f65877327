"""Generated code beside the model, its equations, and the dynamics of one region: made by the worker process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from rateml.ide import Analysis
from rateml.ide.diagnostics import diagnostics
from rateml.ide.texts import texts
from rateml.text import Span
from rateml_lsp import to_lsp
from rateml_lsp.documents import file_of
from rateml_lsp.positions import Lines
from rateml_lsp.server import Server
from rateml_lsp.worker import WorkerFailed

_PAUSE: Final = 0.05
"""Seconds without a key before a preview that someone looks at is made again."""
_CONTENT_MODIFIED: Final = -32801
_REQUEST_FAILED: Final = -32803
_INVALID: Final = -32602


def register(server: Server) -> None:
    @server.handles("rateml/preview")
    async def preview(params: Any) -> dict[str, Any]:
        uri, target = _string(params, "uri"), _string(params, "target", "numba")
        file = file_of(uri)
        wanted = getattr(params, "version", None)
        if wanted is not None and wanted != server.documents.version(file):
            raise JsonRpcException(code=_CONTENT_MODIFIED, message="the document has changed since")
        known = server.previews.latest.get((file, target))
        if known is not None and known[0] == server.documents.version(file) and known[0] is not None:
            return known[1]
        return await _made(server, file, target)

    @server.handles("rateml/equations")
    async def equations(params: Any) -> Any:
        analysis = _analysis(server, params)
        return await _ask(server, "equations", {**texts(analysis), "name": getattr(params, "name", None)})

    @server.handles("rateml/dynamics")
    async def dynamics(params: Any) -> Any:
        analysis = _analysis(server, params)
        wanted = {key: _plain(getattr(params, key)) for key in _DYNAMICS if hasattr(params, key)}
        return await _ask(server, "dynamics", {**texts(analysis), **wanted})

    @server.handles("rateml/parameters")
    async def parameters(params: Any) -> Any:
        analysis = _analysis(server, params)
        lines = server.documents.lines(analysis.file)
        answer = await _ask(server, "parameters", texts(analysis))
        for found in answer["parameters"]:
            start, end = found.pop("start"), found.pop("end")
            found["range"] = None if start is None else _range(lines, start, end)
        return answer

    @server.handles("rateml/targets")
    async def targets(params: Any) -> Any:
        del params
        return await _ask(server, "targets", {})

    @server.handles("rateml/stopPreview")
    def stop(params: Any) -> None:
        server.previews.forget(file_of(_string(params, "uri")))


_DYNAMICS: Final = ("parameters", "initial", "inputs", "duration", "step", "points", "axes", "ranges")


def changed(server: Server, file: str) -> None:
    """A document was changed: make the previews again that someone looks at, and tell when they differ."""
    for watched in [w for w in server.previews.latest if w[0] == file]:
        task = server.previews.waiting.pop(watched, None)
        if task is not None:
            task.cancel()
        server.previews.waiting[watched] = asyncio.ensure_future(_again(server, *watched))


async def _again(server: Server, file: str, target: str) -> None:
    await asyncio.sleep(_PAUSE)
    before = server.previews.latest.get((file, target))
    try:
        now = await _made(server, file, target)
    except JsonRpcException:
        return
    if before is None or {**before[1], "version": None} != {**now, "version": None}:
        uri, version = server.documents.uri(file), server.documents.version(file)
        server.protocol.notify("rateml/previewChanged", {"uri": uri, "version": version, "target": target})


async def _made(server: Server, file: str, target: str) -> dict[str, Any]:
    """The preview of a file as it is now; the last good text where it is broken now."""
    analysis = server.documents.workspace.analysis(file)
    if analysis is None:
        raise JsonRpcException(code=_INVALID, message=f"there is no document {file}")
    version = server.documents.version(file)
    lines = server.documents.lines(file)
    told = [to_lsp.diagnostic(server.documents, d) for d in diagnostics(analysis)]
    if not analysis.checked.ok:
        answer: dict[str, Any] = {"text": None}
    else:
        answer = await _ask(server, "preview", {**texts(analysis), "target": target})
    if version != server.documents.version(file):
        raise JsonRpcException(code=_CONTENT_MODIFIED, message="the document has changed since")
    good = server.previews.good.get((file, target))
    if answer.get("text") is None:
        told += [_refusal(lines, d) for d in answer.get("diagnostics", ())]
        text = good or {"text": "", "language": "plaintext", "file": "", "sourceMap": [], "notes": []}
        result = {**text, "stale": True}
    else:
        mapped = [_mapped(lines, entry) for entry in answer["sourceMap"]]
        result = {**answer, "sourceMap": mapped, "stale": False}
        result.pop("diagnostics", None)
        server.previews.good[file, target] = {k: v for k, v in result.items() if k != "stale"}
    converter = server.protocol._converter
    result |= {"uri": server.documents.uri(file), "version": version, "target": target}
    result["diagnostics"] = [converter.unstructure(d) for d in told]
    server.previews.latest[file, target] = (version, result)
    return result


def _mapped(lines: Lines, entry: list[int]) -> dict[str, Any]:
    """A line of the code, from 0, and the range of the model that it comes from."""
    line, start, end = entry
    return {"line": line - 1, "range": _range(lines, start, end)}


def _range(lines: Lines, start: int, end: int) -> dict[str, Any]:
    range = lines.range(Span(start, end))
    return {
        "start": {"line": range.start.line, "character": range.start.character},
        "end": {"line": range.end.line, "character": range.end.character},
    }


def _refusal(lines: Lines, d: Mapping[str, Any]) -> lsp.Diagnostic:
    """What a target cannot express."""
    return lsp.Diagnostic(
        lines.range(Span(d["start"], d["end"])),
        d["message"],
        lsp.DiagnosticSeverity(d["severity"]),
        d["code"],
        source="rateml",
    )


async def _ask(server: Server, method: str, params: Mapping[str, object]) -> Any:
    if not server.settings.worker:
        raise JsonRpcException(code=_REQUEST_FAILED, message="the setting rateml.worker is off")
    try:
        return await server.worker.ask(method, params)
    except WorkerFailed as failed:
        raise JsonRpcException(code=_REQUEST_FAILED, message=str(failed)) from failed


def _analysis(server: Server, params: Any) -> Analysis:
    uri = _string(params, "uri")
    analysis = server.analysis(uri)
    if analysis is None:
        raise JsonRpcException(code=_INVALID, message=f"there is no document {uri}")
    if not analysis.checked.ok:
        first = next(d for d in analysis.diagnostics if d.severity == 1)
        raise JsonRpcException(code=_REQUEST_FAILED, message=f"the model has an error: {first.message}")
    return analysis


def _string(params: Any, name: str, default: str | None = None) -> str:
    value = getattr(params, name, default)
    if not isinstance(value, str):
        raise JsonRpcException(code=_INVALID, message=f"'{name}' must be a string")
    return value


def _plain(data: Any) -> Any:
    """A JSON value; the protocol library makes objects of those it has no type for."""
    if hasattr(data, "_asdict"):
        return {key: _plain(value) for key, value in data._asdict().items()}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    return data
