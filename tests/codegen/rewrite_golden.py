"""Rewrite the golden files of every (model, target); run it through ``make golden`` and read the difference."""

from __future__ import annotations

import os
from pathlib import Path

from rateml import api

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent.parent / "rateml" / "models"


def main() -> None:
    folder = HERE / "golden" / "numba"
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(MODELS)
    for path in sorted(MODELS.glob("*.xml")):
        for precision in ("float64", "float32"):
            artifact = api.build(path.name, "numba", precision)
            target = folder / f"{path.stem}_{precision}.py.txt"
            target.write_text(artifact.files[artifact.entry], encoding="utf-8")


if __name__ == "__main__":
    main()
