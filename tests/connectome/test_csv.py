"""CSV pairs: separators, labels, direction, faults."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rateml.connectome import Connectome, load_connectome
from rateml.errors import UserError

WriteCsv = Callable[[str, str], str]

WEIGHTS = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 3.0], [2.0, 3.0, 0.0]])
LENGTHS = WEIGHTS * 10
NAMES = ("lh-A", "lh-B", "rh-A")


def table(m: np.ndarray, mark: str = ",", header: bool = False, column: bool = False, corner: str | None = "") -> str:
    rows = [[*([NAMES[i]] if column else []), *map(repr, row)] for i, row in enumerate(m.tolist())]
    if header:
        rows.insert(0, [*([corner] if column and corner is not None else []), *NAMES])
    return "\n".join(mark.join(row) for row in rows) + "\n"


def fails(source: str, *parts: str) -> None:
    with pytest.raises(UserError) as caught:
        load_connectome(source)
    for part in parts:
        assert part in str(caught.value), str(caught.value)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize(("header", "column"), [(False, False), (True, False), (False, True), (True, True)])
def test_separators_and_labels(write_csv: WriteCsv, mark: str, header: bool, column: bool) -> None:
    text = table(WEIGHTS, mark, header, column)
    c = load_connectome(write_csv(text, table(LENGTHS, mark)))
    np.testing.assert_array_equal(c.weights, WEIGHTS)
    np.testing.assert_array_equal(c.lengths, LENGTHS)
    assert c.labels == (NAMES if header or column else ("region-001", "region-002", "region-003"))
    assert c.centres is None


@pytest.mark.parametrize("corner", ["", "label", None])
@pytest.mark.parametrize("mark", [",", " "])
def test_corners(write_csv: WriteCsv, corner: str | None, mark: str) -> None:
    if corner == "" and mark == " ":
        corner = "x"
    c = load_connectome(write_csv(table(WEIGHTS, mark, True, True, corner), table(LENGTHS, mark, True, True, corner)))
    np.testing.assert_array_equal(c.weights, WEIGHTS)
    assert c.labels == NAMES


def test_pandas_default_index_quotes_bom_and_trailing_separator(write_csv: WriteCsv) -> None:
    weights = "\ufeff,0,1\n0,0.0,1.0\n1,1.0,0.0\n\n"
    lengths = '"","0","1"\n"0",0,50,\n"1",50,0,\n'.replace('"1"\n', '"1",\n', 1)
    c = load_connectome(write_csv(weights, lengths))
    np.testing.assert_array_equal(c.weights, [[0, 1], [1, 0]])
    np.testing.assert_array_equal(c.lengths, [[0, 50], [50, 0]])
    assert c.labels == ("0", "1")


def test_numbers_as_a_header(write_csv: WriteCsv) -> None:
    """A data frame written without its index; with fewer than four regions it could be a row of data."""
    c = load_connectome("synthetic:4:0")
    text = "0,1,2,3\n" + "\n".join(",".join(map(repr, row)) for row in c.weights.tolist())
    read = load_connectome(write_csv(text, text))
    np.testing.assert_array_equal(read.weights, c.weights)
    assert read.labels == ("0", "1", "2", "3")


def test_labels_join_the_files_and_the_header(write_csv: WriteCsv) -> None:
    """Rows, columns and the two files may each be ordered in their own way."""
    order = [2, 0, 1]
    rows = [",".join(["", *(NAMES[j] for j in order)])]
    rows += [",".join([NAMES[i], *(repr(float(LENGTHS[i, j])) for j in order)]) for i in (1, 2, 0)]
    c = load_connectome(write_csv(table(WEIGHTS, header=True, column=True), "\n".join(rows)))
    np.testing.assert_array_equal(c.lengths, LENGTHS)
    assert c.labels == NAMES


def test_labels_from_the_lengths_alone(write_csv: WriteCsv) -> None:
    assert load_connectome(write_csv(table(WEIGHTS), table(LENGTHS, header=True))).labels == NAMES


def test_direction(write_csv: WriteCsv, network: Connectome) -> None:
    names = ",".join(network.labels)
    text = [
        names + "\n" + "\n".join(",".join(map(repr, r)) for r in m.tolist()) for m in (network.weights, network.lengths)
    ]
    source = write_csv(*text)
    fails(source, "weights.csv", "not symmetric", "--connectome-rows target", "--connectome-rows source")
    target = load_connectome(source, rows="target")
    assert target.digest() == network.digest()
    flipped = load_connectome(source, rows="source")
    np.testing.assert_array_equal(flipped.weights, network.weights.T)
    np.testing.assert_array_equal(flipped.lengths, network.lengths.T)
    assert flipped.labels == network.labels


def test_asymmetric_lengths_need_the_direction_too(write_csv: WriteCsv) -> None:
    lengths = LENGTHS.copy()
    lengths[0, 1] += 1
    fails(write_csv(table(WEIGHTS), table(lengths)), "lengths.csv", "not symmetric")


def test_rounding_is_no_asymmetry(write_csv: WriteCsv) -> None:
    weights = WEIGHTS.copy()
    weights[0, 1] = np.nextafter(1.0, 2.0)
    assert load_connectome(write_csv(table(weights), table(LENGTHS))).weights[0, 1] > 1


@pytest.mark.parametrize(
    ("weights", "lengths", "parts"),
    [
        ("", "0,1\n1,0", ("weights.csv", "holds no numbers")),
        ("0,1\n1,0\n1,1\n1,1", "0,1\n1,0", ("weights.csv", "square", "4 x 2")),
        ("0,1\n1", "0,1\n1,0", ("weights.csv", "row 2 has 1 columns, row 1 has 2")),
        ("1\n0,1", "0,1\n1,0", ("weights.csv", "row 2 has 2 columns, row 1 has 1")),
        ("0,1\n,0", "0,1\n1,0", ("weights.csv", "row 2, column 1", "missing", "write 0")),
        ("0,1\n1,0", "0,\n1,0", ("lengths.csv", "row 1, column 2", "missing", "although the weight is 1")),
        ("a,b\n0,1\n1,0", "0,\n1,0", ("lengths.csv", "row 1 (a), column 2 (b)")),
        ("0;1,5\n1,5;0", "0,1\n1,0", ("weights.csv", "row 1, column 2", "decimal point")),
        ("0,1\n1,x", "0,1\n1,0", ("weights.csv", "row 2, column 2", "'x' is not a number")),
        ("x,0.5,1\n0.5,0,2\n1,2,0", "0,1\n1,0", ("weights.csv", "first cell is not a number")),
        ("0.5,1\n1,0\n1,1", "0,1\n1,0", ("weights.csv", "not square")),
        ("0,1,2\n1,0,2", "0,1\n1,0", ("weights.csv", "not square")),
        (",a,b\na,0,1\nc,1,0", "0,1\n1,0", ("weights.csv", "'b' is in the header row but not in the label column")),
        (",a,a\na,0,1\nb,1,0", "0,1\n1,0", ("weights.csv", "'a' names regions 1 and 2")),
        ("a,a\n0,1\n1,0", "0,1\n1,0", ("weights.csv", "'a' names regions 1 and 2")),
        ("a,b\n0,1\n1,0", "a,c\n0,1\n1,0", ("lengths.csv", "'c' is in its labels but not in the labels of")),
        ("a,b\n0,1\n1,0", "a,b,c\n0,1,1\n1,0,1\n1,1,0", ("lengths.csv", "'c' is in its labels")),
        ("a,b,c\n0,1,1\n1,0,1\n1,1,0", "a,b\n0,1\n1,0", ("lengths.csv", "'c' is in the labels of", "not in its")),
        ("0,1\n1,0", "0,1,2\n1,0,2\n1,2,0", ("lengths.csv is 3 x 3", "weights.csv is 2 x 2")),
        ('0,"1\n1,0', "0,1\n1,0", ("weights.csv", "not a readable CSV")),
    ],
)
def test_faulty_files(write_csv: WriteCsv, weights: str, lengths: str, parts: tuple[str, ...]) -> None:
    fails(write_csv(weights, lengths), *parts)


def test_missing_and_unreadable_files(write_csv: WriteCsv, tmp_path: Path) -> None:
    source = write_csv("0,1\n1,0", "0,1\n1,0")
    fails(source.replace("lengths.csv", "lenghts.csv"), "lenghts.csv", "did you mean 'lengths.csv'")
    (tmp_path / "weights.csv").write_bytes(b"\xff\xfe0\x00")
    fails(source, "weights.csv", "UTF-8")


def test_plus_in_a_path(tmp_path: Path) -> None:
    place = tmp_path / "a+b"
    place.mkdir()
    for name in ("w+1.csv", "l.csv"):
        (place / name).write_text("0,1\n1,0", encoding="utf-8")
    assert load_connectome(f"{place / 'w+1.csv'}+{place / 'l.csv'}").n_nodes == 2
