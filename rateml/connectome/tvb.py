"""TVB's connectivity format: weights, tract_lengths and centres as .txt or .txt.bz2, in a zip file or a folder."""

from __future__ import annotations

import importlib.util
from pathlib import Path, PurePosixPath

import numpy as np

from rateml.connectome.archive import Files, ZipFiles
from rateml.connectome.assemble import Named, Regions, assemble
from rateml.connectome.connectome import STRUCTURAL, Connectome
from rateml.connectome.matrices import decode, is_number, numbers, rows_of_text
from rateml.connectome.suggest import did_you_mean
from rateml.errors import UserError

SIZES = ("66", "68", "76", "96", "192")


def read_tvb_data(source: str, size: str) -> Connectome:
    """``tvb:N``: a connectome of the installed tvb_data package, which is found but not imported."""
    if size not in SIZES:
        known = [f"tvb:{s}" for s in SIZES]
        raise UserError(f"unknown connectome '{source}'{did_you_mean(source, known)} Known: {', '.join(known)}")
    spec = importlib.util.find_spec("tvb_data")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        raise UserError(
            f"connectome '{source}' comes with the package tvb_data, which is not installed; "
            'run: pip install "rateml[tvb]"  (or use synthetic:68:0, which needs nothing)'
        )
    path = Path(folders[0]) / "connectivity" / f"connectivity_{size}.zip"
    if not path.is_file():
        raise UserError(
            f'{path}: missing from the installed tvb_data; run: pip install --force-reinstall "rateml[tvb]"'
        )
    return read_tvb(source, ZipFiles.open(path))


def read_tvb(source: str, files: Files) -> Connectome:
    """A connectome from files in TVB's format; without centres, regions are named region-001 and so on."""
    weights = _matrix(files, "weights")
    lengths = _matrix(files, "tract_lengths")
    centres = _find(files, "centres") or _find(files, "centers")
    regions = _regions(files, centres) if centres else Regions(files.where)
    return assemble(source, regions, {STRUCTURAL: (weights, lengths)})


def _matrix(files: Files, stem: str) -> Named:
    name = _find(files, stem)
    if name is None:
        seen = ", ".join(files.names[:8]) or "nothing"
        without = "; for a network without delays give a matrix of zeros" if stem == "tract_lengths" else ""
        raise UserError(f"{files.where}: holds no {stem}.txt or {stem}.txt.bz2 (found: {seen}){without}")
    where = f"{files.where}: {name}"
    return Named(where, numbers(where, rows_of_text(decode(where, files.read(name)))))


def _regions(files: Files, name: str) -> Regions:
    """Labels and centres: a line per region, ``label x y z``; what follows is not read."""
    where = f"{files.where}: {name}"
    rows = rows_of_text(decode(where, files.read(name)))
    for number, row in enumerate(rows, 1):
        if len(row) < 4 or not all(map(is_number, row[1:4])):
            raise UserError(
                f"{where}: row {number}: expected 'label x y z', found '{' '.join(row)}' (a label holds no white space)"
            )
    centres = np.array([[float(word) for word in row[1:4]] for row in rows], dtype=np.float64).reshape(-1, 3)
    return Regions(where, tuple(row[0] for row in rows), centres)


def _find(files: Files, stem: str) -> str | None:
    """The path of ``stem``.txt or ``stem``.txt.bz2, wherever it lies; UserError when there are several."""
    wanted = {f"{stem}.txt", f"{stem}.txt.bz2"}
    paths = [(name, PurePosixPath(name.replace("\\", "/"))) for name in files.names]
    found = [name for name, path in paths if path.name.lower() in wanted and "__MACOSX" not in path.parts]
    if len(found) > 1:
        raise UserError(f"{files.where}: holds several files for {stem}: {', '.join(found)}; keep one")
    return found[0] if found else None
