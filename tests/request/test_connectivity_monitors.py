"""bold, fc and fcd as a user asks for them: what they mean, and what is said when they cannot be."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from rateml.errors import UserError
from rateml.request.balloon import Balloon
from rateml.request.settings import Request, read_settings
from rateml.request.windows import Windows

LONG = {"duration": "200 s", "dt": "0.1 ms", "transient": "20 s"}


def test_bold(settings) -> None:
    (bold,) = settings(monitors=["bold:1.5s:V"], **LONG).monitors
    assert (bold.kind, bold.every, bold.inner, bold.variables) == ("bold", 15_000, 10, (1,))
    (bold,) = settings(monitors=["bold:r"], **LONG).monitors
    assert bold.every == 20_000
    assert settings(monitors=["bold:r,V"], **LONG).monitors[0].variables == (0, 1)


def test_fc(settings) -> None:
    (fc,) = settings(monitors=["fc:bold:r"], **LONG).monitors
    assert (fc.kind, fc.every, fc.variables, fc.source.kind, fc.source.inner) == ("fc", 20_000, (0,), "bold", 10)
    (fc,) = settings(monitors=["fc:tavg:10ms"], **LONG).monitors
    assert (fc.every, fc.variables, fc.source.kind) == (100, (0, 1), "tavg")
    assert settings(monitors=["fc:raw:V"]).monitors[0].source.kind == "raw"


def test_fcd(settings) -> None:
    (fcd,) = settings(monitors=["fcd:60s:4s:r"], **LONG).monitors
    assert (fcd.kind, fcd.every, fcd.variables, fcd.windows) == ("fcd", 20_000, (0,), Windows(30, 2))
    (fcd,) = settings(monitors=["fcd:10s:1s:bold:1s:V:full"], **LONG).monitors
    assert (fcd.every, fcd.variables, fcd.windows) == (10_000, (1,), Windows(10, 1, full=True))


def test_windows() -> None:
    windows = Windows(10, 3)
    assert [windows.count(n) for n in (9, 10, 12, 13, 40)] == [0, 1, 1, 2, 11]
    apart = windows.apart(11)
    assert all(apart[a, b] == (b > a and set(range(3 * a, 3 * a + 10)).isdisjoint(range(3 * b, 3 * b + 10)))
               for a in range(11) for b in range(11))  # fmt: skip


def test_several_at_once(settings) -> None:
    monitors = ["stats", "tavg:10ms:r", "bold:r", "fc:bold:r", "fcd:60s:2s:r"]
    assert [m.kind for m in settings(monitors=monitors, **LONG).monitors] == ["stats", "tavg", "bold", "fc", "fcd"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"monitors": ["bold"]}, "say which variable drives the blood flow, such as bold:2s:r; the model exposes r, V"),
        ({"monitors": ["fc:bold"]}, "--monitor fc:bold: say which variable drives the blood flow"),
        ({"monitors": ["fcd:60s:2s"]}, "--monitor fcd:60s:2s: say which variable drives the blood flow"),
        ({"monitors": ["bold:x"]}, "--monitor bold:x: 'x' is not exposed; the model exposes r, V"),
        ({"monitors": ["bold:0s:r"]}, "the period must be above 0, such as bold:2s"),
        ({"monitors": ["bold:2.5ms:r"]}, "the period must be a whole number of ms, such as bold:2s"),
        (
            {"monitors": ["bold:r"], "dt": "0.3 ms", "duration": "60 s"},
            "2000 ms is no whole number of steps of 0.3 ms; the nearest",
        ),
        ({"monitors": ["bold:3s:r"], "dt": "0.3 ms", "duration": "60 s"}, "which takes averages over 1 ms: 1 ms is no"),
        ({"monitors": ["bold:r:V"]}, "write it as bold[:PERIOD][:VAR,...]"),
        ({"monitors": ["bold:r"], "duration": "1 s"}, "shorter than one period of 2000 ms; give a longer --duration"),
        ({"monitors": ["bold:theta"], "model": "kuramoto"}, "'theta' is an angle and drives no blood flow; name sin_"),
        ({"monitors": ["fc:tavg:10ms"], "model": "kuramoto"}, "'theta' is an angle and has no correlation; name sin_"),
        ({"monitors": ["fc"]}, "write it as fc:MONITOR, of raw, tavg or bold, such as fc:bold or fc:tavg:10ms"),
        ({"monitors": ["fc:stats"]}, "write it as fc:MONITOR"),
        ({"monitors": ["fc:fc:raw"]}, "write it as fc:MONITOR"),
        ({"monitors": ["fc:tavg:1.01 ms"]}, "--monitor fc:tavg:1.01 ms: 1.01 ms is no whole number of steps"),
        (
            {"monitors": ["fc:bold:r"], "duration": "5 s"},
            "needs 3 samples or more, 5000 ms give 2; take a --duration of",
        ),
        ({"monitors": ["fc:bold:r"], "duration": "5 s"}, "take a --duration of 6000 ms or more"),
        ({"monitors": ["fc:raw", "fc:bold:r"]}, "--monitor fc stands twice; run once for each"),
        ({"monitors": ["fcd"]}, "write it as fcd:WINDOW:STEP"),
        ({"monitors": ["fcd:60s:r"]}, "write it as fcd:WINDOW:STEP"),
        ({"monitors": ["fcd:60s:2s:tavg:1ms"]}, "write it as bold[:PERIOD][:VAR,...]"),
        ({"monitors": ["fcd:61s:2s:r"]}, "'61s' must be a whole number of the 2000 ms between samples of bold"),
        ({"monitors": ["fcd:60s:1s:r"]}, "'1s' must be a whole number of the 2000 ms"),
        ({"monitors": ["fcd:60s:0s:r"]}, "'0s' must be a whole number"),
        ({"monitors": ["fcd:4s:2s:r"]}, "a window of 2 samples is too short for a correlation, take 6000 ms or more"),
        (
            {"monitors": ["fcd:60s:2s:r"], "duration": "118 s"},
            "hold no two windows that do not overlap; take a --duration",
        ),
        ({"monitors": ["fcd:60s:2s:r"], "duration": "118 s"}, "--duration of 120000 ms or more"),
        ({"monitors": ["fcd:1s:10ms:bold:10ms:r"], "duration": "52 s"}, "5,101 windows, at most 5,000 can be; take a"),
        ({"set": ["bold.tau_x=0.3"]}, "the balloon model has no parameter 'tau_x'; did you mean 'bold.tau_s'?"),
        ({"set": ["bold.E0=1.5"]}, "--set bold.E0=1.5: an extraction fraction lies between 0 and 1"),
        ({"set": ["bold.alpha=0"]}, "the value must be above 0"),
        ({"set": ["bold.tau_s=1.54"]}, "--set bold.tau_s=1.54: say the unit, 'bold.tau_s=1.54 s'"),
        ({"set": ["bold.nu_0=40"]}, "say the unit, 'bold.nu_0=40 Hz'"),
        ({"set": ["bold.tau_s=1 mV"]}, "has the dimension voltage, wanted is time"),
        ({"set": ["bold.E0[lh-V1]=0.3"]}, "is one number for all regions"),
        ({"axes": [("grid", "bold.E0=0.3:0.5:3")], "sweep": True}, "the balloon model is the same for the whole run"),
    ],
)
def test_what_cannot_be_done(settings, given: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        settings(**({"duration": "200 s", "dt": "0.1 ms"} | given))


@pytest.mark.parametrize(("monitor", "few", "enough"), [("fc:raw:r", 1, 2), ("fcd:60s:2s:r", 2, 3)])
def test_correlations_need_regions(program, monitor: str, few: int, enough: int) -> None:
    request = Request(monitors=[monitor], **LONG)
    labels = ("a", "b", "c")
    assert read_settings(program("montbrio"), labels[:enough], request, sweep=False).monitors
    with pytest.raises(UserError, match=f"{enough} regions or more are needed, the connectome has {few}; record bold"):
        read_settings(program("montbrio"), labels[:few], request, sweep=False)


def test_balloon_parameters_are_in_the_units_of_tvb(settings) -> None:
    given = ["bold.E0=0.34", "bold.tau_s=800 ms", "bold.TE=0.03 s", "bold.nu_0=0.08 kHz", "bold.r_0=110 Hz"]
    made = settings(monitors=["bold:r"], set=given, **LONG)
    assert made.balloon == Balloon(E0=0.34, tau_s=0.8, TE=0.03, nu_0=80.0, r_0=110.0)
    assert made.warnings == ()
    assert settings(monitors=["fc:bold:r"], set=given, **LONG).warnings == ()
    (warning,) = settings(set=given, **LONG).warnings
    assert "no BOLD signal is recorded" in warning


@pytest.mark.parametrize("monitor", ["stats", "fc:tavg:10ms:r"])
def test_a_transient_is_advised(settings, monitor: str) -> None:
    asked = {**LONG, "monitors": [monitor]}
    assert settings(**{**asked, "transient": "1 ms"}).notes == ()
    (note,) = settings(**{**asked, "transient": "0 s"}).notes
    assert re.match(r"(stats include|\w+ includes) the transient: leave it out with --transient", note)


@pytest.mark.parametrize("transient", ["0 s", "19.9 s"])
def test_a_transient_in_which_bold_settles_is_advised(settings, transient: str) -> None:
    asked = {**LONG, "monitors": ["bold:r", "fc:bold:r", "fcd:60s:2s:r"]}
    assert settings(**asked).notes == ()
    (note,) = settings(**{**asked, "transient": transient}).notes
    assert note == "bold, fc, fcd: BOLD takes some 20 s to settle from rest: give --transient 20s or more"


def _save(path: Path, values: object) -> Path:
    np.save(path, np.asarray(values))
    return path


def test_targets(settings, tmp_path: Path) -> None:
    full = np.eye(3) + np.array([[0, 0.1, 0.2], [0.1, 0, 0.3], [0.2, 0.3, 0]])
    fcd = np.eye(40) * 0.5 + 0.25
    made = settings(
        monitors=["fc:bold:r", "fcd:60s:2s:r"],
        target_fc=_save(tmp_path / "fc.npy", full),
        target_fcd=_save(tmp_path / "fcd.npy", fcd),
        **LONG,
    ).targets
    np.testing.assert_array_equal(made.fc, [0.1, 0.2, 0.3])
    assert made.fcd.size == 10 * 11 / 2  # windows 30 or more apart among 40


@pytest.mark.parametrize(
    ("option", "values", "monitors", "message"),
    [
        ("target_fc", np.eye(3), ["stats"], "nothing is recorded to compare it with; add --monitor fc:bold"),
        ("target_fcd", np.eye(40), ["fc:raw:r"], "nothing is recorded to compare it with; add --monitor fcd:60s:2s"),
        ("target_fc", np.eye(3), ["fc:raw"], "records 2 variables; name one"),
        ("target_fc", np.eye(4), ["fc:raw:r"], "shape (4, 4); the connectome needs a matrix (3, 3)"),
        ("target_fc", np.eye(3), ["fc:raw:r"], "all its correlations are equal"),
        ("target_fc", [[1, 0.1, 0], [0.2, 1, 0], [0, 0, 1]], ["fc:raw:r"], "not symmetric, [0, 1] is 0.1 and [1, 0]"),
        ("target_fc", [0.1, np.nan, 0.2], ["fc:raw:r"], "values that are not finite; give correlations"),
        ("target_fc", [0.1, 1.7, 0.2], ["fc:raw:r"], "it holds 1.7, no correlation; give correlations"),
        ("target_fc", ["a", "b", "c"], ["fc:raw:r"], "not real numbers"),
        ("target_fcd", np.eye(20), ["fcd:60s:2s:r"], "none of its windows are without overlap"),
        ("target_fcd", np.ones((3, 4)), ["fcd:60s:2s:r"], "it has shape (3, 4); give a square matrix"),
    ],
)  # fmt: skip
def test_targets_that_do_not_fit(
    settings, tmp_path: Path, option: str, values: object, monitors: list[str], message: str
) -> None:
    file = _save(tmp_path / "target.npy", values)
    with pytest.raises(UserError, match=rf"^--{option.replace('_', '-')} .*{re.escape(message)}"):
        settings(**{"monitors": monitors, option: file, **LONG})


def test_a_target_that_is_missing(settings, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"--target-fc .*nowhere\.npy"):
        settings(monitors=["fc:raw:r"], target_fc=tmp_path / "nowhere.npy")
