"""Every format gives back what was written; every fault names the file, the place and the way out."""

from __future__ import annotations

import bz2
import contextlib
import importlib.util
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rateml.connectome import Connectome, load_connectome
from rateml.errors import UserError

WriteTvb = Callable[..., Path]


def same(read: Connectome, written: Connectome) -> None:
    np.testing.assert_array_equal(read.weights, written.weights)
    np.testing.assert_array_equal(read.lengths, written.lengths)
    np.testing.assert_array_equal(read.centres, written.centres)
    assert read.labels == written.labels
    assert read.digest() == written.digest()


def fails(text: str, *parts: str, **options: str) -> None:
    with pytest.raises(UserError) as caught:
        load_connectome(text, **options)  # type: ignore[arg-type]  # wrong values of rows are among the faults
    message = str(caught.value)
    for part in parts:
        assert part in message, message


# --- round trips


@pytest.mark.parametrize("kind", ["zip", "folder"])
@pytest.mark.parametrize("subfolder", ["", "inner/"])
@pytest.mark.parametrize("packed", [False, True])
def test_tvb_format(network: Connectome, write_tvb: WriteTvb, kind: str, subfolder: str, packed: bool) -> None:
    path = write_tvb(network, kind, subfolder, packed)
    read = load_connectome(str(path))
    same(read, network)
    assert read.source == str(path)


def test_tvb_zip_under_another_name(network: Connectome, write_tvb: WriteTvb) -> None:
    path = write_tvb(network).rename(write_tvb(network).parent / "net.tvb")
    same(load_connectome(str(path)), network)


def test_tvb_zip_with_macos_litter(network: Connectome, write_tvb: WriteTvb) -> None:
    path = write_tvb(network, subfolder="net/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/net/weights.txt", "junk")
        archive.writestr("__MACOSX/net/._weights.txt", "junk")
    same(load_connectome(str(path)), network)


def test_tvb_folder_without_centres(network: Connectome, write_tvb: WriteTvb) -> None:
    path = write_tvb(network, "folder")
    (path / "centres.txt").unlink()
    read = load_connectome(str(path))
    assert read.labels[:2] == ("region-001", "region-002")
    assert read.centres is None


