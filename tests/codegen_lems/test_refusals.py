"""What LEMS simulators cannot do is told with its place in the file, and no file is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rateml import api
from rateml.cli.app import run
from rateml.codegen import generate
from rateml.errors import InternalError, ModelError, UserError
from rateml.ir.program import Program

pytestmark = pytest.mark.filterwarnings("ignore")


def _cases(name: str, *cases: str) -> str:
    return f'<ConditionalDerivedVariable name="{name}" dimension="none">{"".join(cases)}</ConditionalDerivedVariable>'


def _two(name: str, values: tuple[str, str] = ("x", "1")) -> str:
    first, other = values
    return _cases(name, f'<Case condition="x .gt. 0.{len(name)}" value="{first}"/>', f'<Case value="{other}"/>')


_SEVEN = [f"c{'i' * i}" for i in range(7)]
_TALL = "tanh(" * 95 + "x" + ")" * 95
_SUM = " + ".join(["x"] * 150)

_REFUSED = {
    "a function with other words": (
        {"rate": "(floor(x) - x) / MSEC"},
        "the function 'floor', which LEMS simulators do not have",
        "write it as -ceil(-x)",
        "floor",
    ),
    "a function without": (
        {"rate": "(erf(x) - x) / MSEC"},
        "the function 'erf', which LEMS simulators do not have",
        "use the target numba, or tvb",
        "erf",
    ),
    "many Cases": (
        {
            "derived": "".join(_two(name) for name in _SEVEN)
            + f'<DerivedVariable name="all" dimension="none" value="{" + ".join(_SEVEN)}"/>',
            "rate": "(all - x) / MSEC",
        },
        "'all': it depends on conditional variables in more than 64 combinations",
        "let TimeDerivatives use the conditional variables themselves",
        '<DerivedVariable name="all"',
    ),
    "many OnConditions": (
        {
            "events": "".join(
                f'<OnCondition test="y .gt. {i}"><StateAssignment variable="x" value="x + {i}"/></OnCondition>'
                for i in range(1, 7)
            )
        },
        "more than 5 OnConditions that depend on one another",
        "put what belongs together into one OnCondition",
        '<OnCondition test="y .gt. 1">',
    ),
    "nested operations": (
        {"rate": f"{_TALL} / MSEC"},
        "an expression in which more than 90 operations depend on one another: PyLEMS cannot read it",
        "compute parts of it as DerivedVariables of their own",
        _TALL,
    ),
    "a long sum, which lowering cuts": (
        {"rate": f"({_SUM}) / MSEC"},
        "an expression in which more than 90 operations depend on one another: PyLEMS cannot read it",
        "compute parts of it as DerivedVariables of their own",
        "(x + x",
    ),
}


@pytest.mark.parametrize("case", _REFUSED)
def test_refused_at_its_place(tmp_path: Path, defects: Any, ordered: Callable[[Path], Program], case: str) -> None:
    parts, what, help, at = _REFUSED[case]
    text = defects._model(**parts)
    path = tmp_path / "model.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError) as refused:
        api.build(path, "lems")
    (told,) = refused.value.diagnostics
    assert told.code.id == "RML701"
    assert told.message == f"target 'lems' cannot express {what}"
    assert told.help == help
    assert text[told.span.start :].startswith(at)
    with pytest.raises(InternalError, match="nobody said so"):
        generate(ordered(path), "lems")


@pytest.mark.parametrize("depth", [40, 89])
def test_what_is_just_not_refused_runs(
    region: Callable[[Path], Any], tmp_path: Path, ours: Any, defects: Any, depth: int
) -> None:
    text = defects._model(rate=f"{'tanh(' * depth}x{')' * depth} / MSEC")
    path = tmp_path / "model.xml"
    path.write_text(text, encoding="utf-8")
    assert region(path).run({"x": 0}, 5, 0.1)[:, 0] == pytest.approx(ours(text, 5, 0.1)[:, 0], rel=1e-9)


def test_the_command_line(
    shipped_models: dict[str, Path],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert run(["build", str(shipped_models["zerlaut_first_order"]), "--target", "lems", "-o", str(tmp_path)]) == 1
    out, err = capfd.readouterr()
    assert "RML701" in out + err
    assert "the function 'erfc'" in out + err
    assert not list(tmp_path.iterdir())
    assert run(["build", str(shipped_models["montbrio"]), "--target", "lems", "-o", str(tmp_path)]) == 0
    out, err = capfd.readouterr()
    files = [Path(line).name for line in out.splitlines()]
    assert files == ["MontbrioPazoRoxin_lems.xml", "LEMS_MontbrioPazoRoxin.xml"]
    told = " ".join(err.split())
    assert "its inputs 'c_r', 'c_V' are constants of component 'region', 0 as written" in told
    assert "couplings left out: long_range" in told
    assert "LEMS has no noise: that of 'r', 'V' is left out" in told
    assert run(["build", "--help"]) == 0
    assert "lems" in capfd.readouterr().out


def test_precision_is_not_a_matter_of_lems(shipped_models: dict[str, Path]) -> None:
    with pytest.raises(UserError, match="leave --precision out"):
        api.build(shipped_models["montbrio"], "lems", "float32")


def test_a_type_that_the_simulation_has_too(tmp_path: Path, defects: Any, region: Callable[[Path], Any]) -> None:
    text = defects._model().replace('"Cell"', '"Simulation"').replace('id="cell"', 'id="region"')
    path = tmp_path / "model.xml"
    path.write_text(text, encoding="utf-8")
    assert sorted(api.build(path, "lems").files) == ["LEMS_Simulation_.xml", "Simulation__lems.xml"]
    assert region(path).run({"x": 0}, 1, 0.1)[0, 0] == pytest.approx(0.7)


def test_what_is_not_written_is_not_refused(tmp_path: Path, shipped_models: dict[str, Path]) -> None:
    """Functions and sums of couplings and of the noise are left out with them."""
    text = shipped_models["montbrio"].read_text(encoding="utf-8")
    text = text.replace('value="G * gx"', f'value="G * max(gx, {" + ".join(["0 * gx"] * 120)})"')
    text = text.replace('rml:diffusion="D_V"', 'rml:diffusion="max(D_V, 0)"')
    path = tmp_path / "model.xml"
    path.write_text(text, encoding="utf-8")
    (model,) = (t for name, t in api.build(path, "lems").files.items() if not name.startswith("LEMS_"))
    assert "max(" not in model
    assert "max(" in text


def test_lines_are_mapped(shipped_models: dict[str, Path]) -> None:
    artifact = api.build(shipped_models["montbrio"], "lems")
    source = shipped_models["montbrio"].read_text(encoding="utf-8")
    lines = {name: text.splitlines() for name, text in artifact.files.items()}
    tags = [(lines[m.file][m.line - 1].split()[0], source[m.span.start :].split()[0]) for m in artifact.source_map]
    assert ("<TimeDerivative", "<TimeDerivative") in tags
    assert ("<OutputColumn", "<Exposure") in tags
    assert all(new == old for new, old in tags if new not in ("<OutputColumn", "<StateAssignment", "<Parameter"))
