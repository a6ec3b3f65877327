"""What plain LEMS has and RateML 1 has not is told where it stands, with a way out."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rateml.checks import Checked, check_file, check_model
from rateml.diagnostics import Code, Severity
from rateml.legacy.plain.refusing import WAYS_OUT

BASE = """<Lems xmlns="http://www.neuroml.org/lems/0.7.6">
    <Include file="NeuroMLCoreDimensions.xml"/>
    <ComponentType name="Cell">
        <Parameter name="tau" dimension="time"/>
        <!-- member -->
        <Exposure name="x" dimension="none"/>
        <Dynamics>
            <StateVariable name="x" dimension="none" exposure="x"/>
            <!-- variable -->
            <TimeDerivative variable="x" value="(1 - x) / tau"/>
            <OnCondition test="x .gt. 0.5">
                <StateAssignment variable="x" value="0"/>
                <!-- action -->
            </OnCondition>
            <!-- dynamics -->
        </Dynamics>
    </ComponentType>
    <!-- type -->
    <Component id="cell" type="Cell" tau="10ms"/>
    <!-- component -->
</Lems>
"""


def _checked(place: str, text: str) -> tuple[Checked, list[tuple[str, str]]]:
    """The base with a comment replaced, and what it is told above advice: the code and what is underlined."""
    mark = f"<!-- {place} -->"
    assert BASE.count(mark) == 1
    checked = check_model(BASE.replace(mark, text), "cell.xml")
    assert checked.migrated
    told = [d for d in checked.diagnostics if d.severity <= Severity.WARNING]
    assert all(d.help for d in told if d.code.id > "RML850"), told
    return checked, [(d.code.id, checked.source.slice(d.span)) for d in told]


def test_the_base_is_fine() -> None:
    assert check_model(BASE, "cell.xml").ok


@pytest.mark.parametrize(
    ("place", "text", "underlined"),
    [
        ("action", '<EventOut port="spike"/>', "EventOut"),
        ("action", '<Transition regime="refractory"/>', "Transition"),
        ("dynamics", '<OnEvent port="in"><StateAssignment variable="x" value="x + 1"/></OnEvent>', "OnEvent"),
        ("dynamics", '<Regime name="r" initial="true"><OnEntry/></Regime>', "Regime"),
        ("dynamics", '<KineticScheme name="k" nodes="states" edges="transitions"/>', "KineticScheme"),
        ("member", '<Attachments name="synapses" type="basePointCurrent"/>', "Attachments"),
        ("member", '<Children name="channels" type="Cell"/>', "Children"),
        ("member", '<Child name="inner" type="Cell"/>', "Child"),
        ("member", '<Child name="inner" type="Unknown"/>', "Child"),
        ("member", '<ComponentReference name="synapse" type="Cell"/>', "ComponentReference"),
        ("member", '<Path name="quantity"/>', "Path"),
        ("member", '<Link name="source" type="Cell"/>', "Link"),
        ("member", '<Property name="weight" dimension="none" defaultValue="1"/>', "Property"),
        ("member", '<InstanceRequirement name="peer" type="Cell"/>', "InstanceRequirement"),
        ("member", '<Structure><ChildInstance component="synapse"/></Structure>', "Structure"),
        ("member", '<Nonsense name="n"/>', "Nonsense"),
        ("variable", '<DerivedVariable name="i" dimension="none" select="s[*]/i" reduce="add"/>', "s[*]/i"),
        ("member", '<DerivedParameter name="p" dimension="none" select="inner/y"/>', "inner/y"),
    ],
    ids=lambda value: value if value in WAYS_OUT else None,
)  # fmt: skip
def test_it_is_told_at_its_place(place: str, text: str, underlined: str) -> None:
    checked, told = _checked(place, text)
    assert told == [("RML861", underlined)]
    assert not checked.ok
    assert not checked.written


def test_every_way_out_is_of_an_element_that_is_refused() -> None:
    inside = {"EventOut": "action", "Transition": "action"}
    in_dynamics = ("KineticScheme", "OnEvent", "Regime")
    for tag in WAYS_OUT:
        place = inside.get(tag, "dynamics" if tag in in_dynamics else "member")
        checked, told = _checked(place, f'<{tag} name="other"/>')
        assert told == [("RML861", tag)]
        assert WAYS_OUT[tag] in {d.help for d in checked.diagnostics}


def test_izhikevich_is_refused_for_its_events(files: Path) -> None:
    checked = check_file(files / "izhikevich.xml")
    told = [(d.code.id, checked.source.slice(d.span)) for d in checked.diagnostics if d.severity is Severity.ERROR]
    assert told == [("RML861", "Attachments"), ("RML861", "synapses[*]/I"), ("RML861", "EventOut")]
    fixed = checked.source.text.replace('<EventOut port="spike"/>', "")
    fixed = fixed.replace('<Attachments name="synapses" type="basePointCurrentDL"/>', "")
    fixed = fixed.replace('<DerivedVariable name="ISyn" dimension="none" select="synapses[*]/I" reduce="add"/>', "")
    fixed = fixed.replace("<Exposure", '<Requirement name="ISyn" dimension="none"/><Exposure', 1)
    assert check_model(fixed, "izhikevich.xml").ok, "what the help says is a way out"


@pytest.mark.parametrize(
    ("place", "text", "code", "underlined"),
    [
        ("component", '<Component id="cell2" type="Cell" tau="20ms"/>', "RML864", "cell2"),
        ("type", '<ComponentType name="Cell"/>', "RML207", "Cell"),
        ("variable", '<DerivedVariable name="y" dimension="none" value="x + z"/>', "RML201", "z"),
        ("variable", '<DerivedVariable name="y" dimension="none" value="x + tau"/>', "RML404", "tau"),
        ("member", '<Constant name="c" dimension="time" value="1 fortnight"/>', "RML402", "fortnight"),
        ("member", '<Constant name="c" dimension="temperature" value="20 degC"/>', "RML861", "degC"),
        ("dynamics", "<Dynamics/>", "RML861", "Dynamics"),
        ("member", "<Dynamics/>", "RML861", "Dynamics"),
    ],
)
def test_other_errors_have_their_places(place: str, text: str, code: str, underlined: str) -> None:
    checked, told = _checked(place, text)
    assert (code, underlined) in told
    assert not checked.ok


def test_what_the_file_lacks() -> None:
    for old, new, code, underlined in (
        ('<Component id="cell" type="Cell" tau="10ms"/>', "", "RML865", "Cell"),
        ('name="Cell">', 'name="Cell" extends="izhikevichCell">', "RML862", "izhikevichCell"),
        ('name="Cell">', 'name="Cell" extends="Cell">', "RML861", "Cell"),
        ('<StateVariable name="x" dimension="none" exposure="x"/>', "", "RML863", "Lems"),
        (' tau="10ms"', "", "RML503", "cell"),
        ("NeuroMLCoreDimensions.xml", "nowhere.xml", "RML053", "nowhere.xml"),
        ("NeuroMLCoreDimensions.xml", "http://example.org/types.xml", "RML051", "http://example.org/types.xml"),
    ):
        assert BASE.count(old) == 1
        checked = check_model(BASE.replace(old, new), "cell.xml")
        found = [(d.code.id, checked.source.slice(d.span)) for d in checked.diagnostics if d.severity is Severity.ERROR]
        assert [pair[1] for pair in found] == [underlined], found
        if code[:5] != "RML05":
            assert found[0][0] == code


def test_mutated_files_never_raise(files: Path) -> None:
    """Whatever is cut out, doubled or moved, there is an answer; and with a model it has a text that is one too."""
    outcomes = set()
    for path in sorted(files.glob("*.xml")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        for seed in range(40):
            rng = random.Random(f"{path.name}{seed}")
            kept = list(lines)
            for _ in range(rng.randrange(1, 4)):
                k, other = rng.randrange(len(kept)), rng.randrange(len(kept))
                action = rng.choice(("drop", "double", "swap", "cut"))
                if action == "drop":
                    del kept[k]
                elif action == "double":
                    kept.insert(k, kept[k])
                elif action == "swap":
                    kept[k], kept[other] = kept[other], kept[k]
                else:
                    at = rng.randrange(len(kept[k]))
                    kept[k] = kept[k][:at] + kept[k][at + 1 :]
            text = "".join(kept)
            checked = check_model(text, str(path))
            outcomes.add((checked.migrated, checked.ok))
            assert all(
                0 <= d.span.start <= d.span.end <= len(text) for d in checked.diagnostics if d.span.file == str(path)
            )
            if checked.migrated and checked.ok:
                again = check_model(checked.written, str(path))
                assert not again.migrated
                assert again.ok, [d.message for d in again.diagnostics]
    assert {(True, True), (True, False)} <= outcomes


def test_a_file_of_rateml_1_that_lacks_something_is_none_of_these() -> None:
    for root in ('<Lems xmlns:rml="urn:rateml:1">', '<Lems rml:version="1.0">', '<Lems xmlns:rml="urn:other">'):
        found = check_model(BASE.replace('<Lems xmlns="http://www.neuroml.org/lems/0.7.6">', root), "cell.xml")
        assert not found.migrated
        assert Code.PLAIN_LEMS not in {d.code for d in found.diagnostics}