def test_npz(network: Connectome, tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    np.savez(
        path, weights=network.weights, lengths=network.lengths, labels=np.array(network.labels), centres=network.centres
    )
    same(load_connectome(str(path)), network)


def test_npz_with_more_tracts_and_other_types(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    arrays = {
        "weights": np.array([[0, 1], [2, 0]], dtype=np.int16),
        "lengths": np.asfortranarray(np.array([[0, 30], [40, 0]], dtype=np.float32)),
        "weights.long range": np.array([[False, True], [False, False]]),
        "lengths.long range": np.full((2, 2), 90.0),
        "labels": np.array([b"A", "é".encode()]),
        "areas": np.ones(2),
    }
    np.savez_compressed(path, **arrays)
    c = load_connectome(f"{path},scale=max")
    assert list(c.tracts) == ["structural", "long range"]
    assert c.labels == ("A", "é")
    np.testing.assert_array_equal(c.weights, [[0, 0.5], [1, 0]])
    np.testing.assert_array_equal(c.lengths, [[0, 30], [40, 0]])
    np.testing.assert_array_equal(c.tracts["long range"].weights, [[0, 1], [0, 0]])
    assert c.weights.dtype == c.lengths.dtype == np.float64


# --- nothing heavy, nothing outside


def test_loading_imports_neither_tvb_nor_scipy() -> None:
    code = (
        "import sys; from rateml.connectome import load_connectome; load_connectome('tvb:76'); "
        "print(sorted({'tvb', 'tvb_data', 'scipy', 'pandas', 'numba'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_tvb_data_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    fails("tvb:68", "tvb:68", 'pip install "rateml[tvb]"')


def test_tvb_data_incomplete(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Spec:
        submodule_search_locations = (str(tmp_path),)

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: Spec())
    fails("tvb:68", "connectivity_68.zip", "reinstall")


# --- the text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ("no connectome is named", "tvb:N")),
        (",diag=0", ("no connectome is named",)),
        ("tvb:67", ("unknown connectome 'tvb:67'", "did you mean 'tvb:", "tvb:192")),
        ("tbv:68", ("unknown connectome 'tbv:68'", "did you mean 'tvb:68'", "synthetic:N:SEED")),
        ("sinthetic:68:0", ("did you mean 'synthetic:68:0'",)),
        ("qqqq", ("unknown connectome 'qqqq'. Expected",)),
        ("tvb:68,daig=0", ("unknown connectome transform 'daig=0'", "did you mean 'diag=0'")),
        ("tvb:68,scale=maximum", ("did you mean 'scale=max'", "in-strength")),
        ("tvb:68,diag=1", ("did you mean 'diag=0'",)),
        ("tvb:68,", ("unknown connectome transform ''",)),
        ("tvb:68,threshold", ("did you mean 'threshold=X'",)),
        ("tvb:68,threshold=high", ("'high' is not a number", "threshold=0.01")),
        ("tvb:68,threshold=nan", ("'nan' is not a number",)),
        ("synthetic:68", ("synthetic:N:SEED", "synthetic:68:0")),
        ("synthetic:many:0", ("synthetic:N:SEED",)),
        ("synthetic:68:-1", ("synthetic:N:SEED",)),
        ("synthetic:1:0", ("N is 1", "from 2 to 5000")),
        ("synthetic:5001:0", ("from 2 to 5000",)),
        ("weights.csv", ("two CSV files", "weights.csv+lengths.csv")),
        ("~no-such-user-at-all/net.npz", ("no such user",)),
        ("x" * 5000 + ".zip", ("cannot be read",)),
    ],
)
def test_faulty_text(text: str, parts: tuple[str, ...]) -> None:
    fails(text, *parts)


def test_faulty_rows(network: Connectome, write_tvb: WriteTvb) -> None:
    fails("tvb:68", "'target' or 'source'", rows="column")
    fails(str(write_tvb(network)), "CSV", "--connectome-rows", rows="source")
    assert load_connectome("synthetic:5:0", rows="target").n_nodes == 5


def test_missing_file_suggests_its_neighbour(network: Connectome, write_tvb: WriteTvb) -> None:
    path = write_tvb(network)
    fails(str(path.with_name("nte.zip")), "nte.zip", "no such file", "did you mean 'net.zip'")
    fails(str(path.with_name("gone") / "net.zip"), "there is no folder")
    fails(str(path.with_name("other.npz")), "other.npz: no such file")
    other = path.with_name("net.mat")
    other.write_bytes(b"MATLAB")
    fails(str(other), "net.mat", "TVB zip file", "weights.csv+lengths.csv")


# --- TVB files


def matrix_text(rows: list[list[float | str]]) -> str:
    return "\n".join(" ".join(map(str, row)) for row in rows)


GOOD: list[list[float | str]] = [[0, 1.5, 0], [1, 0, 2], [0, 2, 0]]
LENGTHS: list[list[float | str]] = [[0, 30, 0], [30, 0, 40], [0, 40, 0]]
CENTRES = "A 0 0 0\nB 1 2 3\nC 4 5 6\n"


def folder(tmp_path: Path, **files: str | list[list[float | str]]) -> str:
    tmp_path.joinpath("net").mkdir()
    for stem, content in {"weights": GOOD, "tract_lengths": LENGTHS, "centres": CENTRES, **files}.items():
        text = content if isinstance(content, str) else matrix_text(content)
        tmp_path.joinpath("net", f"{stem}.txt").write_text(text, encoding="utf-8")
    return str(tmp_path / "net")


@pytest.mark.parametrize(
    ("files", "parts"),
    [
        ({"weights": [[0, 1], [1, 0], [1, 1]]}, ("weights.txt", "square", "3 x 2")),
        ({"weights": [[0, 1], [1, 0, 2]]}, ("weights.txt", "row 2 has 3 columns, row 1 has 2")),
        ({"weights": ""}, ("weights.txt", "holds no numbers")),
        ({"weights": [[0, 1, 0], [1, "x", 2], [0, 2, 0]]}, ("weights.txt", "row 2, column 2", "'x' is not a number")),
        ({"weights": "0,1,0\n1,0,2\n0,2,0"}, ("weights.txt", "row 1, column 1", "white space")),
        ({"weights": [[0, 1, 0], [1, 0, "nan"], [0, 2, 0]]}, ("weights.txt", "row 2 (B), column 3 (C)", "write 0")),
        ({"weights": [[0, 1, 0], [1, 0, "-inf"], [0, 2, 0]]}, ("weights.txt", "row 2 (B), column 3 (C)", "infinite")),
        ({"tract_lengths": [[0, 1], [1, 0]]}, ("tract_lengths.txt is 2 x 2", "weights.txt is 3 x 3")),
        (
            {"tract_lengths": [[0, 30, 0], [30, 0, "nan"], [0, 40, 0]]},
            ("tract_lengths.txt", "row 2 (B), column 3 (C)", "although the weight is 2", "0 = no delay"),
        ),
        (
            {"tract_lengths": [[0, 30, "nan"], [30, 0, 40], [0, 40, 0]]},
            ("row 1 (A), column 3 (C)", "missing or NaN; write 0"),
        ),
        ({"tract_lengths": [[0, 30, 0], [30, 0, "inf"], [0, 40, 0]]}, ("row 2 (B), column 3 (C)", "infinite")),
        ({"tract_lengths": [[0, 30, 0], [30, 0, 40], [-1, 40, 0]]}, ("row 3 (C), column 1 (A)", "-1 is negative")),
        ({"centres": "A 0 0 0\nB 1 2 3\n"}, ("centres.txt", "2 labels for 3 regions")),
        ({"centres": "A 0 0 0\nB 1 2 3\nA 4 5 6\n"}, ("centres.txt", "'A' names regions 1 and 3", "rename")),
        (
            {"centres": "A 0 0 0\nA 1 2 3\nA 4 5 6\n", "weights": GOOD},
            ("centres.txt", "'A' names regions 1 and 2 and 3"),
        ),
        ({"centres": "A 0 0\nB 1 2 3\nC 4 5 6\n"}, ("centres.txt", "row 1", "label x y z", "'A 0 0'")),
        ({"centres": "A B 0 0\nB 1 2 3\nC 4 5 6\n"}, ("centres.txt", "row 1", "no white space")),
        ({"centres": "A 0 0 0\nB 1 nan 3\nC 4 5 6\n"}, ("centres.txt", "row 2, y", "not a finite number")),
        ({"centers": CENTRES, "centres": ""}, ("centres.txt", "0 labels for 3")),
    ],
)
def test_faulty_tvb_files(tmp_path: Path, files: dict[str, str], parts: tuple[str, ...]) -> None:
    fails(folder(tmp_path, **files), *parts)


def test_tvb_files_missing_twice_or_unreadable(tmp_path: Path) -> None:
    source = folder(tmp_path)
    net = Path(source)
    assert load_connectome(source).labels == ("A", "B", "C")
    (net / "copy").mkdir()
    (net / "copy" / "weights.txt").write_text("1", encoding="utf-8")
    fails(source, "several files for weights", "copy/weights.txt", "keep one")
    (net / "copy" / "weights.txt").unlink()
    (net / "weights.txt").write_bytes("0 1 é".encode("latin-1"))
    fails(source, "weights.txt", "UTF-8")
    (net / "weights.txt").unlink()
    (net / "weights.txt.bz2").write_bytes(b"not packed")
    fails(source, "weights.txt.bz2", "bzip2")
    (net / "weights.txt.bz2").unlink()
    fails(source, "no weights.txt", "found: centres.txt, tract_lengths.txt")
    (net / "weights.txt").write_text("0 1\n1 0", encoding="utf-8")
    (net / "tract_lengths.txt").unlink()
    fails(source, "no tract_lengths.txt", "matrix of zeros")


def test_files_that_may_not_be_read(network: Connectome, write_tvb: WriteTvb, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    paths = [write_tvb(network, "zip"), write_tvb(network, "folder")]
    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    for path in paths:
        fails(str(path), str(path), "cannot be read: Permission denied")


def test_unpacked_size_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = folder(tmp_path)
    weights = Path(source, "weights.txt")
    Path(source, "weights.txt.bz2").write_bytes(bz2.compress(weights.read_bytes() + b" " * 10_000))
    weights.unlink()
    monkeypatch.setattr("rateml.connectome.archive.MAX_BYTES", 5_000)
    fails(source, "weights.txt.bz2", "larger than")


# --- zip files


def test_truncated_zip(network: Connectome, write_tvb: WriteTvb) -> None:
    path = write_tvb(network)
    path.write_bytes(path.read_bytes()[:-30])
    fails(str(path), "net.zip", "not a readable zip file")


def test_zip_with_a_damaged_member(network: Connectome, write_tvb: WriteTvb) -> None:
    path = write_tvb(network)
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)
    fails(str(path), "net.zip", "weights.txt is damaged")


@pytest.mark.parametrize(
    "name", ["../weights.txt", "/etc/weights.txt", "a/../../w.txt", "C:\\w.txt", "..\\w.txt", "link"]
)
def test_zip_with_path_tricks(tmp_path: Path, name: str) -> None:
    path = tmp_path / "net.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo(name)
        if name == "link":
            entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "0 1\n1 0")
    fails(str(path), "net.zip", name, "leads outside", "not trusted")


