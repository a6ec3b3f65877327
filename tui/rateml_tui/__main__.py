"""The command ``rateml-tui``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

_ABOUT = """\
A dashboard in the terminal: pick a model, read its diagnostics and code, fill in a sweep, launch it, watch it, look at
its map. Sweeps run in processes of their own: close the terminal, lose the connection, start rateml-tui again, and they
are still there."""

_KEYS = """\
screens   1 Models   2 Code   3 Sweep   4 Runs   5 Results     (or click; in a field Alt+1 … Alt+5)
anywhere  F1 help    Ctrl+P every command    t light or dark    q quit (sweeps go on)

examples
  rateml-tui                        the models that come with rateml, and those of this folder
  rateml-tui ~/models               those of another folder
  rateml-tui mymodel.xml            one model, watched while you edit it elsewhere
  EDITOR='code --wait' rateml-tui   where Enter on a diagnostic opens the file

Over ssh any terminal of 80×24 with 16 colours will do. What was launched is remembered in the user's data folder
($XDG_DATA_HOME/rateml, usually ~/.local/share/rateml); results lie where the sweep was told to put them.
Everything that the dashboard does, `rateml` does too: it shows the command line to copy."""


def main() -> None:
    """Read the command line and run the dashboard."""
    parser = argparse.ArgumentParser(
        prog="rateml-tui", description=_ABOUT, epilog=_KEYS, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("place", nargs="?", default=".", type=Path, metavar="FOLDER|FILE", help="default: this folder")
    parser.add_argument("--theme", choices=("dark", "light"), help="default: as it was left")
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    given = parser.parse_args()
    if given.version:
        from importlib.metadata import version  # a tenth of the start of a dashboard that shows none

        print(f"rateml-tui {version('rateml')}")
        return
    if not given.place.exists():
        parser.error(f"there is no {given.place}: name a folder, or a model file in it")
    if not (sys.stdin.isatty() and sys.__stderr__ is not None and sys.__stderr__.isatty()):  # textual draws there
        parser.error("this is no terminal: run it in one, or use `rateml sweep` in scripts")
    os.environ.setdefault("TEXTUAL_FPS", "120")  # a key waits for the next frame; without keys there are few
    try:
        from rateml_tui.app import Dashboard
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("rateml"):
            raise
        parser.exit(3, f'rateml-tui: {error.name} is missing; install it with: pip install "rateml[tui]"\n')
    sys.setswitchinterval(0.0005)  # what is drawn is written by another thread, which else waits for this one
    Dashboard(given.place.resolve(), theme=given.theme).run()


if __name__ == "__main__":
    main()
