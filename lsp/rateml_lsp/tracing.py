"""What a client that sets a trace is told: each message with the time its handler took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

if TYPE_CHECKING:
    from rateml_lsp.server import Server


@contextmanager
def traced(server: Server, method: str, params: Any) -> Iterator[None]:
    """Send ``$/logTrace`` when the handler of a message is done; a verbose trace says which document it was about."""
    wanted = server.protocol.trace
    if wanted == lsp.TraceValue.Off:
        yield
        return
    start = time.perf_counter()
    try:
        yield
    finally:
        document = getattr(params, "text_document", None)
        about = getattr(document or params, "uri", None) if wanted == lsp.TraceValue.Verbose else None
        message = f"{method} took {1000 * (time.perf_counter() - start):.1f} ms"
        server.log_trace(lsp.LogTraceParams(message, about))
