"""The server: what it keeps of a session, and the life of a connection.

A client waits for the answer to ``initialize`` alone; all that reads models is loaded after that.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from rateml_lsp.capabilities import PLAIN, REQUESTS, SLOW
from rateml_lsp.previews import Previews
from rateml_lsp.tracing import traced
from rateml_lsp.worker import Worker

if TYPE_CHECKING:
    from rateml.ide import Analysis
    from rateml_lsp.documents import Documents
    from rateml_lsp.settings import Settings

logger = logging.getLogger("rateml_lsp")
_Handler = TypeVar("_Handler", bound=Callable[..., Any])


class Protocol(LanguageServerProtocol):
    """Documents are kept in ``Documents``, whose lines end as the protocol says and whose texts never drift."""

    @lsp_method(lsp.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: lsp.DidOpenTextDocumentParams) -> None:
        self._pass_on(lsp.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: lsp.DidChangeTextDocumentParams) -> None:
        self._pass_on(lsp.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: lsp.DidCloseTextDocumentParams) -> None:
        self._pass_on(lsp.TEXT_DOCUMENT_DID_CLOSE, params)

    def _pass_on(self, method: str, params: Any) -> None:
        handler = self.fm.features.get(method)
        if handler is not None:
            handler(params)


class Server(LanguageServer):
    """A session with one client."""

    protocol: Protocol

    def __init__(self) -> None:
        super().__init__("rateml-lsp", version("rateml"), protocol_cls=Protocol)
        self.worker = Worker(self.status, self.tell)
        self.pending: dict[str, asyncio.Task[None]] = {}
        """Checks that are about to run, by file."""
        self.took: dict[str, float] = {}
        """Seconds that the last check of a file took."""
        self.previews = Previews()
        self.pictures: dict[tuple[str, str, str], str | None] = {}
        """Typeset equations by model text, variable and colour; None for what is not drawn yet or cannot be."""
        self.delays: dict[tuple[object, ...], dict[str, tuple[int, int]]] = {}
        """Delays in steps by network and couplings; empty while they are not known."""
        self.begun_with = lsp.InitializeParams(capabilities=lsp.ClientCapabilities())
        self._handlers: dict[str, Callable[..., Any]] = {}
        self._tasks: set[asyncio.Future[None]] = set()
        self._told: set[str] = set()

    @cached_property
    def documents(self) -> Documents:
        from rateml_lsp.documents import Documents

        return Documents()

    @cached_property
    def settings(self) -> Settings:
        from rateml_lsp.settings import Settings

        return Settings()

    def handles(self, method: str) -> Callable[[_Handler], _Handler]:
        """Answer a method of ``capabilities`` with the decorated function."""

        def keep(handler: _Handler) -> _Handler:
            self._handlers[method] = handler
            return handler

        return keep

    def handler(self, method: str) -> Callable[..., Any]:
        """What answers a method; the first time, everything that does is loaded."""
        if not self._handlers:
            from rateml_lsp.features import register

            register(self)
            tune_memory()
        return self._handlers[method]

    def status(self, health: str, message: str = "", *, quiescent: bool = True) -> None:
        """``rateml/serverStatus``: what a status bar shows."""
        params = {"health": health, "quiescent": quiescent, "message": message}
        self.protocol.notify("rateml/serverStatus", params)

    def tell(self, message: str, kind: lsp.MessageType = lsp.MessageType.Warning) -> None:
        """Show a message, the same one only once in a session."""
        if message not in self._told:
            self._told.add(message)
            self.window_show_message(lsp.ShowMessageParams(kind, message))

    def analysis(self, uri: str) -> Analysis | None:
        return self.documents.analysis(uri)

    def here(self, uri: str, position: lsp.Position) -> tuple[Analysis, int] | None:
        """The analysis of a document, and the offset of a position in it."""
        analysis = self.documents.analysis(uri)
        if analysis is None:
            return None
        return analysis, self.documents.lines(analysis.file).offset(position)

    @property
    def pulls_diagnostics(self) -> bool:
        """Whether the client asks for diagnostics itself: then none are pushed, or they would show twice."""
        document = self.client_capabilities.text_document
        return document is not None and document.diagnostic is not None

    @property
    def versioned_edits(self) -> bool:
        workspace = self.client_capabilities.workspace
        edit = workspace.workspace_edit if workspace else None
        return bool(edit and edit.document_changes)

    def keep(self, task: asyncio.Future[None]) -> None:
        """Let a task run to its end: the loop itself does not hold it."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        self.worker.stop()


def tune_memory() -> None:
    """Keep the collector from pausing between keystrokes: what is loaded now stays, and the rest is short-lived."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000_000, 20, 100)


def make_server() -> Server:
    """A server that announces every feature."""
    server = Server()

    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        server.begun_with = params
        server.protocol.trace = params.trace or lsp.TraceValue.Off
        if server.pulls_diagnostics and params.capabilities.workspace and params.capabilities.workspace.diagnostics:
            server.feature(lsp.WORKSPACE_DIAGNOSTIC)(_later(server, lsp.WORKSPACE_DIAGNOSTIC))

    for method, options in REQUESTS.items():
        server.feature(method, options)(_at_once(server, method))
    for method in PLAIN:
        server.feature(method)(_at_once(server, method))
    for method in SLOW:
        server.feature(method)(_later(server, method))
    return server


def _at_once(server: Server, method: str) -> Callable[[Any], Any]:
    def answer(params: Any) -> Any:
        with traced(server, method, params):
            return server.handler(method)(params)

    return answer


def _later(server: Server, method: str) -> Callable[[Any], Any]:
    async def answer(params: Any) -> Any:
        with traced(server, method, params):
            return await server.handler(method)(params)

    return answer
