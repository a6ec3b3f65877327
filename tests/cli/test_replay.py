"""``rateml replay``: one simulation of a store again, bit for bit, from what was kept beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from rateml.results import open_results, run_folder


@pytest.fixture
def work(tmp_path: Path, montbrio: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model of two files, a connectome, regional values, and a history."""
    monkeypatch.chdir(tmp_path)
    text = montbrio.read_text(encoding="utf-8")
    start = text.index("<ComponentType", text.index("</ComponentType>"))
    end = text.rindex("</ComponentType>") + len("</ComponentType>")
    (tmp_path / "parts").mkdir()
    head = text[: text.index(">", text.index("<Lems")) + 1]
    (tmp_path / "parts" / "coupling.xml").write_text(f"{head}\n{text[start:end]}\n</Lems>\n", encoding="utf-8")
    included = text[:start] + text[end:]
    place = included.index("<ComponentType")
    (tmp_path / "m.xml").write_text(
        f'{included[:place]}<Include file="parts/coupling.xml"/>\n{included[place:]}', encoding="utf-8"
    )
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "net.npz", weights=rng.random((3, 3)), lengths=30 * rng.random((3, 3)), labels=["a", "b", "c"])
    (tmp_path / "eta.csv").write_text("region,x,y\nc,-4,0\na,-5,0\nb,-4.5,0\n", encoding="utf-8")
    np.savez(tmp_path / "past.npz", r=rng.random((3, 3)), V=rng.random((3, 3)))
    return tmp_path


SWEEP = (
    "sweep", "m.xml", "--connectome", "net.npz,scale=max", "--duration", "4ms", "--dt", "0.1ms", "--monitor", "raw",
    "--set", "eta=@eta.csv:x", "--history", "past.npz", "--transient", "1 ms", "--trials", "2",
)  # fmt: skip


def _all_gone(work: Path) -> None:
    """Every file but the connectome goes."""
    for name in ("m.xml", "eta.csv", "past.npz", "p.csv"):
        (work / name).unlink(missing_ok=True)
    shutil.rmtree(work / "parts", ignore_errors=True)


