"""The user's editor, opened at a place in a file."""

from __future__ import annotations

import os
import shlex
from pathlib import Path


def editor_command(file: Path, line: int, column: int) -> list[str]:
    """``$VISUAL`` or ``$EDITOR`` (else vi) at a line and column, in the way that editor takes them."""
    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    match Path(words[0]).name:
        case "code" | "codium" | "cursor":
            return [*words, "--goto", f"{file}:{line}:{column}"]
        case "hx" | "helix" | "subl" | "zed":
            return [*words, f"{file}:{line}:{column}"]
        case "nano" | "pico":
            return [*words, f"+{line},{column}", str(file)]
        case "emacs" | "emacsclient" | "micro" | "kak" | "jed":
            return [*words, f"+{line}:{column}", str(file)]
        case "vi" | "vim" | "nvim" | "view":
            return [*words, f"+call cursor({line},{column})", str(file)]
        case _:
            return [*words, f"+{line}", str(file)]
