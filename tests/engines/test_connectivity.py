"""bold, fc and fcd through the whole of rateml: from the command line's words to the store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rateml import api
from rateml.cli.app import run
from rateml.engines.cpu import CpuEngine
from rateml.errors import StoreError
from rateml.results import open_results

MONITORS = ["raw:r", "tavg:1ms:r", "stats:r", "bold:100ms:r", "fc:bold:100ms:r", "fcd:500ms:100ms:bold:100ms:r:full"]
SHORT = {"duration": "2 s", "transient": "100 ms", "dt": "0.1"}
DIVERGES = ("values", "eta=-4.6,1e9")


def _triangle(series: np.ndarray) -> np.ndarray:
    return np.corrcoef(series.T)[np.triu_indices(series.shape[1], 1)]


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_everything_at_once(simulate, precision: str) -> None:
    got = simulate(monitors=MONITORS, precision=precision, **SHORT)
    raw = got.raw.values[:, 0].astype(np.float64)
    single = precision == "float32"
    np.testing.assert_allclose(
        got.tavg.values[:, 0], raw.reshape(2000, 10, 5).mean(axis=1), rtol=1e-6 if single else 1e-13
    )
    np.testing.assert_allclose(got.time_bold, 100 + 100 * np.arange(1, 21))
    bold = got.bold.values[:, 0].astype(np.float64)
    assert got.bold.dims == ("time_bold", got.fc.dims[0], "region")
    np.testing.assert_allclose(got.fc.values[0], _triangle(bold), atol=1e-3 if single else 1e-9)
    windows = np.array([_triangle(bold[s : s + 5]) for s in range(16)])
    np.testing.assert_allclose(got.fcd.values[0], np.corrcoef(windows), atol=2e-2 if single else 1e-7)
    np.testing.assert_allclose(got.window, 100 + 250 + 100 * np.arange(16))
    assert got.fcd_hist.sum() == 11 * 12 / 2
    assert (got.fc.dtype, got.fcd_var.dtype) == (precision, np.float64)


def test_pairs_and_dimensions_say_what_they_are(simulate) -> None:
    got = simulate(monitors=["stats", "fc:tavg:10ms:V"], duration="200", transient="1")
    assert got.fc.dims == ("variable_fc", "pair")
    assert list(got.variable_fc.values) == ["V"]
    labels = list(got.region.values)
    pairs = [(str(a), str(b)) for a, b in zip(got.pair_region.values, got.pair_region_2.values, strict=True)]
    assert pairs == [(labels[i], labels[j]) for i in range(5) for j in range(i + 1, 5)]
    assert got.fc.attrs["of"] == "tavg:10ms"


def test_what_diverged_is_nan_and_its_neighbours_are_not(simulate) -> None:
    asked = {"monitors": MONITORS, "sweep": True, **SHORT}
    both = simulate(axes=[DIVERGES], **asked)
    alone = simulate(axes=[("values", "eta=-4.6")], **asked)
    assert list(both.status.values) == [0, 1]
    for name in ("fc", "fcd", "fcd_var", "fcd_hist", "stats_mean", "bold"):
        assert both[name].values[0].tobytes() == alone[name].values[0].tobytes()
        assert np.isnan(both[name].values[1]).all()


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("chunk", [1, 2, None])
def test_the_same_bits_whatever_threads_and_chunks(simulate, threads: int, chunk: int | None) -> None:
    asked = {"monitors": MONITORS[3:], "axes": [("grid", "G=0.1:0.5:5")], "duration": "1 s", "dt": "0.1"}
    expected, got = simulate(threads=1, **asked), simulate(threads=threads, chunk=chunk, **asked)
    for name in expected.variables:
        assert got[name].values.tobytes() == expected[name].values.tobytes(), name


def test_fits_from_the_command_line_to_the_table(
    network: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = Path(api.__file__).parent.parent / "models" / "montbrio.xml"
    target = tmp_path / "fc.npy"
    rng = np.random.default_rng(2)
    np.save(target, np.corrcoef(rng.standard_normal((5, 30))))
    store = tmp_path / "fits.zarr"
    asked = "--grid G=0:0.5:4 --trials 2 --dt 0.1 --duration 1s --transient 100ms --set bold.E0=0.34"
    monitors = "--monitor bold:50ms:r --monitor tavg:10ms:r --monitor fc:tavg:10ms:r"
    files = ["--connectome", str(network), "--target-fc", str(target), "-o", str(store)]
    sweep = ["sweep", str(model), *asked.split(), *monitors.split(), *files, "-q"]
    assert run(sweep) == 0
    results = open_results(store)
    z = np.arctanh(np.load(target)[np.triu_indices(5, 1)])
    for point in range(4):
        for trial in range(2):
            own = np.arctanh(_triangle(results.tavg.values[point, trial, :, 0]))
            assert results.fit_fc.values[point, trial] == pytest.approx(np.corrcoef(own, z)[0, 1], abs=1e-6)
    assert results.attrs["bold"]["E0"] == 0.34
    capsys.readouterr()
    assert run(["top", str(store), "-k", "2"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert run(["plot", str(store), "--array", "fc", "-o", str(tmp_path / "fc.png")]) == 0
    assert (tmp_path / "fc.png").stat().st_size > 1000


def test_another_balloon_is_another_run(prepare, tmp_path: Path) -> None:
    asked = {"monitors": ["bold:50ms:r"], "duration": "200", "dt": "0.1"}
    out = tmp_path / "one.zarr"
    for _ in api.execute(prepare(**asked), out, CpuEngine(1)):
        pass
    with pytest.raises(StoreError, match="bold"):
        for _ in api.execute(prepare(set=["bold.E0=0.3"], **asked), out, CpuEngine(1), resume=True):
            pass
