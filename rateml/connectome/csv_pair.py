"""Connectomes as two CSV files, ``weights.csv+lengths.csv``, with or without a row and a column of labels."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from rateml.connectome import validate
from rateml.connectome.archive import FolderFiles
from rateml.connectome.assemble import Named, Regions, assemble
from rateml.connectome.connectome import STRUCTURAL, Connectome
from rateml.connectome.matrices import decode, is_number, numbers
from rateml.connectome.validate import Matrix
from rateml.errors import UserError

Rows = Literal["target", "source"]


@dataclass(frozen=True, eq=False)
class Table:
    """A square table as read; ``labels`` in row order, None when the file has none."""

    where: str
    labels: tuple[str, ...] | None
    values: Matrix


def read_csv_pair(source: str, weights_path: Path, lengths_path: Path, rows: Rows | None) -> Connectome:
    """A connectome from two CSV files. Labels join the files; UserError when an asymmetric one has ``rows`` None."""
    weights, lengths = read_table(weights_path), read_table(lengths_path)
    labels = weights.labels if weights.labels is not None else lengths.labels
    if weights.labels is not None and lengths.labels is not None:
        lengths = _reordered(lengths, lengths.labels, weights.where, weights.labels)
    regions = Regions(weights.where if weights.labels is not None else lengths.where, labels)
    pair = (Named(weights.where, weights.values), Named(lengths.where, lengths.values))
    connectome = assemble(source, regions, {STRUCTURAL: pair})
    if rows is None:
        for table in (weights, lengths):
            _require_symmetry(table)
    if rows != "source":
        return connectome
    flipped = (Named(weights.where, weights.values.T), Named(lengths.where, lengths.values.T))
    return assemble(source, regions, {STRUCTURAL: flipped})


def read_table(path: Path) -> Table:
    """A square table; a header row or column of labels is found by the shape and by what is not a number."""
    where = str(path)
    cells = _cells(where, decode(where, FolderFiles(path.parent).read(path.name)))
    height, width = len(cells), max(map(len, cells), default=0)
    # pandas writes a header and an index with an empty corner; R writes a header one cell shorter than the rows.
    if height == width and height > 1 and len(cells[0]) == width - 1 and not all(map(is_number, cells[0])):
        cells[0] = ["", *cells[0]]
    top = height == width + 1 or (height == width and height > 1 and not is_number(cells[0][0]))
    left = width == height + 1 or (height == width and top)
    body = [row[left:] for row in cells[top:]]
    # Numbers are likelier data than labels, unless a corner that is no number stands beside them.
    least = 2 if top and left else 4
    header = _label_run(where, "header row", cells[0][left:], least) if top else None
    column = _label_run(where, "label column", [row[0] for row in cells[top:]], least) if left else None
    values = numbers(where, body)
    validate.check_square(where, values)
    labels = column if column is not None else header
    if labels is not None:
        validate.check_labels(where, labels, len(body))
    if header is not None and column is not None:
        _same_labels(where, "the header row", header, "the label column", column)
        values = values[:, [header.index(label) for label in column]]
    return Table(where, labels, values)


def _cells(where: str, text: str) -> list[list[str]]:
    separator = next((mark for mark in "\t;," if mark in text), None)
    if separator is None:
        return [line.split() for line in text.splitlines() if line.strip()]
    try:
        rows = [
            [cell.strip() for cell in row] for row in csv.reader(text.splitlines(), delimiter=separator, strict=True)
        ]
    except csv.Error as fault:
        raise UserError(f"{where}: is not a readable CSV file: {fault}") from fault
    rows = [row for row in rows if any(row)]
    if all(len(row) > len(rows) and not row[-1] for row in rows):
        return [row[:-1] for row in rows]
    return rows


def _label_run(where: str, what: str, cells: list[str], least: int) -> tuple[str, ...]:
    """Labels. Numbers are labels only when they count ``least`` or more regions from 0 or 1; else UserError."""
    if all(map(is_number, cells)):
        n = len(cells)
        if n < least or cells not in ([str(i) for i in range(n)], [str(i) for i in range(1, n + 1)]):
            raise UserError(
                f"{where}: the matrix is not square, or its first cell is not a number: expected a row and a column "
                f"per region, and the {what}, when there is one, to hold the labels"
            )
    return tuple(cells)


def _reordered(table: Table, labels: tuple[str, ...], other: str, wanted: tuple[str, ...]) -> Table:
    """The table with rows and columns in the order of ``wanted``, the labels of the file ``other``."""
    _same_labels(table.where, "its labels", labels, f"the labels of {other}", wanted)
    order = [labels.index(label) for label in wanted]
    return Table(table.where, wanted, table.values[np.ix_(order, order)])


def _same_labels(where: str, one: str, first: tuple[str, ...], other: str, second: tuple[str, ...]) -> None:
    validate.check_labels(where, first, len(first))
    for label in first:
        if label not in second:
            raise UserError(f"{where}: '{label}' is in {one} but not in {other}; both must name the same regions")
    for label in second:
        if label not in first:
            raise UserError(f"{where}: '{label}' is in {other} but not in {one}; both must name the same regions")


def _require_symmetry(table: Table) -> None:
    # Below 1e-9 an asymmetry is rounding, and the direction cannot matter.
    if not np.allclose(table.values, table.values.T, rtol=1e-9, atol=0.0):
        raise UserError(
            f"{table.where}: is not symmetric, so its direction matters: state it with --connectome-rows target "
            "(each row holds what a region receives) or --connectome-rows source (each row holds what it sends)"
        )
