"""A Simulator gives the bits of a sweep over the same table, whatever it is called with and from where."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas
import pytest
import xarray

import rateml
from rateml.cli.app import run
from rateml.engines import cpu

THETA = np.array([[0.1, -5.0], [0.30000000000000004, -4.6], [1 / 3, -4.25]])

Make = Callable[..., rateml.Simulator]


@pytest.fixture
def make(montbrio: Path, network: Path) -> Make:
    def simulator(**options: object) -> rateml.Simulator:
        given = {"sweep": ["G", "eta"], "duration": "20 ms", "threads": 2, **options}
        return rateml.Simulator(montbrio, network, **given)  # type: ignore[arg-type]  # passed on as given

    return simulator


@pytest.fixture
def stored(montbrio: Path, network: Path, tmp_path: Path) -> Callable[..., xarray.Dataset]:
    """What ``rateml sweep --points`` leaves of THETA."""

    def sweep(*words: str, theta: np.ndarray = THETA) -> xarray.Dataset:  # type: ignore[type-arg]  # of float64
        table, out = tmp_path / "points.csv", tmp_path / "o.zarr"
        pandas.DataFrame(theta, columns=["G", "eta"]).to_csv(table, index=False)
        options = ("--connectome", str(network), "--points", str(table), "--duration", "20ms", "-q", "-o", str(out))
        assert run(["sweep", str(montbrio), *options, *words]) == 0
        with rateml.open(out) as results:
            return results.load()

    return sweep


def same(one: xarray.Dataset, other: xarray.Dataset) -> None:
    """Equal to the bit, with equal dimensions, coordinates, types and attributes."""
    xarray.testing.assert_identical(one.drop_attrs(deep=False), other.drop_attrs(deep=False))
    assert [v.dtype for v in one.variables.values()] == [other[name].dtype for name in one.variables]
    left, right = ({k: v for k, v in d.attrs.items() if k not in ("rateml_store", "coordinates")} for d in (one, other))
    assert left == right


def test_the_bits_and_the_form_of_a_sweep(make: Make, stored: Callable[..., xarray.Dataset]) -> None:
    sim = make(
        monitors=["stats", "tavg:1ms:r", "fc:tavg:1ms"], transient="5 ms", dt=0.05, scheme="euler", seed=7, trials=2,
        set={"tau": "1.5 ms", "I": 0.25}, init={"r": 0.1, "V": {"*": -2.0, "lh-b": -1.5}}, precision="float32",
    )  # fmt: skip
    words = (
        "--monitor stats --monitor tavg:1ms:r --monitor fc:tavg:1ms --transient 5ms --dt 0.05 --scheme euler --seed 7 "
        "--trials 2 --set tau=1.5ms --set I=0.25 --init r=0.1 --init V=-2 --init V[lh-b]=-1.5 --precision float32"
    )
    same(sim(THETA), stored(*words.split()))


def test_the_conduction_speed_is_swept_too(montbrio: Path, network: Path) -> None:
    sim = rateml.Simulator(montbrio, network, sweep="speed", duration="20 ms", threads=2)
    result = sim([3.0, np.inf, 6.0])
    assert result.speed.values.tolist() == [3.0, np.inf, 6.0]
    assert result.speed.attrs["units"] == "mm/ms"
    alone = sim([6.0], point=2)
    np.testing.assert_array_equal(alone.stats_mean[0], result.stats_mean[2])
    with pytest.raises(rateml.UserError, match="a conduction speed must be above 0"):
        sim([3.0, 0.0])


def test_ways_to_give_theta(make: Make) -> None:
    sim = make()
    wanted = sim(THETA)
    for theta in (
        THETA.tolist(),
        pandas.DataFrame(THETA[:, ::-1], columns=["eta", "G"]),
        {"eta": THETA[:, 1], "G": list(THETA[:, 0])},
        xarray.DataArray(THETA, dims=("point", "parameter")),
    ):
        assert sim(theta).identical(wanted)
    assert sim(THETA[0]).identical(wanted.isel(point=[0]).assign_attrs(sim(THETA[0]).attrs))
    one = make(sweep="G")
    assert one([0.1, 0.2, 0.3]).identical(one([[0.1], [0.2], [0.3]]))


def test_rows_are_numbered_for_the_noise(make: Make) -> None:
    sim = make(seed=3)
    theta = np.tile(THETA[:1], (3, 1))
    whole = sim(theta).stats_mean
    assert len(np.unique(whole[:, 0, 0])) == 3
    np.testing.assert_array_equal(sim(theta[1:], point=1).stats_mean, whole[1:])
    np.testing.assert_array_equal(sim(theta, seed=3).stats_mean, whole)
    assert (sim(theta, seed=4).stats_mean != whole).all()
    assert sim(theta).stats_mean.identical(whole)


def test_nothing_is_made_again_in_a_call(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    sim = make()

    def again(*_: object) -> None:
        pytest.fail("it was made again")

    monkeypatch.setattr(cpu, "Kernels", again)
    monkeypatch.setattr("rateml.connectome.Edges.from_tracts", again)
    for module in ("rateml.engines.cpu.load_module", "rateml.api.simulator.prepare"):
        monkeypatch.setattr(module, again)
    assert (sim(THETA).status == 0).all()


def test_threads_may_call_at_once(make: Make) -> None:
    sim = make(threads=1)
    seeds = list(range(8))
    alone = [sim(THETA, seed=seed) for seed in seeds]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda seed: sim(THETA, seed=seed), seeds))
    assert all(a.identical(b) for a, b in zip(alone, together, strict=True))


def test_a_pickle_gives_the_same_numbers(make: Make) -> None:
    sim = make(
        set={"I": np.float32(0.5)}, seed=5, monitors=["fc:raw:r"], drives={"c_V": "pulse(onset=1,width=2,amp=1)"}
    )
    copy = pickle.loads(pickle.dumps(sim))
    assert (copy.sweep, copy.regions) == (sim.sweep, sim.regions) == (("G", "eta"), ("lh-a", "lh-b", "rh-a", "rh-b"))
    assert copy(THETA).identical(sim(THETA))
    assert repr(copy) == repr(sim)


def test_a_diverged_simulation_is_told_by_its_status(make: Make) -> None:
    sim = make(dt=0.1, noise="off", init={"r": 0.1, "V": 0.0})
    with pytest.warns(UserWarning, match="theta, column eta: 1e\\+08 is outside the range of 'eta'"):
        result = sim([[0.1, -5.0], [0.1, 1e8]])
    assert result.status.values.tolist() == [0, 1]
    assert np.isfinite(result.stats_mean[0]).all()
    assert np.isnan(result.stats_mean[1]).all()
    assert result.diverged_at.values[0] == -1 < result.diverged_at.values[1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # said once
        sim([[0.1, 1e8]])


def test_fits_are_with_arrays_too(make: Make, tmp_path: Path) -> None:
    target = np.eye(4) + 0.3 * (1 - np.eye(4)) + 0.01 * np.add.outer(np.arange(4), np.arange(4))
    np.fill_diagonal(target, 1.0)
    np.save(tmp_path / "fc.npy", target)
    given = [make(monitors="fc:tavg:1ms:r", target_fc=t)(THETA).fit_fc for t in (target, tmp_path / "fc.npy")]
    assert given[0].identical(given[1])
    assert np.isfinite(given[0]).all()


@pytest.mark.parametrize(
    ("theta", "told"),
    [
        ([[1.0]], r"theta: it has shape \(1, 1\); it needs \(points, 2\), the columns G, eta"),
        ([0.1, 0.2, 0.3], r"theta: it has shape \(3,\)"),
        ([["a", "b"]], "theta: it is no array of numbers"),
        ([[0.1, -5.0 + 1j]], r"theta: it is no array of numbers \(complex numbers\)"),
        (np.empty((0, 2)), "theta: it has 0 points"),
        ([[0.1, -5.0], [np.nan, -5.0]], "theta, row 1, G: nan is no number"),
        ([[0.1, np.inf]], "every value of an axis must be a finite number"),
        ({"G": [0.1]}, "theta: it has the columns G, wanted are G, eta"),
        ({"G": [0.1], "eta": [1.0, 2.0]}, "theta: its columns have 1, 2 values"),
    ],
)
def test_what_is_no_theta(make: Make, theta: object, told: str) -> None:
    with pytest.raises(rateml.UserError, match=told):
        make()(theta)  # type: ignore[arg-type]  # what no type allows is tried too


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"sweep": []}, "sweep: name the parameters"),
        ({"sweep": ["Gg"]}, "sweep Gg: there is no parameter 'Gg'; did you mean 'G'"),
        ({"sweep": ["G", "long_range.G"]}, r"sweep: 'long_range\.G' is in two columns"),
        ({"set": {"G": 1.0}}, r"--set G=1\.0: G is swept"),
        ({"set": {"eta": {"lh-a": 1.0}}}, "eta is swept and gets one value for all regions"),
        ({"seed": -1}, "--seed must lie between"),
        ({"scheme": "rk5"}, "scheme: there is no 'rk5'; there is euler, heun, rk4"),
        ({"duration": None}, "duration: give a number in base units or text with a unit"),
        ({"monitors": ["fc:bold:2s:r"]}, "is shorter than one period of 2000 ms"),
    ],
)
def test_what_is_no_option(make: Make, options: dict[str, object], told: str) -> None:
    with pytest.raises(rateml.UserError, match=told):
        make(**options)


def test_the_first_row_has_a_number_that_can_be_counted(make: Make) -> None:
    sim = make()
    with pytest.raises(rateml.UserError, match="--point must lie between"):
        sim(THETA, point=-1)
    with pytest.raises(rateml.UserError, match="the last row would have a number above"):
        sim(THETA, point=2**32 - 2)


def test_results_beyond_the_memory_are_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rateml.api.simulator.machine_memory", lambda: 10_000)
    sim = make(monitors="raw")
    with pytest.raises(rateml.UserError, match="call with fewer points at once"):
        sim(THETA)


def test_a_faulty_file_says_what_the_command_line_says(
    montbrio: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "faulty.xml"
    file.write_text(montbrio.read_text(encoding="utf-8").replace("eta + J", "etta + J"), encoding="utf-8")
    with pytest.raises(rateml.ModelError) as caught:
        rateml.Simulator(file, "synthetic:4:0", sweep="G")
    assert run(["sweep", str(file), "--connectome", "synthetic:4:0"]) == 1
    assert str(caught.value) == capsys.readouterr().err.rstrip("\n")
    assert "did you mean 'eta'?" in str(caught.value)


def test_without_a_connectome_it_says_which_it_takes(montbrio: Path) -> None:
    with pytest.warns(UserWarning, match="no connectome given: using synthetic:68:0") as seen:
        rateml.Simulator(montbrio, sweep="G", duration="1 ms")
    assert {Path(warning.filename) for warning in seen} == {Path(__file__)}


def test_an_interruption_ends_a_call(make: Make) -> None:
    sim = make(duration="100000 s")
    alive = threading.active_count()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what it starts with &
    try:
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):  # the simulation itself takes hours
            sim(THETA)
    finally:
        signal.signal(signal.SIGINT, before)
    assert threading.active_count() == alive
    assert (make()(THETA).status == 0).all()


def test_progress_is_told(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[rateml.Metrics] = []
    sim = make()
    sim(THETA, progress=seen.append)
    assert seen[-1].done_steps == seen[-1].total_steps == 3 * 400
    assert capsys.readouterr().err == ""
    sim(THETA, progress=True)
    assert "\r100%, " in capsys.readouterr().err
