"""Rewrite the golden model cards; run it through ``make golden`` and read the difference."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from rateml import api

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent.parent / "rateml" / "models"
SHOWN = ("montbrio", "jansen_rit", "epileptor")


def cards() -> Iterator[tuple[str, str]]:
    for name in SHOWN:
        yield from api.build(f"{name}.xml", "docs").files.items()


def main() -> None:
    folder = HERE / "golden"
    folder.mkdir(exist_ok=True)
    os.chdir(MODELS)
    for name, text in cards():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
