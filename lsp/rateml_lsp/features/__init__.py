"""One module for each group of requests; each converts in, asks ``rateml.ide``, and converts out."""

from __future__ import annotations

from rateml_lsp.features import (
    all_diagnostics,
    calls,
    changes,
    completion,
    diagnostics,
    hints,
    life,
    navigation,
    preview,
    structure,
)
from rateml_lsp.server import Server


def register(server: Server) -> None:
    """Register every feature with a server."""
    modules = (life, diagnostics, all_diagnostics, completion, navigation, structure, changes, hints, calls, preview)
    for module in modules:
        module.register(server)
