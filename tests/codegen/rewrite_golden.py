"""Rewrite the golden files of every (model, target); run it through ``make golden`` and read the difference."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from rateml import api

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent.parent / "rateml" / "models"
WHOLE = ("epileptor", "kuramoto", "montbrio")
"""The models whose modules are kept whole; of the others, what the model and not the template says."""

_OWN = re.compile(
    r"^@njit\(\*\*OUTER\)\ndef derive.*?(?=^@njit\([^\n]*\ndef (?:add_edge|average|repeat|integrate)\()", re.M | re.S
)

_MODEL = "MODEL = "


def numba_files() -> Iterator[tuple[str, str]]:
    """The names and texts of the golden files of target numba; the working directory must hold the models."""
    for path in sorted(MODELS.glob("*.xml")):
        for precision in ("float64", "float32") if path.stem in WHOLE else ("float64",):
            artifact = api.build(path.name, "numba", precision)
            text = artifact.files[artifact.entry]
            own = _OWN.search(text)
            assert own is not None
            yield f"{path.stem}_{precision}.py.txt", text if path.stem in WHOLE else own.group()


def cuda_files() -> Iterator[tuple[str, str]]:
    """Those of target cuda: kernels in the precision that GPUs are used for, and what drivers know of their model."""
    for model in WHOLE:
        artifact = api.build(f"{model}.xml", "cuda", "float32")
        yield f"{model}_float32.cu.txt", artifact.files[artifact.entry]
        driver = next(text for name, text in artifact.files.items() if name.endswith("_driver.py"))
        yield f"{model}_driver.py.txt", driver[driver.index(_MODEL) :]


TARGETS = {"numba": numba_files, "cuda": cuda_files}


def main() -> None:
    os.chdir(MODELS)
    for target, files in TARGETS.items():
        folder = HERE / "golden" / target
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, text in files():
            (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
