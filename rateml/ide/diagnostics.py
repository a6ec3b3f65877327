"""The diagnostics of a file; those of a file that it includes stand at the Include."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from rateml.diagnostics import Diagnostic, Related
from rateml.ide.analysis import Analysis
from rateml.text import Span


def diagnostics(analysis: Analysis) -> tuple[Diagnostic, ...]:
    """Everything that is told of a file, at places of this file."""
    return tuple(_here(analysis))


def _here(analysis: Analysis) -> Iterator[Diagnostic]:
    root = analysis.document.root
    includes = [a for e in (root.named("Include") if root else ()) if (a := e.attribute("file"))]
    for d in analysis.diagnostics:
        if d.span.file == analysis.file:
            yield d
            continue
        named = [a for a in includes if d.span.file.endswith(a.value.strip().removeprefix("./"))] or includes
        at = named[0].value_span if named else Span(0, 0, analysis.file)
        related = (Related(d.span, "it stands here"), *d.related)
        yield replace(
            d, span=at, message=f"in {d.span.file.rsplit('/', 1)[-1]}: {d.message}", related=related, fixes=()
        )


def fingerprint(found: tuple[Diagnostic, ...]) -> str:
    """Equal for equal diagnostics."""
    told = "\0".join(f"{d.code.id} {d.severity} {d.span} {d.message} {d.help} {d.related}" for d in found)
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]
