"""Swept axes: their values, units and order, and what cannot be one."""

from __future__ import annotations

import re

import numpy as np
import pytest

from rateml.errors import UserError


def test_the_three_kinds(settings) -> None:
    axes = settings(
        sweep=True, axes=[("grid", "G=0:1:5"), ("log-grid", "tau=0.1:10:3"), ("values", "eta=-5,-4.5,7")]
    ).axes
    assert [axis.name for axis in axes] == ["G", "tau", "eta"]
    assert axes[0].values == (0.0, 0.25, 0.5, 0.75, 1.0)
    np.testing.assert_allclose(axes[1].values, (0.1, 1.0, 10.0), rtol=1e-15)
    assert axes[2].values == (-5.0, -4.5, 7.0)
    assert [axis.units for axis in axes] == ["ms", "ms", "1"]
    assert str(axes[0]) == "G = 0 … 1 ms (5 values)"


@pytest.mark.parametrize(
    ("kind", "text", "values"),
    [
        ("grid", "G=0 s:2 s:3", (0.0, 1000.0, 2000.0)),
        ("grid", "tau = 1 ms : 2ms : 2", (1.0, 2.0)),
        ("values", "tau=1 s,5 ms,7", (1000.0, 5.0, 7.0)),
        ("values", "speed=1 m_per_s,inf", (1.0, np.inf)),
        ("grid", "eta=-5:-5:1", (-5.0,)),
        ("grid", "eta=5:-5:3", (5.0, 0.0, -5.0)),
        ("log-grid", "G=1e-3:1:4", (1e-3, 1e-2, 1e-1, 1.0)),
    ],
)
def test_units_and_spacing(settings, kind: str, text: str, values: tuple[float, ...]) -> None:
    np.testing.assert_allclose(settings(sweep=True, axes=[(kind, text)]).axes[0].values, values, rtol=1e-14)


def test_the_ends_are_exact(settings) -> None:
    (grid,) = settings(sweep=True, axes=[("grid", "eta=-5.3:-4.1:17")]).axes
    (log,) = settings(sweep=True, axes=[("log-grid", "G=0.013:7.7:17")]).axes
    assert (grid.values[0], grid.values[-1], log.values[0], log.values[-1]) == (-5.3, -4.1, 0.013, 7.7)


def test_points_are_numbered_in_c_order(settings) -> None:
    sweep = settings(sweep=True, axes=[("values", "eta=-5,-4"), ("values", "G=0,1,2")], trials=2)
    assert (sweep.points, sweep.simulations) == (6, 12)
    assert [sweep.point_values(k) for k in (0, 1, 2, 3, 5)] == [(-5, 0), (-5, 1), (-5, 2), (-4, 0), (-4, 2)]


def test_the_files_own_axes(settings) -> None:
    assert {axis.name for axis in settings("kuramoto", sweep=True).axes} == {"a", "speed"}
    assert settings("kuramoto", sweep=False).axes == ()


def test_any_axis_replaces_them_all(settings) -> None:
    (axis,) = settings("kuramoto", sweep=True, axes=[("values", "omega=0.1,0.2")]).axes
    assert axis.name == "omega"


