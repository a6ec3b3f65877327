"""Typeset equations in hovers: the text is there at once, the picture as soon as the worker has drawn it."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Final

from rateml.ide import Analysis
from rateml.ide.hover import Hover
from rateml.ide.texts import texts
from rateml_lsp.worker import WorkerFailed

if TYPE_CHECKING:
    from rateml_lsp.server import Server

_COLOURS: Final = {"light": "#1f2328", "dark": "#e6e6e6"}
_MOST: Final = 200
_BYTES: Final = 60_000
"""Larger pictures are left out: editors cut long hovers."""


def picture(server: Server, analysis: Analysis, hover: Hover) -> str:
    """Markdown that shows the equation of the variable under the cursor, or nothing as yet."""
    colour = _COLOURS.get(server.settings.theme)
    if colour is None or hover.equation is None or not server.settings.worker or not analysis.checked.ok:
        return ""
    type, name = hover.equation
    if not any(c.type.text == type for c in (analysis.model.of_role("model") if analysis.model else ())):
        return ""
    key = (analysis.text, name, colour)
    if key not in server.pictures:
        if len(server.pictures) >= _MOST:
            server.pictures.clear()
        server.pictures[key] = None
        server.keep(asyncio.ensure_future(_draw(server, analysis, key)))
    svg = server.pictures[key]
    if svg is None:
        return ""
    return f"\n\n![{name}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"


async def _draw(server: Server, analysis: Analysis, key: tuple[str, str, str]) -> None:
    try:
        found = await server.worker.ask("formula", {**texts(analysis), "name": key[1], "colour": key[2]})
    except WorkerFailed:
        return
    svg = found.get("svg")
    if isinstance(svg, str) and len(svg) <= _BYTES:
        server.pictures[key] = svg
