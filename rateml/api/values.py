"""What Python hands over, as the text and files that the command line reads: one meaning, one set of messages.

Numbers are in base units (ms, mm, mm/ms, mV, nA), text may name a unit, arrays become files in a folder that the
caller removes.
"""

from __future__ import annotations

import csv
import operator
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from numbers import Real
from os import PathLike, fspath
from pathlib import Path
from typing import Any, SupportsIndex, TypeAlias

import numpy as np
import pandas
import xarray
from numpy.typing import ArrayLike

from rateml.errors import UsageError, UserError

Quantity: TypeAlias = str | float
"""``"10 s"``, or a number in base units."""

Labelled: TypeAlias = "pandas.Series | xarray.DataArray"
"""One value per region, joined by label."""

Regional: TypeAlias = "Quantity | Path | Mapping[str, Quantity] | Labelled | ArrayLike"
"""One value for all regions; by label for some, ``*`` first for all; a file; or one for each region."""

Assignments: TypeAlias = Mapping[str, Regional] | Sequence[str]
"""Values by name, or the texts that ``--set`` and ``--init`` take."""

Drive: TypeAlias = str | Path | Mapping[str, ArrayLike]
"""``"pulse(…)@REGION"``, an .npz file, or its arrays ``time``, ``value`` and maybe ``region``."""

Drives: TypeAlias = Mapping[str, Drive | Sequence[Drive]] | Sequence[str]
"""What drives each port, or the texts that ``--drive`` takes."""

Points: TypeAlias = "str | Path | pandas.DataFrame | Mapping[str, ArrayLike]"
"""A table with a column per parameter: a CSV file, a data frame or a mapping."""


class Folder:
    """Where arrays become files; a name is used once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def file(self, name: str, suffix: str) -> Path:
        stem = re.sub(r"[^\w.-]", "_", name)
        file = self.path / f"{stem}{suffix}"
        number = 2
        while file.exists():
            file = self.path / f"{stem}-{number}{suffix}"
            number += 1
        return file

    def array(self, name: str, values: ArrayLike) -> Path:
        file = self.file(name, ".npy")
        np.save(file, np.asarray(values), allow_pickle=False)
        return file

    def arrays(self, name: str, values: Mapping[str, ArrayLike]) -> Path:
        file = self.file(name, ".npz")
        with file.open("wb") as out:
            np.savez(out, allow_pickle=False, **{key: np.asarray(value) for key, value in values.items()})
        return file

    def table(self, name: str, header: Sequence[str], rows: Iterator[tuple[object, ...]]) -> Path:
        file = self.file(name, ".csv")
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            writer.writerows(rows)
        return file

    @contextmanager
    def unnamed(self) -> Iterator[None]:
        """Errors tell the names of the files here without the folder, which is gone when somebody reads them."""
        try:
            yield
        except UserError as error:
            told = str(error).replace(f"{self.path}/", "")
            if told == str(error):
                raise
            raise type(error)(told) from None


def quantity(value: object, what: str) -> str:
    """A number or text as text; UsageError for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.floating):
        return repr(float(str(value)))  # a float32 is the decimal that it shows
    if isinstance(value, (Real, np.bool_)):
        return repr(float(value))
    raise UsageError(f"{what}: give a number in base units or text with a unit, such as '10 ms', not {_kind(value)}")


def whole(value: object, what: str) -> int:
    """A whole number; UsageError for anything else."""
    if isinstance(value, SupportsIndex):
        return operator.index(value)
    raise UsageError(f"{what}: give a whole number, not {value!r}")


def whole_if_given(value: object, what: str) -> int | None:
    return None if value is None else whole(value, what)


def choice(value: str, known: Sequence[str], what: str) -> str:
    """The value, if it is one of those known; else UsageError."""
    if value not in known:
        raise UsageError(f"{what}: there is no {value!r}; there is {', '.join(known)}")
    return value


def texts(value: str | Sequence[str], what: str) -> tuple[str, ...]:
    """One text or several."""
    given = (value,) if isinstance(value, str) else tuple(value)
    wrong = next((v for v in given if not isinstance(v, str)), None)
    if wrong is not None:
        raise UsageError(f"{what}: give a list of texts, not of {_kind(wrong)}")
    return given