def test_encrypted_zip(network: Connectome, write_tvb: WriteTvb) -> None:
    path = write_tvb(network)
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    path.write_bytes(data)
    fails(str(path), "weights.txt is encrypted", "unpack it")


@given(at=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255), cut=st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mutated_zip_is_read_or_refused(tmp_path: Path, write_tvb: WriteTvb, at: float, byte: int, cut: bool) -> None:
    path = write_tvb(load_connectome("synthetic:3:0"), packed=True)
    data = bytearray(path.read_bytes())
    index = int(at * len(data))
    data[index] = byte
    path.write_bytes(data[:index] if cut else data)
    with contextlib.suppress(UserError):
        load_connectome(str(path))


# --- npz


def npz(tmp_path: Path, **arrays: object) -> str:
    path = tmp_path / "net.npz"
    given_arrays = {"weights": np.ones((2, 2)), "lengths": np.ones((2, 2)), **arrays}
    np.savez(path, **{k: np.asarray(v) for k, v in given_arrays.items() if v is not None})
    return str(path)


@pytest.mark.parametrize(
    ("arrays", "parts"),
    [
        ({"weights": None}, ("no array 'weights'", "Arrays: lengths")),
        ({"lengths": None, "lenghts": np.ones((2, 2))}, ("no array 'lengths'", "did you mean 'lenghts'", "zeros")),
        ({"weights.fa": np.ones((2, 2))}, ("no array 'lengths.fa'",)),
        ({"lengths.fa": np.ones((2, 2))}, ("no array 'weights.fa'",)),
        ({"weights.structural": np.ones((2, 2))}, ("'weights.structural'", "default pair")),
        ({"weights.fa": np.ones((3, 3)), "lengths.fa": np.ones((3, 3))}, ("'fa' have 3 regions", "has 2")),
        ({"weights": np.ones((2, 2, 2))}, ("weights", "square", "2 x 2 x 2")),
        ({"weights": np.float64(1)}, ("square", "a single number")),
        ({"weights": np.ones((2, 2)) * 1j}, ("weights", "real numbers", "complex128")),
        ({"weights": np.array([["0", "1"], ["1", "0"]])}, ("real numbers",)),
        ({"lengths": np.array([[0, -3.0], [1, 1]])}, ("lengths", "row 1, column 2", "negative")),
        ({"labels": np.array(["A"])}, ("1 labels for 2",)),
        ({"labels": np.array(["A", " "])}, ("label of region 2 is empty",)),
        ({"labels": np.array(["A", "A"])}, ("'A' names regions 1 and 2",)),
        ({"labels": np.array([1, 2])}, ("labels", "dtype=str")),
        ({"labels": np.array([b"A", b"\xff"])}, ("labels", "UTF-8")),
        ({"labels": np.array(["A", "B"], dtype=object)}, ("labels", "Python objects", "can run code", "dtype=str")),
        ({"weights": np.array([[None, 1], [1, 1]], dtype=object)}, ("weights", "Python objects")),
        ({"centres": np.ones((2, 2))}, ("centres are 2 x 2", "expected 2 x 3")),
    ],
)
def test_faulty_npz(tmp_path: Path, arrays: dict[str, object], parts: tuple[str, ...]) -> None:
    fails(npz(tmp_path, **arrays), "net.npz", *parts)


def test_npz_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    path.write_bytes(b"\x80\x04K\x01.")
    fails(str(path), "net.npz", "not a readable zip file")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("weights.npy", b"\x93NUMPY nonsense")
    fails(str(path), "weights.npy is not a readable array")
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 10**9)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("weights.npy", header.getvalue())
    fails(str(path), "weights.npy is not a readable array")


def test_messages_end_in_no_double_punctuation(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        load_connectome(npz(tmp_path, weights=None))
    assert not re.search(r"[.;?][.;?]|  ", str(caught.value))
