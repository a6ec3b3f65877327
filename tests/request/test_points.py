"""Tables of points, Sobol sequences, and what excludes what."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import qmc

from rateml.errors import UsageError, UserError
from rateml.request.sobol import MAX_DIMENSIONS, _digits, sobol


@pytest.fixture
def table(tmp_path: Path):
    def write(text: str) -> Path:
        file = tmp_path / "points.csv"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_a_table(settings, table) -> None:
    file = table(
        "\ufefftau [s],eta, long_range.G [ms],speed [m_per_s]\n0.01,-5,1,3\n\n0.02,-4.5,1,inf\n3e-2, -4 ,2,1\n"
    )
    made = settings(sweep=True, points=file, trials=2)
    assert (made.table, made.shape, made.points, made.simulations) == (True, (3,), 3, 6)
    assert [axis.name for axis in made.axes] == ["tau", "eta", "long_range.G", "speed"]
    assert made.point_values(0) == (10.0, -5.0, 1.0, 3.0)
    assert made.point_values(1) == (20.0, -4.5, 1.0, np.inf)
    assert made.point_values(2) == (30.0, -4.0, 2.0, 1.0)
    assert made.axes[0].extent == "tau = 10 … 30 ms"


def test_cells_may_have_units_where_the_header_has_none(settings, table) -> None:
    made = settings(sweep=True, points=table("tau\n10 ms\n0.02 s\n30\n"))
    assert made.axes[0].values == (10.0, 20.0, 30.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it needs a header line of parameter names, then a line of values for every point"),
        ("G\n", "it needs a header line"),
        ("G,ett\n1,2\n", "column 2: there is no parameter 'ett'; did you mean 'eta'?"),
        (",G\n0,1\n", "column 1: '' is no header; write NAME or NAME [unit]; save the table without the row numbers"),
        ("tau [mV]\n1\n", "column tau [mV]: '1 mV' has the dimension"),
        ("tau [msec]\n1\n", "column tau [msec]:"),
        ("tau [ms]\n1 ms\n", "line 2, tau: '1 ms' is no number; the header gives the unit, ms"),
        ("G,eta\n1,2\n3\n", "line 3: 1 values, the header names 2 parameters"),
        ("G\n1\nx\n", "line 3, G:"),
        ("G\n1\ninf\n", "column G: every value of an axis must be a finite number"),
        ("speed\n0\n", "column speed: a conduction speed must be above 0"),
        ("G;eta\n1;2\n", "separate the columns by commas"),
        ("G,long_range.G\n1,2\n", "'long_range.G' is on two axes: give one column for it"),
        ("G,\n1,2\n", "column 2: '' is no header"),
    ],
)
def test_a_table_that_does_not_fit(settings, table, text: str, message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        settings(sweep=True, points=table(text))


def test_no_table_at_all(settings, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^--points .*nowhere.csv: cannot be read: No such file"):
        settings(sweep=True, points=tmp_path / "nowhere.csv")


def test_integers_and_booleans_in_a_table(settings, table) -> None:
    assert settings("epileptor", sweep=True, points=table("modification\n0\n1\n0\n")).points == 3
    with pytest.raises(UserError, match=r"column modification: 'modification' is a boolean, 0 or 1, not 0\.5"):
        settings("epileptor", sweep=True, points=table("modification\n0.5\n"))


def test_regional_parameters_get_one_value(settings, table) -> None:
    made = settings("epileptor", sweep=True, points=table("x0\n-2\n-1.6\n"))
    told = "x0 is a regional parameter: every point of the sweep gives all regions the same value"
    assert told in made.notes
    with pytest.raises(UserError, match="x0 is swept and gets one value for all regions at every point; take it off"):
        settings("epileptor", sweep=True, axes=[("values", "x0=-2,-1.6")], set=["x0[lh-V1]=-1"])


def test_a_sobol_sequence(settings) -> None:
    made = settings(sweep=True, sobol=64, ranges=["eta=-5:-4", "tau=1 ms:0.1 s:log"], seed=3)
    assert (made.table, made.points) == (True, 64)
    eta, tau = (np.array(axis.values) for axis in made.axes)
    assert sorted(((eta + 5) * 64).astype(int)) == list(range(64))
    assert sorted((np.log10(tau) / 2 * 64).astype(int)) == list(range(64))
    again = settings(sweep=True, sobol=64, ranges=["eta=-5:-4", "tau=1 ms:0.1 s:log"], seed=3)
    other = settings(sweep=True, sobol=64, ranges=["eta=-5:-4", "tau=1 ms:0.1 s:log"], seed=4)
    assert made.axes == again.axes
    assert made.axes != other.axes


def test_sobol_notes(settings) -> None:
    notes = settings(sweep=True, sobol=100, ranges=["eta=-5:-4"]).notes
    assert "--sobol 100: the points are most even at a power of two, such as 64 or 128" in notes


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        (["eta"], "--range eta: write it as --range NAME=LO:HI or --range NAME=LO:HI:log"),
        (["eta=1:2:lin"], "write it as --range"),
        (["eta=1:2:3"], "write it as --range"),
        (["eta=2:1"], "both ends must be finite and the first below the second"),
        (["eta=0:inf"], "both ends must be finite"),
        (["eta=0:1:log"], "a logarithmic range needs both ends above 0"),
        (["etta=0:1"], "there is no parameter 'etta'; did you mean 'eta'?"),
        (["tau=1:2 mV"], "has the dimension"),
        (["eta=0:1", "eta=2:3"], "'eta' is on two axes: give one --range for it"),
    ],
)
def test_ranges_that_do_not_fit(settings, ranges: list[str], message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        settings(sweep=True, sobol=4, ranges=ranges)


def test_a_boolean_has_no_range(settings) -> None:
    with pytest.raises(UserError, match="'modification' is of type boolean, and a Sobol sequence has real numbers"):
        settings("epileptor", sweep=True, sobol=4, ranges=["modification=0:1"])


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"axes": [("grid", "G=0:1:3")], "points": Path("p.csv")}, "--grid and --points exclude each other"),
        ({"axes": [("values", "G=0,1")], "sobol": 4, "ranges": ["eta=0:1"]}, "--values and --sobol exclude"),
        ({"points": Path("p.csv"), "sobol": 4, "ranges": ["eta=0:1"]}, "--points and --sobol exclude each other"),
        ({"ranges": ["eta=0:1"]}, "--range eta=0:1: say how many points to spread over it, --sobol N"),
        ({"sobol": 4}, "--sobol 4: say over what, --range NAME=LO:HI"),
    ],
)
def test_what_excludes_what(settings, request_: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        settings(sweep=True, **request_)


def test_the_unscrambled_sequence_is_joe_and_kuos() -> None:
    ours = np.stack([_digits(1024, k) for k in range(MAX_DIMENSIONS)], axis=1) / 2.0**32
    theirs = qmc.Sobol(MAX_DIMENSIONS, scramble=False, bits=32).random(1024)
    assert set(map(tuple, ours)) == set(map(tuple, theirs))


def test_scrambling_keeps_the_evenness() -> None:
    points = sobol(1024, MAX_DIMENSIONS, 2**64 - 1)
    for k in range(MAX_DIMENSIONS):
        assert sorted((points[:, k] * 1024).astype(int)) == list(range(1024))
    np.testing.assert_array_equal(sobol(300, 5, 1), sobol(512, 5, 1)[:300])
    for seed in range(5):
        assert qmc.discrepancy(sobol(256, 4, seed)) < 2e-4
    means = np.array([sobol(1, 1, seed)[0, 0] for seed in range(400)])
    assert abs(means.mean() - 0.5) < 0.06
    assert sobol(4, 2, 7).tolist() == sobol(4, 2, 7).tolist()


def test_numbers_that_must_not_change() -> None:
    expected = [
        [0.010643175919540226, 0.8032116458052769],
        [0.7184787293663248, 0.4589517019921914],
        [0.2688340510940179, 0.19134372135158628],
    ]
    np.testing.assert_array_equal(sobol(3, 2, 42), expected)