def assignment_texts(given: Assignments | None, what: str, folder: Folder) -> tuple[str, ...]:
    """``NAME=VALUE``, ``NAME[LABEL]=VALUE`` and ``NAME=@FILE`` of every value, in their order."""
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        return texts(given, what)
    return tuple(text for name, value in given.items() for text in _assign(name, value, what, folder))


def _assign(name: str, value: Regional, what: str, folder: Folder) -> Iterator[str]:
    place = f"{what} {name}"
    match value:
        case Path():
            yield f"{name}=@{value}"
        case pandas.Series():
            yield f"{name}=@{_by_label(name, list(value.index), value.to_numpy(), folder)}"
        case xarray.DataArray() if "region" in value.coords and value.dims == ("region",):
            yield f"{name}=@{_by_label(name, value['region'].values.tolist(), value.values, folder)}"
        case Mapping():
            for label, part in value.items():
                at = "" if label == "*" else f"[{label}]"
                yield f"{name}{at}={quantity(part, f'{place}, {label}')}"
        case str() | Real():
            yield f"{name}={quantity(value, place)}"
        case _:
            values = np.asarray(value)
            if values.dtype.kind not in "fiub":
                raise UsageError(f"{place}: give a number, one for each region, or a mapping by region label")
            yield f"{name}={quantity(values, place)}" if values.ndim == 0 else f"{name}=@{folder.array(name, values)}"


def _by_label(name: str, labels: Sequence[object], values: np.ndarray[Any, Any], folder: Folder) -> Path:
    rows = ((label, quantity(value, name)) for label, value in zip(labels, values.tolist(), strict=True))
    return folder.table(name, ("region", "value"), rows)


def drive_texts(given: Drives | None, folder: Folder) -> tuple[str, ...]:
    """``PORT=pulse(…)`` or ``PORT=FILE.npz`` of every drive."""
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        return texts(given, "drives")
    made = []
    for port, drives in given.items():
        several = [drives] if isinstance(drives, (str, Path, Mapping)) else drives
        if not isinstance(several, Iterable):
            raise UsageError(f"drives {port}: give a pulse as text, a file, or arrays time and value, not {drives!r}")
        for drive in several:
            body = folder.arrays(port, drive) if isinstance(drive, Mapping) else drive
            made.append(f"{port}={body}")
    return tuple(made)


def file_of(given: str | Path | ArrayLike | None, name: str, folder: Folder) -> Path | None:
    """The file that was named, or one of the array that was given."""
    if given is None:
        return None
    return Path(given) if isinstance(given, (str, Path)) else folder.array(name, given)


def network_of(given: str | PathLike[str] | None) -> str | None:
    """What stands after ``--connectome``."""
    if given is None or isinstance(given, (str, PathLike)):
        return None if given is None else fspath(given)
    raise UsageError(
        f"connectome: give text such as 'tvb:68' or the path of a file, not {_kind(given)}; "
        "weights and lengths of your own go into a file: numpy.savez('mine.npz', weights=…, lengths=…, labels=…)"
    )


def history_file(given: str | Path | Mapping[str, ArrayLike] | None, folder: Folder) -> Path | None:
    """The file that was named, or one of the arrays (steps, region) by state."""
    if given is None:
        return None
    return folder.arrays("history", given) if isinstance(given, Mapping) else Path(given)


def points_file(given: Points | None, folder: Folder) -> Path | None:
    """The file that was named, or a CSV file of the columns that were given."""
    if given is None:
        return None
    if isinstance(given, (str, Path)):
        return Path(given)
    if not isinstance(given, (Mapping, pandas.DataFrame)):
        raise UsageError(
            f"points: give a CSV file, a data frame or a mapping, with a name for every column, not {_kind(given)}"
        )
    columns = {str(name): np.ravel(np.asarray(given[name])).tolist() for name in given}
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise UsageError(f"points: the columns differ in length: {told}; give every point a value of each")
    cells = ([quantity(value, f"points, {name}") for value in column] for name, column in columns.items())
    return folder.table("points", list(columns), zip(*cells, strict=True))


def _kind(value: object) -> str:
    return type(value).__name__
