"""Code actions: what each makes of a file, and that it is better or as good after it."""

from __future__ import annotations

import pytest

from rateml.checks import check_model, no_includes
from rateml.diagnostics import Severity
from rateml.diagnostics.apply import apply_edits
from rateml.ide import Analysis, Workspace
from rateml.ide.actions import Action, actions, fix_all


def codes(text: str) -> list[str]:
    return [d.code.id for d in check_model(text, reader=no_includes).diagnostics if d.severity <= Severity.WARNING]


def action(analysis: Analysis, marker: str, title: str) -> Action:
    at = analysis.text.index(marker)
    found = [a for a in actions(analysis, at, at + len(marker)) if a.title.startswith(title)]
    assert found, [a.title for a in actions(analysis, at, at + len(marker))]
    return found[0]


def after(analysis: Analysis, marker: str, title: str) -> str:
    return apply_edits(analysis.text, action(analysis, marker, title).edits)


@pytest.mark.parametrize("kind", ["parameter", "constant", "input", "derived variable"])
def test_a_missing_name_can_be_declared(analysed, montbrio: Analysis, kind: str) -> None:
    text = montbrio.text.replace("J * tau * r", "gain * tau * r")
    article = "an" if kind == "input" else "a"
    new = after(analysed(text), "gain * tau", f"declare 'gain' as {article} {kind}")
    assert "RML201" not in codes(new)
    assert set(codes(new)) <= {"RML503", "RML601"}
    assert 'name="gain" dimension="none"' in new


def test_the_dimension_of_a_missing_name_is_worked_out(analysed, montbrio: Analysis) -> None:
    text = montbrio.text.replace("(lorentz + 2 * V * r) / tau", "(lorentz + 2 * V * r) / period")
    new = after(analysed(text), "period", "declare 'period' as a parameter")
    assert '<Parameter name="period" dimension="time"/>' in new


@pytest.mark.parametrize(
    ("old", "new", "place", "title", "mended"),
    [
        ("2 * V * r) / tau", "2 * V * r) / 3 ms", "3 ms", "declare '3 ms' as a constant", "2 * V * r) / constant1"),
        ("2 * V * r) / tau", "2 * V * r) / 1.0e-1ms", "1ms", "declare '1.0e-1 ms'", "2 * V * r) / constant1"),
        ("2 * V * r) / tau", "2 * V * r) / 1 ms", "/ 1 ms", "write 'MSEC'", "2 * V * r) / MSEC"),
    ],
)
def test_a_number_with_a_unit_becomes_a_constant(
    analysed, montbrio: Analysis, old: str, new: str, place: str, title: str, mended: str
) -> None:
    wrong = analysed(montbrio.text.replace(old, new))
    assert [d.code.id for d in wrong.diagnostics] == ["RML121"]
    assert "declared" in wrong.diagnostics[0].help
    assert not any("multiply" in fix.title for fix in wrong.diagnostics[0].fixes)
    text = after(wrong, place, title)
    assert mended in text
    assert not codes(text)


@pytest.mark.parametrize("value", ["r * 1 ms^2", "r^1 ms"])
def test_a_power_beside_a_unit_is_left_to_the_author(analysed, montbrio: Analysis, value: str) -> None:
    (fault,) = analysed(montbrio.text.replace("pi * tau * r", value)).diagnostics
    assert "declared" in fault.help
    assert not fault.fixes


def test_a_variable_that_is_called_as_a_unit_is_multiplied(analysed, montbrio: Analysis) -> None:
    (fault,) = analysed(montbrio.text.replace("2 * V * r", "2 V * r")).diagnostics
    assert [fix.title for fix in fault.fixes] == ["multiply"]


def test_a_part_becomes_a_derived_variable_and_goes_back(analysed, montbrio: Analysis) -> None:
    new = after(montbrio, "(lorentz + 2 * V * r)", "extract to derived variable")
    assert '<DerivedVariable name="r_part1" dimension="per_time" value="lorentz + 2 * V * r"/>' in new
    assert 'value="(r_part1) / tau"' in new
    assert not codes(new)
    back = after(analysed(new), 'name="r_part1"'[6:-1], "put 'r_part1' into its 1 use")
    assert back == montbrio.text.replace("(lorentz + 2 * V * r)", "((lorentz + 2 * V * r))")


