"""``--set`` and ``--init``: numbers with units, regions by label, files joined by label."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from rateml.errors import UserError
from rateml.request.settings import Request, read_settings


@pytest.mark.parametrize(
    ("text", "value"),
    [("G=0.4", 0.4), ("G=0.4 s", 400.0), ("long_range.G = 2ms", 2.0), ("tau=1e-2 s", 10.0)],
)
def test_a_number(settings, text: str, value: float) -> None:
    (found,) = settings(set=[text]).values.values()
    assert found == pytest.approx(value, rel=1e-15)


def test_a_speed(settings) -> None:
    assert settings(set=["speed=5 m_per_s"]).speeds == {"long_range": 5.0}
    assert settings("epileptor", set=["speed=5", "cpl_x2.speed=inf"]).speeds == {"cpl_x1": 5.0, "cpl_x2": np.inf}


_BY_REGION = (("höhle", 3), ("lh-V1", 1), ("rh-V1", 2))


def test_single_regions(settings) -> None:
    values = settings(set=["eta=-3", "eta[rh-V1]=-4", "eta[höhle, lh-V1]=-5"]).values["eta"]
    np.testing.assert_array_equal(values, [-5, -4, -5])
    np.testing.assert_array_equal(settings(set=["eta[rh-V1]=-4"]).values["eta"], [-4.6, -4, -4.6])


def test_a_csv_is_joined_by_label(settings, tmp_path: Path) -> None:
    file = tmp_path / "eta.csv"
    file.write_text('\ufeffregion,eta,G\n"höhle",-3,300 ms\n\nlh-V1,-1,0.1 s\nrh-V1,-2,200\n', encoding="utf-8")
    found = settings(set=[f"eta=@{file}:eta", f"G=@{file}:G"]).values
    np.testing.assert_array_equal(found["eta"], [-1, -2, -3])
    np.testing.assert_allclose(found["long_range.G"], [100, 200, 300], rtol=1e-15)


def test_a_csv_of_one_column_needs_no_name(settings, tmp_path: Path) -> None:
    file = tmp_path / "with:colon.csv"
    file.write_text("r,x\nhöhle,3\nlh-V1,1\nrh-V1,2\n", encoding="utf-8")
    np.testing.assert_array_equal(settings(set=[f"eta=@{file}"]).values["eta"], [1, 2, 3])


@pytest.mark.parametrize("content", ["x,region\n{}", ",region,x\n{}"], ids=["at the end", "after pandas' row numbers"])
def test_the_labels_are_in_the_column_region(settings, tmp_path: Path, content: str) -> None:
    numbered = content.startswith(",")
    rows = [f"{i}," * numbered + (f"{r},{v}" if numbered else f"{v},{r}") for i, (r, v) in enumerate(_BY_REGION)]
    file = tmp_path / "eta.csv"
    file.write_text(content.format("\n".join(rows)), encoding="utf-8")
    np.testing.assert_array_equal(settings(set=[f"eta=@{file}:x"]).values["eta"], [1, 2, 3])


@pytest.mark.parametrize("column", ["tau", "tau [s]"])
def test_the_header_of_a_csv_gives_the_unit(settings, tmp_path: Path, column: str) -> None:
    file = tmp_path / "tau.csv"
    file.write_text(
        '"region", "tau [s]", "eta"\n\n"lh-V1", "0.01", -4\n"rh-V1", 2e-2, -4,\n"höhle", 0.03, -4\n', "utf-8"
    )
    values = settings(set=[f"tau=@{file}:{column}", f"eta=@{file}:eta"]).values
    assert (values["tau"].tolist(), values["eta"].tolist()) == ([10.0, 20.0, 30.0], [-4.0, -4.0, -4.0])
    file.write_text("region,tau [s]\nlh-V1,0.01\nrh-V1,20 ms\nhöhle,0.03\n", "utf-8")
    with pytest.raises(UserError, match=r"line 3: '20 ms' is no number; the header gives the unit, s"):
        settings(set=[f"tau=@{file}"])


def test_an_npy_is_in_the_order_of_the_regions(settings, tmp_path: Path) -> None:
    np.save(tmp_path / "eta.npy", np.array([1, 2, 3], dtype=np.int32))
    np.testing.assert_array_equal(settings(set=[f"eta=@{tmp_path / 'eta.npy'}"]).values["eta"], [1.0, 2.0, 3.0])


def test_initial_states(settings, tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.array([1.0, 2.0, 3.0]))
    init = settings(init=["r=0.1", "r[rh-V1]=0.2 per_ms", f"V=@{tmp_path / 'v.npy'}"]).init
    np.testing.assert_array_equal(init[0], [0.1, 0.2, 0.1])
    np.testing.assert_array_equal(init[1], [1, 2, 3])


@pytest.mark.parametrize(
    ("option", "text", "message"),
    [
        ("set", "G", "--set G: write it as --set NAME=VALUE"),
        ("set", "G=", "write it as --set NAME=VALUE"),
        ("set", "G=1 mV", "--set G: '1 mV' has the dimension"),
        ("set", "G=fast", "--set G:"),
        ("set", "G=inf", "--set G=inf: the value must be a finite number"),
        ("set", "GG=1", "--set GG=1: there is no parameter 'GG'; did you mean 'G'?"),
        ("set", "eta[rh-V2]=1", "--set eta: there is no region 'rh-V2'; did you mean 'rh-V1'?"),
        ("set", "eta[qqqqqq]=1", "there is no region 'qqqqqq'; the regions are lh-V1, rh-V1, höhle"),
        ("set", "eta[]=1", "--set eta[]=1: write it as --set 'NAME[LABEL,...]=VALUE'"),
        ("set", "eta[lh-V1]=@x.csv", "or for all NAME=VALUE or NAME=@FILE"),
        ("set", "eta=@nowhere.csv", "--set eta: there is no file nowhere.csv; give a .csv"),
        ("set", "speed=0", "--set speed=0: a conduction speed must be above 0 (inf means no delay)"),
        ("set", "speed[lh-V1]=1", "--set speed[lh-V1]=1: a conduction speed is one number for the whole network"),
        ("set", "speed=@x.csv", "a conduction speed is one number for the whole network"),
        ("set", "eta=-4 ms", "--set eta: '-4 ms' has the dimension time, but this value has no unit: write the number"),
        ("set", "speed=3 mm/ms", "write '3 mm_per_ms'; the units of speed are m_per_s, mm_per_ms"),
        ("set", "speed=3 m/s", "write '3 m_per_s'; the units of speed are m_per_s, mm_per_ms"),
        ("set", "speed=3 km/h", "the units of speed are m_per_s, mm_per_ms"),
        ("set", "tau=.5ms", "write '0.5 ms'"),
        ("init", "r=1/ms", "write '1 per_ms'; the units of per_time are Hz, kHz, per_s, per_ms"),
        ("init", "r=2 1/ms", "write '2 per_ms'"),
        ("set", "speed=3 ms", "--set speed=3 ms: '3 ms' has the dimension"),
        ("init", "r=1 mV", "--init r: '1 mV' has the dimension"),
        ("init", "q=1", "--init q=1: there is no state variable 'q'; there are r, V"),
        ("init", "r[lh-V1]=1", "--init r[lh-V1]=1: give all regions a value first, --init r=VALUE"),
        ("init", "r", "--init r: write it as --init NAME=VALUE"),
    ],
)
def test_what_cannot_be_assigned(settings, option: str, text: str, message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)) as told:
        settings(**{option: [text]})
    assert str(told.value).startswith(f"--{option} ")


@pytest.mark.parametrize(
    ("content", "column", "message"),
    [
        ("", "", "needs a header line and columns: region label, then values"),
        ("region\nlh-V1\n", "", "needs a header line and columns"),
        ("r,x\nlh-V1,1\nrh-V1,2\n", "", "lacks 1 of 3 regions: 'höhle'; add a line for each"),
        ("r,x\nlh-V1,1\nrh-V1,2\nhöhl,3\n", "", "line 4: there is no region 'höhl'; did you mean 'höhle'?"),
        ("r,x\nlh-V1,1\nrh-V1,2\nhöhle,3\nlh-V1,4\n", "", "line 5: region 'lh-V1' stands twice; keep one line"),
        ("r,x,y\nlh-V1,1,1\nrh-V1,2,1\nhöhle,3,1\n", "", "has several columns: say which, @"),
        ("r,x,y\nlh-V1,1,1\nrh-V1,2,1\nhöhle,3,1\n", "z", "has no column 'z'; it has x, y"),
        ("x,y\n1,1\n2,1\n3,1\n", "x", "has no column 'x'; it has y; the region labels are read from 'x'"),
        ("r,x,x\nlh-V1,1,1\nrh-V1,2,1\nhöhle,3,1\n", "x", "has several columns 'x'; give each a name of its own"),
        ("r,x,y\nlh-V1,1,1\nrh-V1,2\nhöhle,3,1\n", "y", "line 3 has 2 columns, 'y' is column 3"),
        ("r,x\nlh-V1,1\nrh-V1,nix\nhöhle,3\n", "", "line 3:"),
        ("r,x\nlh-V1,1\nrh-V1,inf\nhöhle,3\n", "", "line 3: the value of region 'rh-V1' must be a finite number"),
        ("r,x\nlh-V1,1 mV\nrh-V1,2\nhöhle,3\n", "", "line 2: '1 mV' has the dimension"),
        (
            "r,x\nlh-V1,-4,3\nrh-V1,-4,2\nhöhle,-4,1\n",
            "",
            "line 2: 3 values, the header names 2 columns; decimals need",
        ),
        ("r;x\nlh-V1;1\n", "", "separate the columns by commas, not by semicolons"),
        ("r\tx\nlh-V1\t1\n", "", "separate the columns by commas, not by tabs"),
        ("r,x [s]\nlh-V1,1\nrh-V1,2\nhöhle,3\n", "", "column x [s]: '1 s' has the dimension time"),
        ("r,x [furlong]\nlh-V1,1\nrh-V1,2\nhöhle,3\n", "", "column x [furlong]: there is no unit 'furlong'"),
        ("r,x [1],x [a]\nlh-V1,1,1\n", "x", "has several columns 'x'; give each a name of its own"),
    ],
)
def test_a_csv_that_does_not_fit(settings, tmp_path: Path, content: str, column: str, message: str) -> None:
    file = tmp_path / "eta.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=rf"^--set eta: {re.escape(str(file))}.*{re.escape(message)}"):
        settings(set=[f"eta=@{file}" + (f":{column}" if column else "")])


def test_a_csv_that_is_no_text(settings, tmp_path: Path) -> None:
    (tmp_path / "eta.csv").write_bytes(b"r,x\n\xff\xfe\x00,1\n")
    with pytest.raises(
        UserError, match=r"^--set eta: .*eta\.csv: cannot be read: .*; it must be a CSV file as UTF-8 text"
    ):
        settings(set=[f"eta=@{tmp_path / 'eta.csv'}"])


def test_an_npy_that_does_not_fit(settings, tmp_path: Path) -> None:
    file = tmp_path / "eta.npy"

    def told() -> str:
        with pytest.raises(UserError, match=r"^--set eta: ") as error:
            settings(set=[f"eta=@{file}"])
        return str(error.value)

    np.save(file, np.zeros(4))
    assert "has shape (4,); it needs (3,), one value per region" in told()
    np.save(file, np.array([0, np.nan, 1]))
    assert "a value that is not finite, for region 'rh-V1'" in told()
    np.save(file, np.array([1j, 2, 3]))
    assert "holds complex128, not real numbers" in told()
    np.save(file, np.array(["a", "b", "c"]))
    assert "not real numbers; save it as float64" in told()
    np.save(file, np.array([{}, {}, {}]), allow_pickle=True)
    assert "no file of numbers" in told()
    for damaged in (b"", b"PK\x03\x04 no zip", b"\x93NUMPY\x01\x00", b"nonsense"):
        file.write_bytes(damaged)
        assert "no file of numbers" in told()
    np.save(file, np.zeros(3))
    with pytest.raises(UserError, match=r"is one array without columns; drop ':x'"):
        settings(set=[f"eta=@{file}:x"])


@pytest.mark.parametrize(("option", "name"), [("set", "eta"), ("init", "r")])
def test_a_later_value_for_all_does_not_undo_single_regions(settings, option: str, name: str) -> None:
    with pytest.raises(UserError, match=rf"--{option} {name}=1: it would undo .* give all regions a value first"):
        settings(**{option: [f"{name}=0", f"{name}[lh-V1]=2", f"{name}=1"]})


def test_values_outside_the_range_of_the_file_are_warned_of_once(settings) -> None:
    assert settings(set=["tau=1", "eta[lh-V1]=-10", "speed=1e9"], init=["r=2"]).warnings == ()
    told = settings(set=["tau=40", "eta[lh-V1]=-11", "eta[rh-V1]=1"], init=["r=-1"]).warnings
    assert told == (
        "--set tau=40: 40 ms is outside the range of 'tau' in the file, 1 to 30 ms",
        "--set eta[lh-V1]=-11: -11 is outside the range of 'eta' in the file, -10 to 10",
        "--init r=-1: -1 1/ms is outside the range of 'r' in the file, 0 to 2 1/ms",
    )
    (warning,) = settings(sweep=True, axes=[("grid", "D_V=0:3:9")]).warnings
    assert warning == "--grid D_V=0:3:9: 1.125 1/ms is outside the range of 'D_V' in the file, 0 to 1 1/ms"


def test_regions_by_pattern(settings) -> None:
    made = settings(set=["eta=-5", "eta[*-V1]=-4", "eta[höhle]=-3"], init=["r=0.1", "r[rh*,höhle]=0.2"])
    np.testing.assert_array_equal(made.values["eta"], [-4, -4, -3])
    np.testing.assert_array_equal(made.init[0], [0.1, 0.2, 0.2])
    with pytest.raises(UserError, match=r"^--set eta: no region is like 'ch-\*'; the regions are lh-V1, rh-V1, höhle"):
        settings(set=["eta[ch-*]=1"])
    assert "is outside the range" in settings(set=["eta[*h*]=-11"]).warnings[0]


@pytest.mark.parametrize("given", ["eta[Area 3, left]=-4", "eta[Area [4]]=-4"])
def test_labels_with_commas_and_brackets(program, given: str) -> None:
    regions = ("Area 3, left", "Area 3, right", "Area [4]")
    with pytest.raises(UserError, match=r"write \* for a comma or bracket of a label$"):
        read_settings(program("montbrio"), regions, Request(set=[given]), sweep=False)
    starred = Request(set=["eta[Area 3* left]=-4", "eta[Area *4*]=-3", "eta[Area 3*right]=-2"])
    np.testing.assert_array_equal(
        read_settings(program("montbrio"), regions, starred, sweep=False).values["eta"], [-4, -2, -3]
    )


def test_noise_by_the_name_that_tvb_gives_it(settings) -> None:
    values = settings(set=["nsig[1]=0.5", "nsig[0]=0.25"]).values
    assert (values["D_r"], values["D_V"]) == (0.25, 0.5)
    (axis,) = settings(sweep=True, axes=[("grid", "nsig[1]=0:1:3")]).axes
    assert (axis.target.label, axis.target.key, axis.values) == ("D_V", "D_V", (0.0, 0.5, 1.0))
    assert settings("reduced_wong_wang", set=["nsig=0.5"]).values["D"] == 0.5


@pytest.mark.parametrize("text", ["nsig=1", "nsig[2]=1"])
def test_noise_of_no_single_state(settings, text: str) -> None:
    with pytest.raises(UserError, match=r"^--set nsig.*no single parameter here; nsig\[0\] is D_r, nsig\[1\] is D_V"):
        settings(set=[text])


def test_noise_is_not_negative(settings) -> None:
    with pytest.raises(UserError, match=r"^--set D_V=-1: 'D_V' is the noise intensity of 'V' and cannot be negative"):
        settings(set=["D_V=-1"])
    with pytest.raises(UserError, match=r"^--values D_r=0,-1: 'D_r' is the noise intensity of 'r'"):
        settings(sweep=True, axes=[("values", "D_r=0,-1")])
