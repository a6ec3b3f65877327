"""``control``: what another process asks a run to do."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from rateml.errors import UserError
from rateml.results.disk import disk_errors, replace_file
from rateml.results.manifest import run_folder

Command = Literal["run", "pause", "cancel"]
COMMANDS: tuple[Command, ...] = get_args(Command)


def request(store: Path | str, command: Command) -> None:
    """Ask the run that writes ``store`` to pause, go on or stop; it obeys within a second.

    Raises UserError on another command or when the store has no run folder, StoreError when it cannot be written.
    """
    folder = run_folder(Path(store))
    if command not in COMMANDS:
        raise UserError(f"no command {command!r}: one of {', '.join(COMMANDS)}")
    if not folder.is_dir():
        raise UserError(f"no run at {store}: {folder} does not exist")
    with disk_errors(folder / "control", "ask from an account that may write there"):
        replace_file(folder / "control", f"{command}\n".encode())


def requested(store: Path | str) -> Command:
    """What is asked of the run that writes ``store``; "run" when nothing (readable) is."""
    try:
        text = (run_folder(Path(store)) / "control").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "run"
    return next((command for command in COMMANDS if command == text), "run")
