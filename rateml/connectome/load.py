"""A connectome from its text, as written after ``--connectome``: ``tvb:68,diag=0,scale=max``."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Literal

from rateml.connectome.archive import FolderFiles, ZipFiles
from rateml.connectome.connectome import Connectome
from rateml.connectome.csv_pair import read_csv_pair
from rateml.connectome.npz import read_npz
from rateml.connectome.suggest import did_you_mean
from rateml.connectome.synthetic import synthetic
from rateml.connectome.transform import apply_transforms, parse_transform
from rateml.connectome.tvb import SIZES, read_tvb, read_tvb_data
from rateml.errors import UserError

SOURCES = (
    "tvb:N (N = 66, 68, 76, 96, 192), a TVB zip file or folder, FILE.npz, weights.csv+lengths.csv, or synthetic:N:SEED"
)

_PAIR = re.compile(r"(.+\.csv)\+(.+)", re.IGNORECASE)


def load_connectome(text: str, *, rows: Literal["target", "source"] | None = None) -> Connectome:
    """The connectome ``SOURCE[,diag=0][,scale=none|max|in-strength][,log1p][,threshold=X]``.

    The transforms work on the weights of every pair of tracts, in the order written. ``rows`` says what a row of a
    pair of CSV files is; an asymmetric pair needs it. Raises UserError, with the file, the place and the way out,
    for anything that cannot be read or makes no connectome.
    """
    if rows not in (None, "target", "source"):
        raise UserError(f"connectome rows are 'target' or 'source', not '{rows}'")
    source, *rest = (part.strip() for part in text.split(","))
    transforms = tuple(map(parse_transform, rest))
    if not source:
        raise UserError(f"no connectome is named in '{text}'; expected {SOURCES}")
    try:
        connectome = read_source(source, rows)
    except OSError as fault:
        raise UserError(f"{source}: cannot be read: {fault.strerror or fault}") from fault
    return apply_transforms(connectome, transforms)


def absolute(text: str) -> str:
    """The same connectome text with the files as absolute paths: it means the same from every folder."""
    source, *rest = (part.strip() for part in text.split(","))
    if not source.startswith(("tvb:", "synthetic:")):
        pair = _PAIR.fullmatch(source)
        source = "+".join(str(_path(part.strip()).absolute()) for part in (pair.groups() if pair else (source,)))
    return ",".join((source, *rest))


def read_source(source: str, rows: Literal["target", "source"] | None) -> Connectome:
    """The connectome of a SOURCE, untransformed."""
    if source.startswith("tvb:"):
        connectome = read_tvb_data(source, source.removeprefix("tvb:"))
    elif source.startswith("synthetic:"):
        connectome = synthetic(source)
    elif pair := _PAIR.fullmatch(source):
        return read_csv_pair(source, _existing(pair[1]), _existing(pair[2]), rows)
    else:
        connectome = _read_path(source)
    if rows == "source":
        raise UserError(
            f"connectome '{source}': --connectome-rows source is for CSV files; in the other formats a row is a target"
        )
    return connectome


def _read_path(source: str) -> Connectome:
    path = _path(source)
    suffix = path.suffix.lower()
    if path.is_dir():
        return read_tvb(source, FolderFiles(path))
    if suffix == ".csv":
        raise UserError(f"{path}: a connectome needs two CSV files: write weights.csv+lengths.csv")
    if suffix == ".npz":
        return read_npz(source, _existing(source))
    if suffix == ".zip" or (path.is_file() and zipfile.is_zipfile(path)):
        return read_tvb(source, ZipFiles.open(_existing(source)))
    if path.exists():
        raise UserError(f"{path}: is not a kind of file that holds a connectome; expected {SOURCES}")
    known = (*(f"tvb:{size}" for size in SIZES), "synthetic:68:0")
    raise UserError(f"unknown connectome '{source}'{did_you_mean(source, known)} Expected {SOURCES}")


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError as fault:
        raise UserError(f"{text}: there is no such user; write the whole path") from fault


def _existing(text: str) -> Path:
    path = _path(text.strip())
    if path.is_file():
        return path
    try:
        beside = [p.name for p in path.parent.iterdir()]
    except OSError:
        raise UserError(f"{path}: no such file; there is no folder {path.parent}") from None
    raise UserError(f"{path}: no such file{did_you_mean(path.name, beside)}")
