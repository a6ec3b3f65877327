"""What a user may call a value."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import rateml
from rateml.api import read_program
from rateml.errors import UserError
from rateml.request.targets import find_state, find_target


@pytest.mark.parametrize(
    ("model", "name", "key"),
    [
        ("montbrio", "eta", "eta"),
        ("montbrio", "mpr.eta", "eta"),
        ("montbrio", "G", "long_range.G"),
        ("montbrio", "long_range.G", "long_range.G"),
        ("epileptor", "cpl_x2.a", "cpl_x2.a"),
        ("epileptor", "epileptor.a", "a"),
    ],
)
def test_a_parameter(program, model: str, name: str, key: str) -> None:
    target = find_target(program(model), name, "--set")
    assert (target.key, target.couplings, target.label) == (key, (), name)


@pytest.mark.parametrize(
    ("name", "couplings"),
    [("speed", ("cpl_x1", "cpl_x2")), ("cpl_x1.speed", ("cpl_x1",)), ("cpl_x2.speed", ("cpl_x2",))],
)
def test_a_speed(program, name: str, couplings: tuple[str, ...]) -> None:
    target = find_target(program("epileptor"), name, "--set")
    assert (target.key, target.couplings) == (None, couplings)


@pytest.mark.parametrize(
    ("model", "name", "message"),
    [
        ("epileptor", "a", "'a' is a parameter of several components: say which, epileptor.a, cpl_x1.a, cpl_x2.a"),
        ("montbrio", "etta", "there is no parameter 'etta'; did you mean 'eta'?"),
        ("montbrio", "ETA", "there is no parameter 'ETA'; did you mean 'eta'?"),
        ("montbrio", "longrange.G", "there is no parameter 'longrange.G'; did you mean 'long_range.G'?"),
        ("montbrio", "qqqq", "there is no parameter 'qqqq'; there are tau, I, Delta"),
        ("montbrio", "sped", "did you mean 'speed'?"),
        ("montbrio", "nowhere.speed", "there is no coupling 'nowhere'; there are long_range.speed"),
    ],
)
def test_what_is_not_found(program, model: str, name: str, message: str) -> None:
    with pytest.raises(UserError, match=f"^--grid x: .*{re.escape(message)}"):
        find_target(program(model), name, "--grid x")


def test_no_speed_is_asked_for_where_none_can_be_given(tmp_path: Path) -> None:
    text = (Path(rateml.__file__).parent / "models" / "montbrio.xml").read_text(encoding="utf-8")
    file = tmp_path / "mean.xml"
    file.write_text(re.sub(r'rml:speed="[^"]*"', 'rml:reduce="mean"', text), encoding="utf-8")
    with pytest.raises(UserError, match=r"so there is no conduction speed$"):
        find_target(read_program(file), "long_range.speed", "--values")


def test_a_state(program) -> None:
    assert find_state(program("montbrio"), "V", "--init") == 1
    with pytest.raises(UserError, match=r"^--init v=1: there is no state variable 'v'; did you mean 'V'\?"):
        find_state(program("montbrio"), "v", "--init v=1")
    with pytest.raises(UserError, match=r"there are r, V"):
        find_state(program("montbrio"), "zzz", "--init")


def test_a_target_that_is_a_table(settings, tmp_path: Path) -> None:
    (tmp_path / "fc.csv").write_text("1,0.5,0.5\n0.5,1,0.5\n0.5,0.5,1\n", encoding="utf-8")
    hint = "make one: numpy.save('fc.npy', numpy.loadtxt('fc.csv', delimiter=','))"
    with pytest.raises(UserError, match=rf"numpy.save wrote; {re.escape(hint)}$"):
        settings(monitors=("fc:tavg:1ms:r",), target_fc=tmp_path / "fc.csv")
