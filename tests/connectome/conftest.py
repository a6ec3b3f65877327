"""Real TVB as the reference, and files on disk in every format."""

from __future__ import annotations

import bz2
import logging
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from rateml.connectome import Connectome, Tracts, load_connectome


@pytest.fixture(scope="session")
def tvb_connectivity() -> Iterator[ModuleType]:
    """TVB's module of connectivities, its warnings at import and its log kept out of the tests."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tvb.datatypes import connectivity
    yield connectivity
    logging.disable(before)


@pytest.fixture
def network() -> Connectome:
    """Nine regions, weights and lengths asymmetric, so that a transposed matrix shows."""
    base = load_connectome("synthetic:9:3")
    rng = np.random.Generator(np.random.PCG64(5))
    weights = base.weights * rng.uniform(0.2, 1.0, size=base.weights.shape)
    lengths = base.lengths * rng.uniform(1.0, 1.1, size=base.lengths.shape)
    return Connectome(base.labels, base.centres, {"structural": Tracts(weights, lengths)}, "test")


@pytest.fixture
def write_tvb(tmp_path: Path) -> Callable[..., Path]:
    """Writes a connectome in TVB's format: ``kind`` zip or folder, in ``subfolder``, ``packed`` as .txt.bz2."""

    def write(c: Connectome, kind: str = "zip", subfolder: str = "", packed: bool = False) -> Path:
        assert c.centres is not None
        rows = zip(c.labels, c.centres.tolist(), strict=True)
        texts = {
            "weights.txt": _text(c.weights),
            "tract_lengths.txt": _text(c.lengths),
            "centres.txt": "".join(f"{label} {x!r} {y!r} {z!r}\n" for label, (x, y, z) in rows),
        }
        files = {f"{subfolder}{name}": text.encode() for name, text in texts.items()}
        if packed:
            files = {f"{name}.bz2": bz2.compress(content) for name, content in files.items()}
        target = tmp_path / ("net.zip" if kind == "zip" else "net")
        if kind == "zip":
            with zipfile.ZipFile(target, "w") as archive:
                for name, content in files.items():
                    archive.writestr(name, content)
        else:
            for name, content in files.items():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                (target / name).write_bytes(content)
        return target

    return write


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., str]:
    """Writes weights.csv and lengths.csv from texts and gives the SOURCE."""

    def write(weights: str, lengths: str) -> str:
        (tmp_path / "weights.csv").write_text(weights, encoding="utf-8")
        (tmp_path / "lengths.csv").write_text(lengths, encoding="utf-8")
        return f"{tmp_path / 'weights.csv'}+{tmp_path / 'lengths.csv'}"

    return write


def _text(matrix: np.ndarray) -> str:
    return "".join(" ".join(map(repr, row)) + "\n" for row in matrix.tolist())
