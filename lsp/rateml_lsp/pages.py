"""The page of each diagnostic as a file that any editor can open, written once to the user's cache."""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from rateml.ide.pages import page_markdown
from rateml_lsp.documents import uri_of


@lru_cache(maxsize=256)
def page_uri(code: str) -> str | None:
    """The address of a code's page; None where no file can be written."""
    text = page_markdown(code)
    if text is None:
        return None
    path = _folder() / f"{code}.md"
    try:
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except (OSError, UnicodeError):
        return None
    return uri_of(str(path))


def _folder() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(cache) / "rateml" / f"pages-{version('rateml')}"
