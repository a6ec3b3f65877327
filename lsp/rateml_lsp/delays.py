"""Delays in steps for inlay hints: the worker reads the configured network, and the hints are shown when it has."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final

from rateml.ide import Analysis
from rateml.ide.inlay import Delayed, delayed
from rateml_lsp.worker import WorkerFailed

if TYPE_CHECKING:
    from rateml_lsp.server import Server

_MOST: Final = 100


def delay_steps(server: Server, analysis: Analysis) -> dict[str, tuple[int, int]]:
    """The fewest and most steps of each coupling's delays, as far as they are known by now."""
    source = server.settings.connectome
    found = delayed(analysis) if source and server.settings.worker else ()
    if not found:
        return {}
    folder = os.path.dirname(analysis.file) if os.path.isabs(analysis.file) else ""
    key = (source, folder, tuple(d._replace(offset=0) for d in found))
    if key not in server.delays:
        if len(server.delays) >= _MOST:
            server.delays.clear()
        server.delays[key] = {}
        server.keep(asyncio.ensure_future(_ask(server, key, source, folder, found)))
    return server.delays[key]


async def _ask(server: Server, key: tuple[object, ...], source: str, folder: str, found: tuple[Delayed, ...]) -> None:
    couplings = [{"id": d.id, "speed": d.speed, "dt": d.dt, "weights": d.weights} for d in found]
    try:
        answer = await server.worker.ask("delays", {"connectome": source, "folder": folder, "couplings": couplings})
    except WorkerFailed as failed:
        server.tell(f"rateml.connectome: {failed}")
        return
    server.delays[key] = {id: (low, high) for id, (low, high) in answer["delays"].items()}
    workspace = server.client_capabilities.workspace
    if workspace and workspace.inlay_hint and workspace.inlay_hint.refresh_support:
        server.workspace_inlay_hint_refresh(None)
