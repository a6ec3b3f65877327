"""``rateml migrate`` of plain LEMS, and the commands that take such a file as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rateml.checks import check_file, check_model
from rateml.cli.app import run
from rateml.diagnostics import Code, Severity
from rateml.fmt import format_text
from rateml.ir.lower import lower
from rateml.ir.program import Program
from rateml.ir.show import show

NAMES = ("fitzhugh_nagumo", "hindmarsh_rose", "mean_field", "morris_lecar", "theta_neuron", "wilson_cowan")
_NOT_FOR_TVB = ("theta_neuron", "wilson_cowan")
"""TVB has no conditions but bounds, and no time in its equations."""


class Told:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, " ".join(err.split())


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    monkeypatch.setenv("RATEML_CACHE_DIR", str(tmp_path / "cache"))

    def call(*words: object) -> Told:
        capsys.readouterr()
        code = run([str(word) for word in words])
        return Told(code, *capsys.readouterr())

    return call


@pytest.mark.parametrize("name", NAMES)
def test_the_new_file_is_the_model_that_was_checked(cli: Any, files: Path, tmp_path: Path, name: str) -> None:
    new = tmp_path / "new.xml"
    assert cli("migrate", files / f"{name}.xml", "-o", new).code == 0
    assert cli("fmt", "--check", new).code == 0
    before, after = check_file(files / f"{name}.xml"), check_file(new)
    assert after.ok
    assert not after.migrated
    assert {d.code for d in after.diagnostics if d.severity <= Severity.WARNING} <= {Code.UNDRIVEN_PORT}
    assert before.model is not None
    assert after.model is not None
    assert show(lower(before.model)) == show(lower(after.model))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("target", ["numba", "tvb", "lems", "docs"])
def test_every_target_builds_it(cli: Any, files: Path, tmp_path: Path, name: str, target: str) -> None:
    told = cli("build", files / f"{name}.xml", "--target", target, "-o", tmp_path / "out")
    if target == "tvb" and name in _NOT_FOR_TVB:
        assert told.code == 1
        assert "RML701" in told.err
        assert f"{name}.xml:" in told.err
        return
    assert told.code == 0, told.err
    assert "is plain LEMS (RML851): it was migrated in memory" in told.err
    assert any((tmp_path / "out").iterdir())


def test_a_component_is_chosen(cli: Any, files: Path, tmp_path: Path) -> None:
    told = cli("migrate", files / "van_der_pol.xml")
    assert (told.code, told.out) == (1, "")
    assert "RML864" in told.err
    assert "--component soft" in told.err
    for component in ("soft", "stiff"):
        told = cli("migrate", files / "van_der_pol.xml", "--component", component)
        assert told.code == 0
        assert told.out.count("<Component id=") == 1
        assert f'<Component id="{component}"' in told.out
    told = cli("migrate", files / "van_der_pol.xml", "--component", "hard")
    assert told.code == 1
    assert "there is no Component 'hard'" in told.err
    assert "soft, stiff" in told.err


def test_the_target_of_a_simulation_is_the_model(files: Path) -> None:
    text = (files / "van_der_pol.xml").read_text(encoding="utf-8")
    text = text.replace("</Lems>", '<Simulation id="s" length="1s" step="2ms" target="stiff"/></Lems>')
    checked = check_model(text, str(files / "one.xml"))
    assert checked.ok
    assert checked.model is not None
    program = lower(checked.model)
    assert (program.component, program.dt) == ("stiff", 2.0)


def test_includes_are_read_below_the_folder_and_told_of_in_their_files(files: Path, tmp_path: Path) -> None:
    for name in ("van_der_pol.xml", "oscillator_types.xml"):
        text = (files / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("x^3 / 3", "x^3 / three"), encoding="utf-8")
    checked = check_file(tmp_path / "van_der_pol.xml", component="soft")
    (fault,) = (d for d in checked.diagnostics if d.severity is Severity.ERROR)
    assert fault.code is Code.UNDEFINED_NAME
    assert Path(fault.span.file) == tmp_path / "oscillator_types.xml"
    assert checked.sources[fault.span.file].slice(fault.span) == "three"


def test_core_files_are_never_read(tmp_path: Path) -> None:
    """Not even one that lies there: what RateML knows of it holds, whatever it says."""
    text = '<Lems><Include file="Cells.xml"/><Include file="/usr/share/NeuroML2CoreTypes/NeuroMLCoreDimensions.xml"/>'
    text += '<ComponentType name="Cell" extends="baseCellMembPot"><Constant name="E" dimension="voltage" value="1mV"/>'
    text += (
        '<Constant name="tau" dimension="time" value="1ms"/><Constant name="rm" dimension="resistance" value="2Mohm"/>'
    )
    text += (
        '<Exposure name="i" dimension="current"/><Dynamics><StateVariable name="v" dimension="voltage" exposure="v"/>'
    )
    text += '<DerivedVariable name="i" dimension="current" value="v / rm" exposure="i"/>'
    text += '<TimeDerivative variable="v" value="(E - v) / tau"/></Dynamics></ComponentType></Lems>'
    (tmp_path / "cell.xml").write_text(text, encoding="utf-8")
    (tmp_path / "Cells.xml").write_text("<broken", encoding="utf-8")
    checked = check_file(tmp_path / "cell.xml")
    assert checked.ok, [d.message for d in checked.diagnostics]
    assert checked.model is not None
    program = lower(checked.model)
    assert [e.name for e in program.exposures] == ["i", "v"]
    (rm,) = (c for c in program.constants if c.name == "rm")
    assert rm.value == 2.0, "mV over nA"


def test_places_are_those_of_the_file(files: Path, read_plain: Callable[[Path], Program]) -> None:
    program = read_plain(files / "fitzhugh_nagumo.xml")
    source = check_file(files / "fitzhugh_nagumo.xml").source
    texts = {a.name: source.slice(a.value.span) for a in program.derivatives}
    assert texts == {"V": "((V - (V^3)/3) - W + I) / SEC", "W": ".08*((V + 0.7) - 0.8*W) / SEC"}


def test_places_after_entities() -> None:
    text = '<Lems><ComponentType name="M"><Constant name="s" dimension="time" value="1 s"/><Dynamics>'
    text += '<StateVariable name="x" dimension="none"/>'
    text += '<TimeDerivative variable="x" value="(x &#43; &#x20; y) / s"/></Dynamics></ComponentType></Lems>'
    checked = check_model(text, "m.xml")
    (fault,) = (d for d in checked.diagnostics if d.severity is Severity.ERROR)
    assert fault.code is Code.UNDEFINED_NAME
    assert checked.source.slice(fault.span) == "y"


def test_comments_stay_with_what_they_speak_of(files: Path) -> None:
    lines = [line.strip() for line in format_text(check_file(files / "fitzhugh_nagumo.xml").written).text.splitlines()]
    assert lines[lines.index("<!-- fast -->") + 1].startswith('<StateVariable name="V"')
    assert lines[lines.index("<!-- FitzHugh 1961, Nagumo 1962: two dimensionless variables -->") + 1].startswith(
        "<ComponentType"
    )
    lines = [line.strip() for line in check_file(files / "van_der_pol.xml", component="soft").written.splitlines()]
    assert lines[lines.index("<!-- after Lienard -->") + 1].startswith('<TimeDerivative variable="x"')


def test_what_pylems_reads_otherwise_is_told() -> None:
    """The published results of a file may be those of another equation."""
    text = '<Lems><ComponentType name="M"><Constant name="s" dimension="time" value="1 s"/><Exposure name="x" '
    text += 'dimension="none"/><Dynamics><StateVariable name="x" dimension="none" exposure="x"/>'
    text += '<TimeDerivative variable="x" value="(2*x - 3*x - 1) / s"/></Dynamics></ComponentType></Lems>'
    checked = check_model(text, "m.xml")
    assert Code.NOT_PORTABLE_PRECEDENCE in {d.code for d in checked.diagnostics}


def test_a_state_without_derivative_is_kept(files: Path, read_plain: Callable[[Path], Program]) -> None:
    program = read_plain(files / "theta_neuron.xml")
    assert [a.name for a in program.derivatives] == ["theta", "turns"]
    assert len(program.conditions) == 1


def test_another_name_of_an_exposure(files: Path, read_plain: Callable[[Path], Program]) -> None:
    program = read_plain(files / "hindmarsh_rose.xml")
    assert [e.name for e in program.exposures] == ["potential", "spiking", "z"]
    assert [s.name for s in program.states] == ["x", "y", "z"]


def test_fmt_leaves_it_alone(cli: Any, files: Path, tmp_path: Path) -> None:
    path = tmp_path / "plain.xml"
    path.write_bytes((files / "fitzhugh_nagumo.xml").read_bytes())
    told = cli("fmt", path)
    assert told.code == 1
    assert "is plain LEMS: `rateml migrate`" in told.err
    assert path.read_bytes() == (files / "fitzhugh_nagumo.xml").read_bytes()


def test_diff_takes_it(cli: Any, files: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.xml"
    cli("migrate", files / "morris_lecar.xml", "-o", new)
    told = cli("diff", files / "morris_lecar.xml", new)
    assert told.code == 0, told.out
    new.write_text(new.read_text(encoding="utf-8").replace('eL="-60mV"', 'eL="-61mV"'), encoding="utf-8")
    assert cli("diff", files / "morris_lecar.xml", new).code == 1


@pytest.mark.long
def test_run_and_sweep_take_it(cli: Any, files: Path, tmp_path: Path) -> None:
    network = ("--connectome", "synthetic:3:0", "--duration", "20ms", "--dt", "0.1ms")
    assert cli("run", files / "morris_lecar.xml", *network).code == 0
    store = tmp_path / "s.zarr"
    told = cli("sweep", files / "morris_lecar.xml", *network, "--grid", "phi=0.03:0.05:2", "-o", store)
    assert told.code == 0, told.err
    assert "RML851" in told.err
    assert cli("replay", store, "--sel", "phi=0.03").code == 0
