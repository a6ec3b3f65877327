"""What comes into a port: pulses and samples, on the steps they reach, in the regions they name."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from rateml.engines.cpu import CpuEngine
from rateml.errors import UserError
from rateml.request.moments import first_step

# montbrio's port is c_V (optional, no coupling); the regions are lh-V1, rh-V1, höhle; dt 0.1 ms below


@pytest.fixture
def drive(settings):
    def make(*texts: str, duration: str = "2", **request: object):
        return settings(drives=texts, dt="0.1", duration=duration, monitors=["raw"], **request)

    return make


def _npz(path: Path, **arrays: object) -> Path:
    np.savez(path, **{name: np.asarray(value) for name, value in arrays.items()})
    return path


def test_nothing_is_driven(settings) -> None:
    assert settings().drives is None


def test_a_pulse(drive) -> None:
    made = drive("c_V=pulse(onset=0.3ms, width=0.5 ms, amp=2)@rh-V1,höhle").drives
    assert (made.ports, made.driven, made.ends) == (("c_V",), ("c_V",), 8)
    values = made.values(0, 20)
    expected = np.zeros((1, 20, 3))
    expected[0, 3:8, 1:] = 2
    assert values.dtype == np.float64
    np.testing.assert_array_equal(values, expected)


def test_slices_change_nothing(drive, tmp_path: Path) -> None:
    file = _npz(tmp_path / "d.npz", time=[0.25, 1.0], value=[[1, 2, 3], [4, 5, 6]])
    made = drive(
        f"c_V={file}", "c_V=pulse(onset=0.3,width=0.5,amp=0.1)", "c_V=pulse(onset=0,width=1,amp=0.2)@lh-*"
    ).drives
    whole = made.values(0, 20)
    for size in (1, 3, 7):
        parts = [made.values(first, min(size, 20 - first)) for first in range(0, 20, size)]
        np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)
    assert made.values(5, 0).shape == (1, 0, 3)
    np.testing.assert_array_equal(made.values(10**9, 2)[0], [[4, 5, 6]] * 2)


def test_several_add_up(drive) -> None:
    made = drive("c_V=pulse(onset=0,width=0.2,amp=1)", "c_V=pulse(onset=0.1,width=0.2,amp=10)@lh-V1").drives
    np.testing.assert_array_equal(made.values(0, 4)[0], [[1, 1, 1], [11, 1, 1], [10, 0, 0], [0, 0, 0]])


def test_samples_are_held_and_0_before_the_first(drive, tmp_path: Path) -> None:
    file = _npz(tmp_path / "d.npz", time=[0.3, 0.55, 1.0], value=[[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    values = drive(f"c_V={file}").drives.values(0, 12)[0]
    np.testing.assert_array_equal(values[:3], 0)
    np.testing.assert_array_equal(values[3:6], [[1, 2, 3]] * 3)
    np.testing.assert_array_equal(values[6:10], [[4, 5, 6]] * 4)
    np.testing.assert_array_equal(values[10:], [[7, 8, 9]] * 2)


def test_samples_before_the_start_hold(drive, tmp_path: Path) -> None:
    file = _npz(tmp_path / "d.npz", time=[-5.0, -1.0], value=[[1, 1, 1], [2, 2, 2]])
    np.testing.assert_array_equal(drive(f"c_V={file}").drives.values(0, 3), 2)


def test_columns_are_joined_by_label(drive, tmp_path: Path) -> None:
    file = _npz(tmp_path / "d.npz", time=[0.0], value=[[1, 2, 3]], region=["höhle", "lh-V1", "rh-V1"])
    np.testing.assert_array_equal(drive(f"c_V={file}").drives.values(0, 1)[0], [[2, 3, 1]])


def test_times_fall_on_their_steps() -> None:
    for dt in (0.1, 0.05, 0.01, 1 / 3):
        n = np.arange(2000)
        np.testing.assert_array_equal(first_step([float(f"{k * dt:.12g}") for k in n], dt), n)
    np.testing.assert_array_equal(first_step([0.04, 0.06, -0.02, -0.1], 0.1), [1, 1, 0, -1])


def test_what_is_the_same_has_the_same_content(drive, tmp_path: Path) -> None:
    a = drive("c_V=pulse(onset=1,width=0.5,amp=1)@rh-V1").drives.content
    assert a == drive("c_V = pulse( amp=1e0, onset=0.001 s, width=500 us )@rh-*").drives.content
    assert a != drive("c_V=pulse(onset=1,width=0.5,amp=1)").drives.content
    first = _npz(tmp_path / "a.npz", time=[0.0], value=[[1, 2, 3]])
    second = _npz(tmp_path / "b.npz", time=[0.0], value=[[3, 2, 1]], region=["höhle", "rh-V1", "lh-V1"])
    third = _npz(tmp_path / "c.npz", time=[0.0], value=[[1, 2, 4]])
    contents = [drive(f"c_V={file}").drives.content for file in (first, second, third)]
    assert contents[0] == contents[1] != contents[2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("c_V", "--drive c_V: write it as --drive PORT=FILE.npz or --drive 'PORT=pulse("),
        ("c_v=pulse(onset=0,width=1,amp=1)", "there is no port 'c_v'; did you mean 'c_V'?"),
        ("c_r=pulse(onset=0,width=1,amp=1)", "'c_r' is fed by the coupling 'long_range' and so no port; the ports are"),
        ("c_V=step(onset=0)", "there is no drive 'step'; there is pulse, as in"),
        ("c_V=pulse(onset=0,width=1)", "amp missing; pulse takes onset, width and amp"),
        ("c_V=pulse(onset=0,widht=1,amp=1)", "'widht=1' is no argument of pulse; did you mean 'width'?"),
        ("c_V=pulse(onset=0,width=1,amp=1,amp=2)", "amp stands twice"),
        ("c_V=pulse(onset=0,width=0,amp=1)", "the width must be above 0 ms"),
        ("c_V=pulse(onset=0,width=1,amp=inf)", "amp must be finite"),
        ("c_V=pulse(onset=0 mV,width=1,amp=1)", "onset: '0 mV' has the dimension"),
        ("c_V=pulse(onset=0,width=1,amp=1 ms)", "amp: '1 ms' has the dimension time, but this value has no unit"),
        ("c_V=pulse(onset=0,width=1,amp=1)@lh-V2", "there is no region 'lh-V2'; did you mean 'lh-V1'?"),
        ("c_V=pulse(onset=0,width=1,amp=1)@ch-*", "no region is like 'ch-*'; the regions are"),
        ("c_V=pulse(onset=0.01,width=0.02,amp=1)", "the pulse lies between two steps of 0.1 ms: make it wider"),
        ("c_V=pulse(onset=0,width=1,amp=1)lh-V1", "write it as pulse("),
        ("c_V=nowhere.npz", "there is no file nowhere.npz; give a file with time (ms)"),
        ("c_V=5", "5 is no .npz"),
    ],
)
def test_what_cannot_be_driven(drive, text: str, message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)) as told:
        drive(text)
    assert str(told.value).startswith("--drive ")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"time": [0.0]}, "the file has only time; it needs time (ms), value[time, region], maybe"),
        ({"time": [0.0], "value": [[1, 2, 3]], "x": [1]}, "the file has x; it needs"),
        ({"time": [1.0, 0.0], "value": np.ones((2, 3))}, "time must be a list of finite, ascending times"),
        ({"time": [0.0, np.nan], "value": np.ones((2, 3))}, "time must be a list of finite"),
        ({"time": [], "value": np.ones((0, 3))}, "time must be a list"),
        ({"time": [0.0], "value": [[1, 2]]}, "value has shape (1, 2); it needs (1, 3), time by region"),
        ({"time": [0.0], "value": [1, 2, 3]}, "value has shape (3,)"),
        ({"time": [0.0], "value": [[1, np.inf, 3]]}, "value is not finite at 0 ms, column 2"),
        ({"time": [0.0], "value": [[1, 2, 3]], "region": ["lh-V1", "rh-V1", "hohle"]}, "did you mean 'höhle'?"),
        ({"time": [0.0], "value": [[1, 2]], "region": ["lh-V1", "rh-V1"]}, "lacks 1 of 3 regions: 'höhle'"),
        ({"time": [0.0], "value": [[1, 2, 3]], "region": ["lh-V1"] * 3}, "'lh-V1' stands twice"),
        ({"time": [0.0], "value": [[1, 2, 3]], "region": [1, 2, 3]}, "'region' of"),
    ],
)
def test_samples_that_do_not_fit(drive, tmp_path: Path, arrays: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        drive(f"c_V={_npz(tmp_path / 'd.npz', **arrays)}")


def test_what_is_likely_a_mistake(drive, tmp_path: Path) -> None:
    assert "the pulse lies outside the simulation, 0 to 2 ms" in drive("c_V=pulse(onset=3,width=1,amp=1)").warnings[0]
    fine = _npz(tmp_path / "f.npz", time=[0.0, 0.02, 0.04, 0.5], value=np.ones((4, 3)))
    assert "1 of 4 samples fall between steps of 0.1 ms and are unseen" in drive(f"c_V={fine}").warnings[0]
    late = _npz(tmp_path / "l.npz", time=[2.0], value=np.ones((1, 3)))
    assert "the samples begin at 2 ms, after the simulation's end" in drive(f"c_V={late}").warnings[0]
    assert drive(f"c_V={late}", transient="1").warnings == ()


def test_a_drive_is_part_of_a_runs_identity_and_is_kept(tmp_path: Path) -> None:
    import rateml
    from rateml import api
    from rateml.engines.origin import keep, read_kept
    from rateml.engines.provenance import describe, identify
    from rateml.request.settings import Request
    from rateml.results import differences

    model = Path(rateml.__file__).parent / "models" / "montbrio.xml"
    file = _npz(tmp_path / "d.npz", time=[0.0], value=[[1, 2, 3]])

    def prepare(*drives: str):
        return api.prepare(model, "synthetic:3:0", Request(drives=drives), sweep=False)

    plain, pulse, samples = prepare(), prepare("c_V=pulse(onset=1,width=1,amp=1)"), prepare(f"c_V={file}")
    identities = [identify(job, CpuEngine()) for job in (plain, pulse, samples)]
    assert [d.key for d in differences(identities[0], identities[1])] == ["drives.c_V"]
    assert [d.key for d in differences(identities[1], identities[2])] == ["drives.c_V"]
    assert describe(pulse)["drives"] == {"c_V": [{"pulse": [20, 40], "amp": 1.0, "regions": [0, 1, 2]}]}

    keep(tmp_path / "o.zarr.run", samples.origin)
    file.unlink()
    kept = read_kept(tmp_path / "o.zarr.run")
    again = api.prepare(kept.model, kept.connectome, kept.request, sweep=False, rows=kept.rows)
    assert differences(identities[2], identify(again, CpuEngine())) == []
