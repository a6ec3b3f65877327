"""``rateml.sweep``: what a command line makes, in memory or in a store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas
import pytest
import xarray

import rateml
from rateml.cli.app import run
from rateml.results import read_events, read_manifest, run_folder
from rateml.results.manifest import write_manifest

Sweep = Callable[..., xarray.Dataset]
Command = Callable[..., xarray.Dataset]


@pytest.fixture
def sweep(montbrio: Path, network: Path) -> Sweep:
    def call(**options: object) -> xarray.Dataset:
        given = {"duration": "10 ms", "threads": 2, **options}
        return rateml.sweep(montbrio, network, **given)  # type: ignore[arg-type]  # passed on as given

    return call


@pytest.fixture
def command(montbrio: Path, network: Path, tmp_path: Path) -> Command:
    def call(*words: str) -> xarray.Dataset:
        out = tmp_path / "command.zarr"
        fixed = ("--connectome", str(network), "--duration", "10ms", "-q", "--overwrite", "-o", str(out))
        assert run(["sweep", str(montbrio), *fixed, *words]) == 0
        with rateml.open(out) as results:
            return results.load()

    return call


def same(one: xarray.Dataset, other: xarray.Dataset) -> None:
    xarray.testing.assert_identical(one.drop_attrs(deep=False), other.drop_attrs(deep=False))


def test_a_grid_has_its_axes_in_order(sweep: Sweep, command: Command) -> None:
    made = sweep(
        grid={"eta": (-5, -4, 3)}, log_grid={"G": (0.1, "1 ms", 2)}, values={"tau": ["1 ms", 2.0]}, trials=2, seed=1
    )
    assert made.stats_mean.dims == ("eta", "G", "tau", "trial", "variable", "region")
    words = ("--grid", "eta=-5:-4:3", "--log-grid", "G=0.1:1:2", "--values", "tau=1,2", "--trials", "2", "--seed", "1")
    same(made, command(*words))


@pytest.mark.parametrize("kind", ["frame", "mapping", "file"])
def test_a_table_has_a_point_per_row(kind: str, sweep: Sweep, command: Command, tmp_path: Path) -> None:
    frame = pandas.DataFrame({"eta": [-5.0, -4.6], "tau [s]": [0.001, 1 / 700]})
    file = tmp_path / "table.csv"
    frame.to_csv(file, index=False)
    points = {"frame": frame, "mapping": {name: frame[name].tolist() for name in frame}, "file": file}[kind]
    made = sweep(points=points)
    same(made, command("--points", str(file)))
    assert made.tau.values[1] == pytest.approx(1000 / 700)


def test_a_sequence_of_sobol(sweep: Sweep, command: Command) -> None:
    made = sweep(sobol=4, ranges={"eta": (-5, -4), "tau": ("1 ms", "5 ms", "log")}, seed=3)
    same(made, command("--sobol", "4", "--range", "eta=-5:-4", "--range", "tau=1:5:log", "--seed", "3"))


LABELLED = [-5.0, -4.5, -4.0, 1 / 3 - 5]


@pytest.mark.parametrize(
    "given",
    [
        LABELLED,
        np.array(LABELLED),
        pandas.Series(LABELLED[::-1], index=["rh-b", "rh-a", "lh-b", "lh-a"]),
        xarray.DataArray(LABELLED[::-1], {"region": ["rh-b", "rh-a", "lh-b", "lh-a"]}),
        {"*": -5.0, "lh-b": -4.5, "rh-*": -4.0, "rh-b": 1 / 3 - 5},
    ],
    ids=["list", "array", "series", "dataarray", "mapping"],
)
def test_regional_values(given: object, sweep: Sweep, command: Command, tmp_path: Path) -> None:
    file = tmp_path / "eta.csv"
    pandas.Series(LABELLED, pandas.Index(["lh-a", "lh-b", "rh-a", "rh-b"], name="region"), name="eta").to_csv(file)
    wanted = command("--values", "G=0.2", "--set", f"eta=@{file}")
    made = sweep(values={"G": [0.2]}, set={"eta": given})
    same(made, wanted)
    assert made.attrs["parameters"]["eta"] == LABELLED
    same(sweep(values={"G": [0.2]}, set={"eta": file}), wanted)
    same(sweep(values={"G": [0.2]}, set=[f"eta=@{file}"]), wanted)


def test_histories_and_drives_as_arrays(sweep: Sweep, command: Command, tmp_path: Path) -> None:
    past = {"r": np.linspace(0.1, 0.2, 40).reshape(10, 4), "V": np.full((10, 4), -2.0)}
    samples = {"time": [0.0, 4.0], "value": np.arange(8.0).reshape(2, 4)}
    np.savez(tmp_path / "past.npz", **past)
    np.savez(tmp_path / "drive.npz", **samples)
    pulse = "pulse(onset=1ms,width=2ms,amp=3)@rh-a"
    fed = {"values": {"G": [0.2]}, "set": {"cv": 1}, "history": past}
    made = sweep(**fed, drives={"c_V": [samples, pulse]})
    drives = ("--drive", f"c_V={tmp_path / 'drive.npz'}", "--drive", f"c_V={pulse}")
    words = ("--values", "G=0.2", "--set", "cv=1", "--history", str(tmp_path / "past.npz"))
    same(made, command(*words, *drives))
    assert not made.stats_mean.identical(sweep(**fed).stats_mean)


def test_a_store_is_written_resumed_and_replayed(sweep: Sweep, tmp_path: Path) -> None:
    out = tmp_path / "o.zarr"
    options = {
        "points": {"G": [0.1, 0.2, 0.3]}, "set": {"eta": np.array(LABELLED)}, "out": out, "chunk": 1, "seed": 9,
    }  # fmt: skip
    in_memory = sweep(**{k: v for k, v in options.items() if k not in ("out", "chunk")})
    with sweep(**options) as made:
        same(made.load(), in_memory)
    with pytest.raises(rateml.StoreError, match="exists: continue it with --resume"):
        sweep(**options)
    manifest = read_manifest(run_folder(out) / "manifest.json")
    write_manifest(run_folder(out) / "manifest.json", replace(manifest, done=frozenset([0])))
    with sweep(**options, resume=True) as again:
        same(again.load(), in_memory)
    done = [event for event in read_events(run_folder(out))[0] if event["event"] == "finished"]
    assert [event["simulations"] for event in done] == [3, 2]
    # The arrays were handed over in files that are gone: the store has copies.
    job = rateml.replay(out, {"point": "1"}, ["stats"])
    assert job.settings.values["eta"].tolist() == LABELLED  # type: ignore[union-attr]  # one per region
    with sweep(**{**options, "seed": 10}, overwrite=True) as other:
        assert not other.stats_mean.identical(in_memory.stats_mean)


def test_simulations_that_diverge_are_counted(sweep: Sweep) -> None:
    with (
        pytest.warns(UserWarning, match="1 of 2 simulations diverged: their status is 1"),
        pytest.warns(UserWarning, match="100000000.0 is outside|1e\\+08 is outside"),
    ):
        made = sweep(values={"eta": [-5.0, 1e8]})
    assert made.status.values.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"grid": {"G": (0, 1)}}, r"grid G: write it as \(lowest, highest, how many\), not \(0, 1\)"),
        ({"grid": {"G": (0, 1, 2.5)}}, "grid G, how many: give a whole number, not 2.5"),
        ({"sobol": 4}, "--sobol 4: say over what"),
        ({"sobol": 4, "ranges": {"G": 3}}, "ranges G: write it as"),
        ({"grid": {"G": (0, 1, 2)}, "points": {"G": [1.0]}}, "--grid and --points exclude each other"),
        ({"points": {"G": [1.0], "eta": [1.0, 2.0]}}, "points: the columns differ in length: G has 1, eta has 2"),
        ({"points": {"G": [1.0, np.nan]}}, r"--points points\.csv, line 3, G"),
        (
            {"values": {"G": [1.0]}, "set": {"eta": [1.0, 2.0]}},
            r"--set eta: eta\.npy has shape \(2,\); it needs \(4,\)",
        ),
        ({"values": {"G": [1.0]}, "set": {"eta": ["a"]}}, "set eta: give a number, one for each region"),
        (
            {"values": {"G": [1.0]}, "set": {"eta": pandas.Series({"lh-a": 1.0})}},
            r"--set eta: eta\.csv lacks 3 of 4 regions: 'lh-b', 'rh-a', 'rh-b'",
        ),
        ({"values": {"G": [1.0]}, "drives": {"c_V": {"time": [0.0]}}}, r"--drive c_V=c_V\.npz: the file has only time"),
        ({"values": {"G": [1.0]}, "resume": True}, "say where it is, out=PATH"),
        ({"values": {"G": [1.0]}, "resume": True, "overwrite": True, "out": "o.zarr"}, "exclude each other"),
        ({"grid": [("G", 0, 1, 2)]}, "grid: give a mapping by parameter, such as {'G': …}, not list"),
        ({"values": {"G": 1.0}}, r"values G: give a list of values, not 1\.0"),
        ({"values": {"G": "1,2"}}, "values G: give a list of values, not '1,2'"),
        ({"points": np.ones((2, 1))}, "points: give a CSV file, a data frame or a mapping, .*, not ndarray"),
        ({"values": {"G": [1.0]}, "drives": {"c_V": 1.0}}, r"drives c_V: give a pulse as text, .*, not 1\.0"),
        ({"values": {"G": [1.0]}, "threads": 0}, "threads: there must be at least 1, not 0"),
        ({"values": {"G": [1.0]}, "threads": 2.0}, r"threads: give a whole number, not 2\.0"),
        ({"values": {"G": [1.0]}, "seed": "3"}, "seed: give a whole number, not '3'"),
        ({"sobol": 4.0, "ranges": {"G": (0, 1)}}, r"sobol: give a whole number, not 4\.0"),
        ({"values": {"G": [1.0]}, "monitors": [1]}, "monitors: give a list of texts, not of int"),
    ],
)
def test_what_cannot_be_done(options: dict[str, object], told: str, sweep: Sweep) -> None:
    with pytest.raises(rateml.UserError, match=told):
        sweep(**options)


def test_an_interruption_keeps_what_is_done(sweep: Sweep, tmp_path: Path) -> None:
    out = tmp_path / "o.zarr"
    options = {"values": {"G": [0.1, 0.2, 0.3, 0.4]}, "duration": "300 ms", "out": out, "chunk": 1, "threads": 1}

    def interrupt(metrics: rateml.Metrics) -> None:
        if metrics.done_steps * 2 > metrics.total_steps:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(**options, progress=interrupt)
    with rateml.open(out) as partial:
        assert set(np.unique(partial.status)) <= {0, 255}
    with sweep(**options, resume=True) as made:
        same(made.load(), sweep(**{k: v for k, v in options.items() if k not in ("out", "chunk")}))


def test_what_does_not_fit_is_refused(sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rateml.api.sweeping.machine_memory", lambda: 1000)
    with pytest.raises(rateml.UserError, match="write them to a store with out=PATH"):
        sweep(values={"G": [0.1, 0.2]}, monitors="raw")
    assert (sweep(values={"G": [0.1]}, monitors="raw", yes=True).status == 0).all()
    monkeypatch.setattr("rateml.api.planning.machine_memory", lambda: 1000)
    for out in (None, tmp_path / "o.zarr"):
        with pytest.raises(rateml.UserError, match=r"the run would hold .* in memory, this machine has 1 kB"):
            sweep(values={"G": [0.1]}, out=out)