def test_bit_for_bit_without_the_files(cli, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = cli(*SWEEP, "--log-grid", "tau=1:3:3", "--values", "speed=1,inf", "-o", "o.zarr")
    assert told.code == 0, told.text
    expected = open_results(work / "o.zarr").raw.load()
    _all_gone(work)
    elsewhere = work / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    sel = ("--sel", "tau=1.7,trial=1", "--sel", "speed=inf")
    told = cli("replay", "../o.zarr", *sel, "--monitor", "raw", "--monitor", "stats", "-o", "one.zarr")
    assert told.code == 0, told.text
    one = open_results("one.zarr")
    np.testing.assert_array_equal(one.raw, expected[1, 1, 1])
    assert one.raw.time.values[0] == pytest.approx(1.1)
    assert "stats_mean" in one
    # and what was replayed can be replayed
    assert cli("replay", "one.zarr", "--monitor", "raw", "-o", "two.zarr").code == 0
    np.testing.assert_array_equal(open_results("two.zarr").raw, one.raw)


def test_points_of_a_table_and_a_sequence(cli, work: Path) -> None:
    (work / "p.csv").write_text("tau [s],G\n0.01,0.1\n0.01,0.3\n", encoding="utf-8")
    assert cli(*SWEEP, "--points", "p.csv", "-o", "o.zarr").code == 0
    sobol = ("--sobol", "4", "--range", "tau=1:3:log", "--seed", "5", "--noise", "common")
    assert cli(*SWEEP, *sobol, "-o", "s.zarr").code == 0
    _all_gone(work)
    for store, point in (("o", 1), ("s", 3)):
        told = cli("replay", f"{store}.zarr", "--sel", f"point={point},trial=0", "-o", f"{store}1.zarr")
        assert told.code == 0, told.text
        np.testing.assert_array_equal(open_results(f"{store}1.zarr").raw, open_results(f"{store}.zarr").raw[point, 0])


def test_a_changed_connectome_is_refused(cli, work: Path) -> None:
    assert cli(*SWEEP, "--values", "G=0.1,0.2", "-o", "o.zarr").code == 0
    replay = ("replay", "o.zarr", "--sel", "G=0.2,trial=0", "-q")
    (work / "net.npz").rename(work / "moved.npz")
    told = cli(*replay)
    assert (told.code, "net.npz: no such file" in told.text) == (1, True)
    assert cli(*replay, "--connectome", "moved.npz,scale=max").code == 0
    for words in (("--connectome", "moved.npz"), ()):
        np.savez("net.npz", weights=np.ones((3, 3)), lengths=np.ones((3, 3)), labels=["a", "b", "c"])
        told = cli(*replay, *words)
        assert told.code == 1
        assert "is not the one that o.zarr was made with: put the old data back, or say where" in told.text


def test_kept_files_that_were_changed_are_refused(cli, work: Path) -> None:
    assert cli(*SWEEP, "--values", "G=0.1,0.2", "-o", "o.zarr").code == 0
    inputs = run_folder(work / "o.zarr") / "inputs"
    kept = [inputs / "model" / "parts" / "coupling.xml", *(inputs / "files").iterdir()]
    assert len(kept) == 3
    for file in kept:
        before = file.read_bytes()
        file.write_bytes(before + b" ")
        told = cli("replay", "o.zarr", "--sel", "G=0.2,trial=0")
        assert (told.code, "was changed since the run: restore it" in told.text) == (1, True)
        file.write_bytes(before)
    shutil.rmtree(inputs)
    told = cli("replay", "o.zarr", "--sel", "G=0.2,trial=0")
    assert (told.code, "without the inputs kept beside the store it cannot be replayed" in told.text) == (1, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "which simulation of o.zarr? Say the value of G, trial: --sel G=…,trial=…"),
        (("--sel", "G=0.1"), "Say the value of trial: --sel trial=…"),
        (("--sel", "G=0.1,trail=1"), "no dimension 'trail', did you mean 'trial'?"),
        (("--sel", "G=7,trial=1"), "G=7 is not in the store"),
        (("--sel", "G"), "--sel G: write it as --sel NAME=VALUE,NAME=VALUE"),
        (("--sel", "G=0.1,G=0.2"), "G stands twice"),
        (("--sel", "G=0.1,trial=1", "--monitor", "nonsense"), "there is no monitor 'nonsense'"),
        (("--sel", "G=0.1,trial=1", "-o", "o.zarr"), "this is the store to replay from; choose another"),
        (("--sel", "G=0.1,trial=1", "--overwrite"), "--overwrite: say which store to write anew"),
    ],
)
def test_what_cannot_be_replayed(cli, work: Path, words: tuple[str, ...], message: str) -> None:
    assert cli(*SWEEP, "--values", "G=0.1,0.2", "-o", "o.zarr").code == 0
    told = cli("replay", "o.zarr", *words)
    assert (told.code, message in told.text) == (1, True), told.text


def test_no_store(cli, work: Path) -> None:
    told = cli("replay", "nowhere.zarr")
    assert (told.code, "there is no store at nowhere.zarr" in told.text) == (1, True)


def test_a_store_that_was_moved_without_its_folder(cli, work: Path) -> None:
    assert cli(*SWEEP, "--values", "G=0.1,0.2", "-o", "o.zarr").code == 0
    Path("o.zarr").rename("moved.zarr")
    told = cli("replay", "moved.zarr", "--sel", "G=0.1,trial=1")
    assert (told.code, "a store and its moved.zarr.run belong together, move both" in told.text) == (1, True)


def test_it_says_which_simulation_is_nearest(cli, work: Path) -> None:
    assert cli(*SWEEP, "--values", "G=0.1,0.2", "-o", "o.zarr").code == 0
    told = cli("replay", "o.zarr", "--sel", "G=0.18,trial=1")
    assert (told.code, "this is point 1 (G=0.2 ms), trial 1 of o.zarr" in told.text) == (0, True), told.text
