"""Sweeps over tables and Sobol sequences, stores that are written anew, time limits, drives, connectomes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from rateml.cli.wall_clock import read_wall_clock
from rateml.connectome import load_connectome
from rateml.errors import UserError
from rateml.results import Lock, open_results, run_folder

SMALL = ("--connectome", "synthetic:4:0", "--duration", "5ms", "--dt", "0.1ms")


def test_a_table_of_points(cli, montbrio: Path, tmp_path: Path) -> None:
    table = tmp_path / "p.csv"
    table.write_text("tau [s],eta\n0.01,-5\n0.02,-4.5\n0.01,-5\n", encoding="utf-8")
    out = tmp_path / "o.zarr"
    told = cli("sweep", montbrio, *SMALL, "--points", table, "--trials", "2", "-o", out)
    assert told.code == 0, told.text
    assert told.err.startswith("3 points of tau, eta\n  tau = 10 … 20 ms\n  eta = -5 … -4.5\n3 points × 2 trials")
    results = open_results(out)
    assert results.stats_mean.dims == ("point", "trial", "variable", "region")
    assert (results.tau.dims, results.tau.attrs["units"]) == (("point",), "ms")
    np.testing.assert_array_equal(results.tau, [10, 20, 10])
    # the index of the random numbers is the row: equal rows see different noise, and run --point repeats one
    assert (results.stats_mean[0] != results.stats_mean[2]).any()
    one = tmp_path / "one.zarr"
    row = ("--set", "tau=0.02 s", "--set", "eta=-4.5", "--point", "1", "--trial", "1")
    assert cli("run", montbrio, *SMALL, *row, "--monitor", "stats", "-o", one).code == 0
    np.testing.assert_array_equal(open_results(one).stats_mean, results.stats_mean[1, 1])
    told = cli("sweep", montbrio, *SMALL, "--points", table, "--trials", "2", "-o", out, "--resume")
    assert "every simulation was done before" in told.text
    table.write_text("tau [s],eta\n0.01,-5\n0.02,-4.5\n0.01,-4\n", encoding="utf-8")
    told = cli("sweep", montbrio, *SMALL, "--points", table, "--trials", "2", "-o", out, "--resume")
    assert (told.code, "axes: store has" in told.text) == (1, True)


def test_a_sobol_sweep(cli, montbrio: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.zarr"
    ranges = ("--range", "eta=-5:-4", "--range", "tau=5 ms:20 ms:log")
    told = cli("sweep", montbrio, *SMALL, "--sobol", "4", *ranges, "--seed", "7", "-o", out)
    assert told.code == 0, told.text
    results = open_results(out)
    assert results.sizes["point"] == 4
    assert sorted(((results.eta.values + 5) * 4).astype(int)) == [0, 1, 2, 3]


def test_a_grid_and_a_table_are_wrong_usage(cli, montbrio: Path, tmp_path: Path) -> None:
    told = cli("sweep", montbrio, "--grid", "G=0:1:3", "--points", tmp_path / "p.csv")
    assert (told.code, "--grid and --points exclude each other" in told.text) == (2, True)
    told = cli("sweep", montbrio, "--range", "G=0:1")
    assert (told.code, "say how many points to spread over it, --sobol N" in told.text) == (2, True)


def test_a_parameter_of_a_taken_name(cli, montbrio: Path, tmp_path: Path) -> None:
    for name, *words in (("status", "--points", str(tmp_path / "p.csv")), ("point", "--values", "point=1,2")):
        model = tmp_path / f"{name}.xml"
        model.write_text(re.sub(r"\beta\b", name, montbrio.read_text(encoding="utf-8")), encoding="utf-8")
        (tmp_path / "p.csv").write_text(f"{name}\n1\n", encoding="utf-8")
        told = cli("sweep", model, *SMALL, *words, "-o", tmp_path / "o.zarr")
        assert (told.code, "rename it" in told.text) == (1, True), told.text


def test_overwrite(cli, montbrio: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.zarr"
    first = ("sweep", montbrio, *SMALL, "--values", "G=0.1,0.2", "-o", out)
    second = ("sweep", montbrio, *SMALL, "--values", "G=0.3", "-o", out)
    assert cli(*first, "--overwrite").code == 0
    assert cli(*second).code == 1
    told = cli(*second, "--overwrite", "--dry-run")
    assert (told.code, open_results(out).sizes["G"]) == (0, 2)
    with Lock(run_folder(out)):
        told = cli(*second, "--overwrite")
        assert (told.code, "is in use by process" in told.text) == (1, True)
        assert open_results(out).sizes["G"] == 2
    assert cli(*second, "--overwrite").code == 0
    assert open_results(out).G.values.tolist() == [0.3]
    told = cli(*second, "--overwrite", "--resume")
    assert (told.code, "--resume and --overwrite exclude each other" in told.text) == (2, True)
    events = (run_folder(out) / "events.jsonl").read_text().splitlines()
    assert sum('"planned"' in line for line in events) == 1
    assert not list(run_folder(out).glob("new-*"))


def test_resume_says_where_there_is_nothing_to_go_on_with(cli, montbrio: Path, tmp_path: Path) -> None:
    sweep = ("sweep", montbrio, *SMALL, "--values", "G=0.1", "-o", tmp_path / "o.zarr", "--resume")
    said = f"there is no {tmp_path / 'o.zarr'} to go on with: all of the sweep is to be done"
    told = [cli(*sweep), cli(*sweep)]
    assert [(t.code, said in t.text) for t in told] == [(0, True), (0, False)]


def test_overwrite_leaves_other_things_alone(cli, montbrio: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("x")
    told = cli("sweep", montbrio, *SMALL, "--values", "G=0.1", "-o", tmp_path / "thesis", "--overwrite")
    assert (told.code, "is no rateml store, so --overwrite leaves it alone" in told.text) == (1, True)
    assert (tmp_path / "thesis" / "chapter.tex").read_text() == "x"
    assert cli("sweep", montbrio, *SMALL, "--values", "G=0.1", "-o", tmp_path / "o.zarr").code == 0
    (tmp_path / "link.zarr").symlink_to(tmp_path / "o.zarr")
    told = cli("sweep", montbrio, *SMALL, "--values", "G=0.1", "-o", tmp_path / "link.zarr", "--overwrite")
    assert (told.code, "is a link, so --overwrite leaves it alone" in told.text) == (1, True)
    assert cli("run", montbrio, "--overwrite").code == 1


def test_a_time_limit(cli, montbrio: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.zarr"
    sweep = ("sweep", montbrio, "--connectome", "synthetic:8:0", "--values", "G=0.1,0.2", "--duration", "300 s")
    told = cli(*sweep, "-o", out, "--threads", "1", "--time-limit", "2s")
    assert told.code == 75, told.text
    assert f"stopped by --time-limit 2s; what is done is kept, go on with --resume -o {out}" in told.text
    told = cli("sweep", montbrio, *SMALL, "--values", "G=0.1", "-o", tmp_path / "p.zarr", "--time-limit", "10 min")
    assert told.code == 0


def test_wall_clock_times() -> None:
    assert read_wall_clock("90min") == 5400
    assert read_wall_clock("1h 30 min") == read_wall_clock("1:30:00") == read_wall_clock("1.5h") == 5400
    assert read_wall_clock("2-01:00:05") == 2 * 86400 + 3605
    for text in ("5", "", "5 ms", "-5s", "0s", "soon", "1h x", "1:30"):
        with pytest.raises(UserError, match=r"^--time-limit"):
            read_wall_clock(text)


def test_a_connectome(cli, tmp_path: Path, monkeypatch) -> None:
    told = cli("connectome", "synthetic:4:0,scale=max")
    assert told.code == 0
    assert "Network      4 nodes" in told.out
    assert "delays" not in told.out
    assert "delays" in cli("connectome", "synthetic:4:0", "--speed", "3 m_per_s").out
    told = cli("connectome", "synthetic:4:0", "--regions")
    assert len(told.out.splitlines()) == 4
    assert "Network" in told.err
    monkeypatch.chdir(tmp_path)
    w = np.ones((2, 2))
    np.savez("n.npz", weights=w, lengths=30 * w, labels=["a", "b"], **{"weights.thin": w, "lengths.thin": 40 * w})
    told = cli("connectome", "n.npz", "--regions")
    assert told.out.split() == ["a", "b"]
    assert "(tracts 'thin')" in told.err
    assert cli("connectome", "m.npz").code == 1
    assert cli("connectome", "n.npz,scale=max", "-o", "written.npz").out.endswith("written.npz\n")
    again = load_connectome("written.npz")
    assert again.digest() == load_connectome("n.npz,scale=max").digest()
    assert again.tracts.keys() == {"structural", "thin"}
    assert "must end in .npz" in cli("connectome", "n.npz", "-o", "written").text
    assert "choose another place" in cli("connectome", "n.npz", "-o", "nowhere/n.npz").text
    assert cli("connectome", "n.npz", "--speed", "0").code == 1


@pytest.mark.long
def test_two_couplings_over_two_tracts(cli, montbrio: Path, tmp_path: Path) -> None:
    """Two couplings of one kind over the tracts A and B are one over A + B."""
    rng = np.random.default_rng(0)
    a, b, lengths = rng.random((3, 3)), rng.random((3, 3)), np.full((3, 3), 30.0)
    np.savez(tmp_path / "two.npz", weights=a, lengths=lengths, **{"weights.b": b, "lengths.b": lengths})
    np.savez(tmp_path / "sum.npz", weights=a + b, lengths=lengths)
    second = (
        '<Component id="second" type="RateCoupling" G="0.4 ms" rml:model="mpr" rml:input="c_r" '
        'rml:speed="3 m_per_s" rml:weights="b"/>\n</Lems>'
    )
    text = montbrio.read_text(encoding="utf-8")
    (tmp_path / "two.xml").write_text(text.replace("</Lems>", second), encoding="utf-8")
    small = ("--duration", "10ms", "--dt", "0.1ms", "--set", "long_range.G=0.4", "--set", "long_range.speed=3", "-q")
    for model, name in ((tmp_path / "two.xml", "two"), (montbrio, "sum")):
        network = f"{tmp_path / name}.npz"
        assert cli("run", model, "--connectome", network, *small, "-o", tmp_path / f"{name}.zarr").code == 0
    two, one = (open_results(tmp_path / f"{name}.zarr").tavg for name in ("two", "sum"))
    np.testing.assert_allclose(two, one, rtol=1e-10)
    told = cli("run", tmp_path / "two.xml", "--connectome", tmp_path / "sum.npz", *small)
    assert (told.code, "'b'" in told.text) == (1, True)


def test_ports_are_listed(cli, montbrio: Path) -> None:
    told = cli("run", montbrio, *SMALL)
    assert "note: input 'c_V' has no coupling and no --drive, so it is 0" in told.text
    told = cli("run", montbrio, *SMALL, "--drive", "c_W=pulse(onset=0,width=1,amp=1)")
    assert (told.code, "there is no port 'c_W'; did you mean 'c_V'?" in told.text) == (1, True)
