"""Rewrite the golden modules for TVB; run it through ``make golden`` and read the difference."""

from __future__ import annotations

import os
from pathlib import Path

from rateml import api

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent.parent / "rateml" / "models"


def main() -> None:
    folder = HERE / "golden"
    folder.mkdir(exist_ok=True)
    os.chdir(MODELS)
    for path in sorted(MODELS.glob("*.xml")):
        artifact = api.build(path.name, "tvb")
        (folder / f"{path.stem}.py.txt").write_text(artifact.files[artifact.entry], encoding="utf-8")


if __name__ == "__main__":
    main()
