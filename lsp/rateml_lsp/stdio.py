"""Standard input and output as a connection, with one wake-up of the loop for all that has arrived.

pygls itself hands every header line of a message to a thread and back, which costs more than many an answer.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading

from pygls.io_ import StdoutWriter, run_async

from rateml_lsp.server import Server

logger = logging.getLogger("rateml_lsp.stdio")
_CHUNK = 1 << 16


def serve(server: Server) -> None:
    """Answer until the client closes the connection or says ``exit``."""
    server._stop_event = threading.Event()
    server.protocol.set_writer(StdoutWriter(sys.stdout.buffer))
    try:
        asyncio.run(_serve(server, server._stop_event))
    except (BrokenPipeError, asyncio.IncompleteReadError):
        logger.error("the connection to the client is lost")
    except (KeyboardInterrupt, SystemExit):
        pass  # the user or the client ends the server: nothing to tell
    finally:
        server.shutdown()  # type: ignore[no-untyped-call]  # pygls gives this method no types


async def _serve(server: Server, stop: threading.Event) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    threading.Thread(target=_feed, args=(loop, reader), daemon=True).start()
    await run_async(stop, reader, server.protocol, logger, server.report_server_error)


def _feed(loop: asyncio.AbstractEventLoop, reader: asyncio.StreamReader) -> None:
    """Pass on what arrives, until the input ends or the loop is gone."""
    try:
        while data := os.read(sys.stdin.fileno(), _CHUNK):
            loop.call_soon_threadsafe(reader.feed_data, data)
        loop.call_soon_threadsafe(reader.feed_eof)
    except RuntimeError:
        logger.debug("the loop has ended")
