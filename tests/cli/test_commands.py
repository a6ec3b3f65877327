"""Every command, on what works and on what does not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from rateml.codegen import ALIASES, TARGETS
from rateml.passes import PASSES
from rateml.results import open_results

SMALL = ("--connectome", "synthetic:4:0", "--duration", "5ms", "--dt", "0.1ms")
COMMANDS = ("check", "build", "run", "sweep", "replay", "plot", "connectome", "models", "doctor", "bench")


@pytest.mark.parametrize("command", [*((c,) for c in COMMANDS), ("models", "copy")])
def test_help_teaches(cli, command: tuple[str, ...]) -> None:
    told = cli(*command, "--help")
    assert told.code == 0
    assert f"Example: rateml {' '.join(command)}" in told.text
    assert cli(*command, "-h").out == told.out


def test_help_of_build_names_every_target(cli) -> None:
    told = " ".join(cli("build", "--help").out.replace("│", " ").split())
    listed = told[told.index("What to generate") :].partition(".")[0]
    assert not [name for name in (*TARGETS, *ALIASES) if name not in listed]
    assert not [name for name in TARGETS if f"Target {name}" not in told]


def test_the_command_itself(cli) -> None:
    told = cli("--help")
    assert told.code == 0
    assert all(command in told.out for command in COMMANDS)
    assert cli("--version").out.startswith("rateml ")
    assert "Usage" in cli().text


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("sweep",),
        ("check",),
        ("run", "x.xml", "--nonsense"),
        ("run", "x.xml", "--seed", "x"),
        ("run", "x.xml", "--scheme", "midpoint"),
        ("sweep", "x.xml", "--threads", "0"),
        ("sweep", "x.xml", "--chunk", "0"),
        ("models", "copy"),
        ("check", "x.xml", "--format", "yaml"),
    ],
)
def test_wrong_usage(cli, words: tuple[str, ...]) -> None:
    told = cli(*words)
    assert told.code == 2
    assert "Usage: rateml" in told.text
    assert "Traceback" not in told.text


def test_an_engine_that_is_not_there(cli, montbrio: Path) -> None:
    told = cli("sweep", montbrio, "--engine", "quantum")
    assert (told.code, "there is no engine 'quantum'; the engines are cpu, cuda" in told.text) == (2, True)
    told = cli("run", montbrio, "--engine", "cudda")
    assert (told.code, "did you mean 'cuda'?" in told.text) == (2, True)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("--devices", "all"), "add --engine cuda"),
        (("--engine", "cuda", "--threads", "2"), "GPUs are chosen with --devices"),
        (("--engine", "cuda", "--devices", "0,0"), "write all, or different numbers"),
        (("--engine", "cuda", "--devices", "one"), "write all, or numbers of GPUs"),
    ],
)
def test_options_of_another_engine(cli, montbrio: Path, words: tuple[str, ...], answer: str) -> None:
    told = cli("sweep", montbrio, *words)
    assert (told.code, answer in told.text) == (2, True), told.text


def test_an_engine_that_cannot_run_here(cli, montbrio: Path, monkeypatch) -> None:
    from rateml.standalone import gpu

    monkeypatch.setattr(gpu, "lacking", lambda: "engine cuda needs pycuda: pip install 'rateml[cuda]'")
    for command in ("sweep", "run"):
        told = cli(command, montbrio, "--engine", "cuda")
        assert (told.code, "needs pycuda: pip install 'rateml[cuda]'" in told.text) == (3, True)
    told = cli("doctor")
    assert (told.code, "engine cuda: not here; engine cuda needs pycuda" in told.text) == (0, True)


def test_the_path_that_computes(cli, montbrio: Path) -> None:
    words = ("run", montbrio, "--duration", "1ms", "--connectome", "synthetic:5:0")
    assert "path: " not in cli(*words).text
    assert "path: " in cli(*words, "--verbose").text


@pytest.mark.parametrize("command", ["check", "build", "run", "sweep"])
def test_a_missing_file(cli, command: str, tmp_path: Path) -> None:
    told = cli(command, tmp_path / "nowhere.xml")
    assert (told.code, "cannot read" in told.text) == (1, True)
    told = cli(command, tmp_path)
    assert (told.code, "cannot read" in told.text) == (1, True)


def test_check(cli, montbrio: Path, broken: Path) -> None:
    told = cli("check", montbrio)
    assert (told.code, told.out) == (0, f"{montbrio}: no faults found\n")
    told = cli("check", broken)
    assert told.code == 1
    assert f"{broken}:" in told.out
    assert "lorentzz" in told.out
    told = cli("check", montbrio, broken)
    assert told.code == 1


def test_check_as_json(cli, montbrio: Path, broken: Path) -> None:
    told = cli("check", montbrio, "--format", "json")
    assert (told.code, json.loads(told.out)) == (0, [])
    told = cli("check", broken, "--format", "json")
    assert told.code == 1
    assert any("lorentzz" in found["message"] for found in json.loads(told.out))


@pytest.mark.parametrize("name", ["lower", *PASSES])
def test_dump_after_each_pass(cli, montbrio: Path, tmp_path: Path, monkeypatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    told = cli("build", montbrio, "--dump-after", name)
    assert told.code == 0
    assert "dr" in told.out
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_pass_or_target(cli, montbrio: Path) -> None:
    told = cli("build", montbrio, "--dump-after", "nonsense")
    assert (told.code, "the passes are lower, order" in told.text) == (1, True)
    told = cli("build", montbrio, "--target", "fortran")
    assert told.code in (1, 3)
    assert "fortran" in told.text
    assert "numba" in told.text


@pytest.mark.parametrize("name", ["with space.xml", "größe—模型.xml", 'a"""b.xml', "back\\slash.xml", "[bold].xml"])
def test_names_of_all_kinds(cli, montbrio: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    shutil.copy(montbrio, file)
    assert cli("check", file).code == 0
    told = cli("build", file, "-o", tmp_path / "made it")
    assert told.code == 0
    (made,) = (tmp_path / "made it").iterdir()
    compile(made.read_text(encoding="utf-8"), str(made), "exec")
    told = cli("sweep", file, *SMALL, "--values", "G=0.1", "--dry-run")
    assert (told.code, "1 simulation ×" in told.text) == (0, True)


def test_a_store_of_any_name(cli, montbrio: Path, tmp_path: Path) -> None:
    out = tmp_path / "größe [x] 'y'.zarr"
    told = cli("sweep", montbrio, *SMALL, "--values", "G=0.1", "-o", out)
    assert told.code == 0, told.text
    assert np.isfinite(open_results(out).stats_mean).all()


def test_where_nothing_can_be_written(cli, montbrio: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    under = tmp_path / "file" / "out"
    for words in (
        ("build", montbrio, "-o", under),
        ("run", montbrio, *SMALL, "-o", under),
        ("sweep", montbrio, *SMALL, "--values", "G=0.1", "-o", under),
        ("models", "copy", "montbrio", "-o", under),
    ):
        told = cli(*words)
        assert told.code == 1, told.text
        assert "-o" in told.text
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_an_output_that_is_there(cli, montbrio: Path, tmp_path: Path) -> None:
    (tmp_path / "out.zarr").write_text("mine", encoding="utf-8")
    for words in (("run",), ("sweep", "--values", "G=0.1"), ("sweep", "--values", "G=0.1", "--resume")):
        told = cli(words[0], montbrio, *words[1:], *SMALL, "-o", tmp_path / "out.zarr")
        assert told.code == 1
        assert "is no rateml store" in told.text
    assert (tmp_path / "out.zarr").read_text(encoding="utf-8") == "mine"
    assert cli("sweep", montbrio, "--values", "G=0.1", *SMALL, "-o", tmp_path / "a.zarr").code == 0
    told = cli("sweep", montbrio, "--values", "G=0.1", *SMALL, "-o", tmp_path / "a.zarr")
    assert (told.code, "continue it with --resume, or choose another -o" in told.text) == (1, True)


def test_run(cli, montbrio: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = cli("run", montbrio, *SMALL)
    assert told.code == 0
    assert "tavg r: " in told.out
    assert list(tmp_path.iterdir()) == []
    told = cli("run", montbrio, *SMALL, "--monitor", "raw", "--plot", "p.png", "-o", "out.zarr", "--quiet")
    assert (told.code, told.out) == (0, "")
    assert (tmp_path / "p.png").stat().st_size > 1000
    assert open_results("out.zarr").raw.shape == (50, 2, 4)


def test_a_run_that_diverges_says_so(cli, montbrio: Path, tmp_path: Path) -> None:
    told = cli("run", montbrio, *SMALL, "--set", "eta=1e9", "--monitor", "stats", "--monitor", "raw")
    assert told.code == 1
    assert "warning: --set eta=1e9: 1e+09 is outside the range of 'eta' in the file, -10 to 10" in told.text
    assert "warning: diverged: '" in told.text
    assert " in region " in told.text
    assert "see the warnings above" in told.text
    assert "smaller --dt" not in told.text
    assert "nan" not in told.out
    assert "Warning" not in told.text


def test_a_dry_run_does_nothing(cli, montbrio: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = cli("sweep", montbrio, *SMALL, "--grid", "G=0:1:10", "--trials", "3", "--dry-run", "--quiet")
    assert told.code == 0
    assert "dry run: nothing was stored" in told.text
    told = cli("sweep", montbrio, *SMALL, "--grid", "G=0:1:10", "--trials", "3", "--dry-run")
    assert "axis G = 0 … 1 ms (10 values)" in told.text
    assert "30 simulations × 50 steps" in told.text
    assert "simulation steps/s measured just now" in told.text
    assert list(tmp_path.iterdir()) == []


def test_axes_stand_in_the_order_of_the_command_line(cli, montbrio: Path, tmp_path: Path) -> None:
    axes = ("--values", "eta=-5,-4", "--grid", "G=0:1:3", "--log-grid=tau=1:2:2", "--values", "I=0,1")
    assert cli("sweep", montbrio, *SMALL, *axes, "-o", tmp_path / "o.zarr").code == 0
    assert open_results(tmp_path / "o.zarr").stats_mean.dims[:4] == ("eta", "G", "tau", "I")


def test_the_disk_guard(cli, montbrio: Path, tmp_path: Path, monkeypatch) -> None:
    sweep = ("sweep", montbrio, *SMALL, "--values", "G=0.1,0.2", "--monitor", "raw", "-o", tmp_path / "o.zarr")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=9000, used=0, free=8000))
    told = cli(*sweep)
    assert told.code == 1
    assert "% of the free disk: record less (--monitor stats), choose another -o, or add --yes" in told.text
    assert list(tmp_path.iterdir()) == []
    assert cli(*sweep, "--dry-run").code == 0
    assert cli(*sweep, "--yes").code == 0


def test_the_memory_guard(cli, montbrio: Path, tmp_path: Path) -> None:
    for command in ("run", "sweep"):
        told = cli(command, montbrio, *SMALL, "--set", "speed=1e-6", "-o", tmp_path / "o.zarr")
        assert told.code == 1
        assert "the run would hold" in told.text
        assert "use fewer --threads" in told.text
    assert list(tmp_path.iterdir()) == []


def test_models(cli, tmp_path: Path, montbrio: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = cli("models")
    assert told.code == 0
    names = sorted(path.stem for path in montbrio.parent.glob("*.xml"))
    assert [line.split()[0] for line in told.out.splitlines()] == names
    assert cli("models", "copy", "montbrio").code == 0
    assert (tmp_path / "montbrio.xml").read_bytes() == montbrio.read_bytes()
    (tmp_path / "montbrio.xml").write_text("mine", encoding="utf-8")
    told = cli("models", "copy", "montbrio")
    assert (told.code, "montbrio.xml exists: choose another file with -o" in told.text) == (1, True)
    assert (tmp_path / "montbrio.xml").read_text(encoding="utf-8") == "mine"
    told = cli("models", "copy", "montbrioo")
    assert (told.code, "did you mean 'montbrio'?" in told.text) == (1, True)


def test_doctor(cli) -> None:
    told = cli("doctor")
    assert told.code == 0
    assert "engine cpu: works" in told.text
    assert "connectomes tvb:N: " in told.text
    assert "TVB: " in told.text


def test_doctor_tells_tvb_data_from_tvb(cli, monkeypatch) -> None:
    from importlib import util

    found, here = util.find_spec, {"tvb": None, "tvb_data": util.find_spec("rateml")}
    monkeypatch.setattr(util, "find_spec", lambda name, *a: here[name] if name in here else found(name, *a))
    told = cli("doctor")
    assert "connectomes tvb:N: installed" in told.text
    assert "TVB: missing (pip install tvb-library tvb-data; only for comparison, rateml bench)" in told.text


def test_bench(cli, monkeypatch) -> None:
    from importlib import util

    found = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name, *a: None if name.startswith("tvb") else found(name, *a))
    told = cli("bench", "--simulations", "2", "--duration", "1", "--threads", "1")
    assert told.code == 0
    assert "simulation steps/s" in told.text
    assert "pip install tvb-library tvb-data" in told.text


def test_plot(cli, montbrio: Path, tmp_path: Path) -> None:
    store = tmp_path / "o.zarr"
    axes = ("--values", "G=0.1,0.2", "--values", "eta=-5,-4")
    assert cli("sweep", montbrio, *SMALL, *axes, "-o", store).code == 0
    assert cli("plot", store, "-x", "G", "-y", "eta", "-o", tmp_path / "m.png").code == 0
    assert (tmp_path / "m.png").stat().st_size > 1000
    for words in ((tmp_path / "nowhere.zarr",), (store, "--var", "q"), (store, "--sel", "G"), (store, "--array", "fc")):
        told = cli("plot", *words, "-o", tmp_path / "n.png")
        assert told.code == 1, told.text
        assert "Traceback" not in told.text


def test_a_fault_of_rateml_is_70_with_a_report(cli, montbrio: Path, monkeypatch) -> None:
    from rateml.errors import InternalError

    def fails(*_: object, **__: object) -> None:
        raise InternalError("planted")

    monkeypatch.setattr("rateml.api.pipeline.run_passes", fails)
    told = cli("build", montbrio)
    assert told.code == 70
    assert "rateml has a fault: InternalError: planted. Please report it with " in told.text
    report = Path(told.text.split("report it with ")[1].split()[0])
    assert "Traceback" in report.read_text(encoding="utf-8")
    report.unlink()