def test_half_an_operation_is_not_extracted(montbrio: Analysis) -> None:
    at = montbrio.text.index("eta + J")
    assert not [a for a in actions(montbrio, at, at + 7) if a.kind == "refactor.extract"]


def test_parts_that_are_missing(analysed, montbrio: Analysis) -> None:
    lines = montbrio.text.split("\n")
    text = "\n".join(line for line in lines if '<TimeDerivative variable="V"' not in line)
    new = after(analysed(text), '<StateVariable name="V"', "add the derivative of 'V'")
    assert '<TimeDerivative variable="V" value="0"/>' in new
    assert "RML304" not in codes(new)
    text = montbrio.text.replace(' J="14.5"', "").replace(' eta="-4.6"', "")
    new = after(analysed(text), '<Component id="mpr"', "give every parameter a value")
    assert not codes(new)
    start, end = montbrio.text.index("            <OnStart>"), montbrio.text.index("            <OnCondition")
    new = after(analysed(montbrio.text[:start] + montbrio.text[end:]), '<StateVariable name="r"', "add initial values")
    assert new.count("<StateAssignment") == 3
    assert not codes(new)
    text = montbrio.text.replace(
        '<Exposure name="V" dimension="none" description="mean membrane potential, dimensionless"/>', ""
    )
    text = text.replace('dimension="none" exposure="V"', 'dimension="none"')
    new = after(analysed(text), '<StateVariable name="V"', "expose 'V'")
    assert '<Exposure name="V" dimension="none"/>' in new
    assert not codes(new)


def test_noise_becomes_a_parameter(analysed, montbrio: Analysis) -> None:
    text = montbrio.text.replace('rml:diffusion="D_V"', 'rml:diffusion="4e-3 * lorentz"')
    assert not [
        a for a in actions(analysed(text), text.index("4e-3 * lor"), text.index("4e-3 * lor")) if "noise on" in a.title
    ]
    text = montbrio.text.replace(
        '<Parameter name="D_V" dimension="per_time" rml:min="0 per_ms" rml:max="1 per_ms" '
        'description="noise intensity on V (TVB nsig)"/>',
        "",
    )
    text = text.replace(' D_V="4e-3 per_ms"', "").replace(
        '<Constant name="MSEC"',
        '<Constant name="d" dimension="per_time" value="4e-3 per_ms"/>\n        <Constant name="MSEC"',
    )
    text = text.replace('rml:diffusion="D_V"', 'rml:diffusion="d"')
    new = after(analysed(text), 'rml:diffusion="d"', "make the noise on 'V' a parameter")
    assert 'rml:diffusion="D_V"' in new
    assert 'D_V="4e-3 per_ms"' in new
    assert not codes(new)


def test_advice_can_be_silenced(analysed, montbrio: Analysis) -> None:
    text = montbrio.text.replace(
        '<Constant name="MSEC"', '<Constant name="idle" dimension="none" value="1"/>\n        <Constant name="MSEC"'
    )
    new = after(analysed(text), 'name="idle"', "silence RML610 here")
    assert "<!-- rateml: ignore RML610 -->\n        <Constant" in new
    assert "RML610" not in [d.code.id for d in check_model(new, reader=no_includes).diagnostics]


def test_every_fix_of_the_catalogue_is_offered(analysed, montbrio: Analysis) -> None:
    text = montbrio.text.replace("V^2", "V**2")
    assert after(analysed(text), "V**2", "write '^'") == montbrio.text


def test_fixing_all_is_what_the_command_does(montbrio: Analysis) -> None:
    text = montbrio.text.replace("V^2", "V**2").replace("pitr^2", "pitr**2")
    workspace = Workspace().with_text("m.xml", text)
    analysis = workspace.analysis("m.xml")
    assert analysis is not None
    assert apply_edits(text, fix_all(workspace, analysis)) == montbrio.text


def test_no_action_makes_an_error(model: Analysis) -> None:
    before = codes(model.text)
    for offset in range(0, len(model.text), max(401, len(model.text) // 15)):
        for found in actions(model, offset, offset):
            if found.kind in ("refactor.inline", "refactor.rewrite", "quickfix") and found.edits:
                assert codes(apply_edits(model.text, found.edits)) == before, found.title
