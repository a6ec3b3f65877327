"""Times, monitors, noise, seeds, trials and the past, and what is told about them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from rateml.errors import UserError


def test_times_in_steps(settings) -> None:
    made = settings(duration="0.1 s", transient="10", dt="0.01 ms")
    assert (made.steps, made.transient_steps, made.total_steps, made.dt) == (10_000, 1000, 11_000, 0.01)
    assert (settings().dt, settings().scheme) == (0.05, "heun")
    # 0.3 / 0.1 is not 3 in binary
    assert settings(duration="0.3 ms", dt="0.1 ms", monitors=["raw"]).steps == 3


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"duration": "1.02 ms"}, "--duration: 1.02 ms is no whole number of steps of 0.05 ms; the nearest is 1 ms"),
        ({"duration": "0.01 ms"}, "--duration: 0.01 ms is no whole number of steps of 0.05 ms; the nearest is 0.05 ms"),
        ({"transient": "1.07 ms"}, "--transient: 1.07 ms is no whole number of steps of 0.05 ms; the nearest is 1.05"),
        ({"monitors": ["tavg:1.01 ms"]}, "--monitor tavg:1.01 ms: 1.01 ms is no whole number of steps"),
        ({"duration": "0 ms"}, "--duration 0 ms: at least one step is needed, 0.05 ms"),
        ({"duration": "-1 s"}, "--duration -1 s: at least one step is needed"),
        ({"duration": "inf"}, "--duration: 'inf' must be finite, such as 500 ms"),
        ({"transient": "inf"}, "--transient: 'inf' must be finite"),
        ({"transient": "-5 ms"}, "--transient -5 ms: it cannot be negative; leave it out"),
        ({"duration": "1e300"}, "--duration: 1e+300 ms are 2e+301 steps of 0.05 ms, more than"),
        ({"duration": "1 mV"}, "--duration: '1 mV' has the dimension"),
        ({"duration": "long"}, "--duration:"),
        ({"dt": "0"}, "--dt: the time step must be above 0, such as 0.1 ms"),
        ({"dt": "-1"}, "--dt: the time step must be above 0"),
        ({"dt": "inf"}, "--dt: 'inf' must be finite"),
        ({"dt": "1 kHz"}, "--dt: '1 kHz' has the dimension"),
        ({"scheme": "rk4"}, "--scheme rk4 is for deterministic runs, and this model has noise: add --noise off, or"),
        ({"monitors": []}, "nothing would be recorded: give a --monitor, such as stats"),
        ({"monitors": ["eeg"]}, "--monitor eeg: there is no monitor 'eeg'; there are raw, tavg, stats, bold, fc, fcd"),
        ({"monitors": ["raw:x"]}, "--monitor raw:x: 'x' is not exposed; the model exposes r, V"),
        ({"monitors": ["raw:1ms"]}, "--monitor raw:1ms: write it as raw[:VAR,...]"),
        ({"monitors": ["stats:r:V"]}, "--monitor stats:r:V: write it as stats[:VAR,...]"),
        ({"monitors": ["tavg:1ms:r:V"]}, "write it as tavg:PERIOD[:VAR,...]"),
        ({"monitors": ["stats:r,r"]}, "--monitor stats:r,r: a variable stands twice; name each once"),
        ({"monitors": ["tavg:0ms"]}, "--monitor tavg:0ms: the period must be above 0, such as tavg:1ms"),
        ({"monitors": ["tavg:-1ms"]}, "--monitor tavg:-1ms: the period must be above 0"),
        ({"monitors": ["tavg:.5ms"]}, "--monitor tavg:.5ms:"),
        ({"monitors": ["raw:r", "raw:V"]}, "--monitor raw stands twice; name all its variables in one"),
        ({"monitors": ["tavg:2s"]}, "the duration, 1000 ms, is shorter than one period of 2000 ms; give a longer"),
        ({"monitors": ["raw"], "duration": "6e5 s"}, "--monitor raw: 12,000,000,000 samples"),
        ({"monitors": ["raw"], "duration": "600 s"}, "at most 10,000,000 can be; record averages over longer periods"),
        ({"seed": -1}, "--seed must lie between 0 and 2**64 - 1"),
        ({"seed": 2**64}, "--seed must lie between 0 and 2**64 - 1"),
        ({"trials": 0}, "--trials must lie between 1 and 65536"),
        ({"trial": -1}, "--trial must lie between 0 and 65535"),
        ({"trial": 2**16}, "--trial must lie between 0 and 65535"),
        ({"point": -1}, "--point must lie between 0 and 2**32 - 1"),
        ({"point": 2**32}, "--point must lie between 0 and 2**32 - 1"),
    ],
)
def test_what_cannot_be_done(settings, request_: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        settings(**request_)


def test_monitors(settings) -> None:
    raw, tavg, stats = settings(monitors=["raw:V", "tavg:0.5ms:V,r", "stats"], duration="10ms").monitors
    assert (raw.kind, raw.every, raw.variables) == ("raw", 1, (1,))
    assert (tavg.kind, tavg.every, tavg.variables) == ("tavg", 10, (1, 0))
    assert (stats.kind, stats.every, stats.variables) == ("stats", 1, (0, 1))
    (default,) = settings(monitors=["tavg"]).monitors
    assert default.every == 20


def test_notes(settings) -> None:
    (note,) = settings(transient="0 ms").notes
    assert "stats include the transient: leave it out with --transient" in note
    assert settings(transient="1 ms").notes == ()
    (note,) = settings(monitors=["tavg:3ms"], duration="10ms").notes
    assert note == "tavg:3ms: the last 1 ms fill no period and are dropped"


def test_noise_and_schemes(settings) -> None:
    assert settings(scheme="rk4", noise="off").scheme == "rk4"
    silent = ["D_r=0", "D_V=0"]
    made = settings(scheme="rk4", set=silent)
    assert (made.scheme, made.noise) == ("rk4", "off")
    assert settings(scheme="heun", set=silent).noise == "on"
    with pytest.raises(UserError, match="this model has noise: add --noise off"):
        settings(scheme="rk4", set=silent[:1])
    with pytest.raises(UserError, match="this model has noise: add --noise off"):
        settings(scheme="rk4", set=["D_r=0", "D_V=0", "D_V[höhle]=0.001"])
    with pytest.raises(UserError, match="this model has noise: add --noise off"):
        settings(sweep=True, scheme="rk4", set=silent[:1], axes=(("values", "D_V=0"),))
    assert settings(noise="common").noise == "common"
    assert settings(seed=2**64 - 1, trials=65536, point=2**32 - 1).seed == 2**64 - 1


def _past(path: Path, **arrays: object) -> Path:
    np.savez(path, **{name: np.asarray(value) for name, value in arrays.items()})
    return path


def test_a_history(settings, tmp_path: Path) -> None:
    rows = np.arange(6.0).reshape(2, 3)
    made = settings(history=_past(tmp_path / "h.npz", V=rows + 10, r=rows))
    assert made.past.shape == (2, 2, 3)
    np.testing.assert_array_equal(made.past[:, 0], rows)
    np.testing.assert_array_equal(made.past[:, 1], rows + 10)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"r": np.zeros((2, 3))}, "the file lacks V; it needs one array (steps, region) for each of r, V"),
        ({"r": np.zeros((2, 3)), "V": np.zeros((2, 3)), "x": 1}, "the file has x, no states of the model; it needs"),
        ({"r": np.zeros((2, 3)), "V": np.zeros((3, 3))}, "'V' has shape (3, 3), all states need (steps, 3)"),
        ({"r": np.zeros((2, 4)), "V": np.zeros((2, 4))}, "'r' has shape (2, 4), all states need (steps, 3)"),
        ({"r": np.zeros(3), "V": np.zeros(3)}, "'r' has shape (3,)"),
        ({"r": np.zeros((0, 3)), "V": np.zeros((0, 3))}, "'r' has shape (0, 3)"),
        ({"r": np.full((1, 3), np.nan), "V": np.zeros((1, 3))}, "'r' holds values that are not finite; only"),
        ({"r": [["a", "b", "c"]], "V": np.zeros((1, 3))}, "not real numbers; save it as float64"),
    ],
)
def test_a_history_that_does_not_fit(settings, tmp_path: Path, arrays: dict[str, object], message: str) -> None:
    file = _past(tmp_path / "h.npz", **arrays)
    with pytest.raises(UserError, match=rf"^--history {re.escape(str(file))}: .*{re.escape(message)}"):
        settings(history=file)


def test_a_history_that_is_none(settings, tmp_path: Path) -> None:
    file = tmp_path / "h.npz"
    for damaged in (b"", b"PK\x03\x04 no zip", b"nonsense"):
        file.write_bytes(damaged)
        with pytest.raises(UserError, match=r"^--history .* is no file of numbers that numpy.savez"):
            settings(history=file)
    with pytest.raises(UserError, match=r"^--history .*: cannot read .*nowhere.npz: No such file or directory$"):
        settings(history=tmp_path / "nowhere.npz")
    np.save(tmp_path / "h.npy", np.zeros((2, 3)))
    with pytest.raises(UserError, match=r"this is a single array; save one per state with numpy\.savez"):
        settings(history=tmp_path / "h.npy")


def test_history_and_init_exclude_each_other(settings, tmp_path: Path) -> None:
    file = _past(tmp_path / "h.npz", r=np.zeros((1, 3)), V=np.zeros((1, 3)))
    with pytest.raises(UserError, match="--history and --init both set the initial state: give one of them"):
        settings(history=file, init=["r=1"])