_SPLIT = "--grid G=0:1:"


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("grid", "G", "--grid G: write it as --grid NAME=LO:HI:N"),
        ("grid", "=0:1:2", "--grid =0:1:2: write it as --grid NAME=LO:HI:N"),
        ("grid", "G=0:1", "write it as --grid NAME=LO:HI:N"),
        ("grid", "G=0:1:2:3", "write it as --grid NAME=LO:HI:N"),
        ("log-grid", "G=1:2", "write it as --log-grid NAME=LO:HI:N"),
        ("values", "G=", "write it as --values NAME=A,B,..."),
        ("values", "G=,", "write it as --values NAME=A,B,..."),
        ("values", "G=1,,2", "a value is missing; write it as --values NAME=A,B,..."),
        ("grid", "G=0:1:0", "the number of values must be a whole number from 1 to 1,000,000, not '0'"),
        ("grid", "G=0:1:-3", "the number of values must be a whole number from 1 to 1,000,000, not '-3'"),
        ("grid", "G=0:1:2.5", "the number of values must be a whole number from 1 to 1,000,000, not '2.5'"),
        ("grid", "G=0:1:99999999999999", "the number of values must be a whole number from 1 to 1,000,000"),
        ("grid", "G=0:1:٣", "the number of values must be a whole number"),
        ("grid", "G=0:inf:3", "both ends must be finite"),
        ("grid", "speed=1:inf:3", "both ends must be finite; name inf among --values speed="),
        ("grid", "eta=-1e308:1e308:3", "the ends are too far apart"),
        ("grid", "G=1:1:3", "the value 1 stands twice on the axis; give each value once"),
        ("values", "G=1,2,1 ms", "the value 1 stands twice"),
        ("values", "G=1,inf", "must be a finite number"),
        ("values", "G=1,x", "write a number and a unit"),
        ("values", "G=1e999", "too large"),
        ("values", "G=1 parsec", "'parsec'"),
        ("values", "G=1 mV", "'1 mV' has the dimension"),
        ("log-grid", "G=0:1:3", "a logarithmic axis needs both ends above 0"),
        ("values", "speed=1,0", "a conduction speed must be above 0"),
        ("values", "speed=-inf", "write a number"),
        ("values", "Gg=1", "there is no parameter 'Gg'; did you mean 'G'?"),
    ],
)
def test_what_is_no_axis(settings, kind: str, text: str, message: str) -> None:
    with pytest.raises(UserError, match=rf"^--{kind} {re.escape(text)}: .*") as told:
        settings(sweep=True, axes=[(kind, text)])
    assert message in str(told.value)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"axes": [("grid", "G=0:1:2"), ("values", "long_range.G=1")]}, "'long_range.G' is on two axes: give one"),
        ({"axes": [("values", "speed=1"), ("values", "long_range.speed=2")]}, "is on two axes"),
        (
            {"axes": [("grid", f"{n}=0:1:1000") for n in ("G", "eta", "I")]},
            "1,000,000,000 simulations, at most 100,000,000 can be: split the sweep",
        ),
        ({"axes": [("grid", "G=0:1:2")], "set": ["G=1"]}, "--set G=1: G is swept; take it off the axes or drop --set"),
        ({"axes": [("values", "speed=1,2")], "set": ["long_range.speed=1"]}, "is swept; take it off the axes"),
        (
            {"set": ["G=1"]},
            "--set G=1: G is swept by the file's rml:sweep; give axes without it, such as --grid NAME=LO:HI:N",
        ),
        ({"axes": [("grid", "G=0:1:2")], "trials": 0}, "--trials must lie between 1 and 65536"),
        ({"axes": [("grid", "G=0:1:2")], "trials": 65537}, "--trials must lie between 1 and 65536"),
    ],
)
def test_axes_that_do_not_fit_together(settings, request_: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        settings(sweep=True, **request_)


def test_a_boolean_is_0_or_1(settings) -> None:
    assert settings("epileptor", sweep=True, axes=[("values", "modification=0,1")]).points == 2
    with pytest.raises(UserError, match=r"^--values modification=0\.5: 'modification' is a boolean, 0 or 1, not 0\.5"):
        settings("epileptor", sweep=True, axes=[("values", "modification=0.5")])
    with pytest.raises(UserError, match=r"^--set modification=2: 'modification' is a boolean"):
        settings("epileptor", set=["modification=2"])


def test_nothing_to_sweep(settings, program) -> None:
    from dataclasses import replace

    from rateml.request.settings import Request, read_settings

    bare = replace(program("montbrio"), sweep=())
    with pytest.raises(UserError, match=r"nothing to sweep: give an axis, e\.g\. --grid NAME=LO:HI:N, a table"):
        read_settings(bare, ("a",), Request(), sweep=True)
    trials = read_settings(bare, ("a",), Request(trials=3), sweep=True)
    assert (trials.points, trials.simulations) == (1, 3)
