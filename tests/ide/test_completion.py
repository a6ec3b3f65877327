"""Completion at every place of the shipped models, of files that are being written, and what it must not offer."""

from __future__ import annotations

import pytest

from rateml.checks.declarations import by_name, sites
from rateml.ide import Analysis
from rateml.ide.completion import completions, documentation

HEAD = '<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">'


def labels(analysis: Analysis, offset: int) -> set[str]:
    return {item.label for item in completions(analysis, offset)}


def at_cursor(analysed, text: str) -> set[str]:
    """The labels at ``|``."""
    at = text.index("|")
    return labels(analysed(text[:at] + text[at + 1 :]), at)


def test_every_name_of_every_expression_is_offered_where_it_stands(model: Analysis) -> None:
    seen = 0
    assert model.model is not None
    every = [name for type in model.model.types for site in sites(type) for name in site.names]
    # One in three of a file with thousands; which ones is the same in every run.
    for name in every[:: 3 if len(every) > 500 else 1]:
        for offset in (name.span.start, name.span.end):
            seen += 1
            assert name.id in labels(model, offset), model.source.position(offset)
    assert seen > 0 or not model.model.types


def test_every_element_and_attribute_is_offered_where_it_stands(model: Analysis) -> None:
    assert model.document.root is not None
    for element in model.document.root.walk():
        assert element.name.text in labels(model, element.name_span.end)
        for attribute in element.attributes:
            if attribute.name.prefix != "xmlns" and attribute.name.text != "xmlns":
                assert attribute.name.text in labels(model, attribute.name_end), model.source.position(attribute.start)


def test_every_reference_is_offered_where_it_stands(model: Analysis) -> None:
    assert model.document.root is not None
    for element in model.document.root.walk():
        for attribute in element.attributes:
            own = element.name.local == "Component" and not attribute.name.prefix and attribute.name.local != "type"
            if (
                attribute.name.local in ("dimension", "type", "exposure", "variable", "model", "input", "role")
                and not own
            ):
                assert attribute.value in labels(model, attribute.value_end), model.source.position(attribute.start)


def test_a_name_that_is_next_is_offered_where_the_file_ends(model: Analysis, analysed) -> None:
    """As when someone writes the file from top to bottom: of what is declared by then, the name that comes next."""
    assert model.model is not None
    every = [(type, site, name) for type in model.model.types for site in sites(type) for name in site.names]
    for type, site, name in every[:: 1 + len(every) // 12]:
        at = name.span.start
        written = analysed(model.text[:at])
        declared = written.model.type(type.name.text)
        if name.id in by_name(declared) and (site.place, name.id) != ("derived", site.owner.text):
            assert name.id in labels(written, at), (name.id, model.text[at - 40 : at])


def test_what_completion_offers_is_documented(montbrio: Analysis) -> None:
    for offset in range(0, len(montbrio.text), 97):
        for item in completions(montbrio, offset):
            if item.about:
                assert documentation(montbrio, item.about), item


@pytest.mark.parametrize("cut", [False, True])
def test_no_offset_of_a_broken_file_is_too_much(analysed, shipped, cut: bool) -> None:
    text = shipped("montbrio.xml")
    for offset in range(0, len(text), 13):
        broken = text[:offset] if cut else text[:offset] + text[offset + 9 :]
        completions(analysed(broken), offset)


MODEL = (
    HEAD + '<ComponentType name="A" rml:role="model"><Parameter name="tau" dimension="time"/>'
    '<Constant name="pi" dimension="none" value="3"/><Exposure name="V" dimension="none"/>'
    '<Requirement name="c_V" dimension="none"/><Dynamics>'
    '<StateVariable name="V" dimension="none" exposure="V"/><DerivedVariable name="y" dimension="none" value="2 * V"/>'
)


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        (MODEL + '<TimeDerivative variable="V" value="|', {"V", "y", "c_V", "tau", "pi", "t", "exp"}, {"random", "A"}),
        (MODEL + '<TimeDerivative variable="V" value="V + exp(ta|', {"tau"}, set()),
        (MODEL + '<TimeDerivative variable="V" value="V / |', {"tau", "y", "exp"}, {"rml:diffusion"}),
        (MODEL + '<TimeDerivative variable="V" value="V / |\n</Dynamics>', {"tau", "y", "exp"}, {"rml:diffusion"}),
        (MODEL + '<TimeDerivative variable="|', {"V"}, {"y", "tau"}),
        (MODEL + '<OnStart><StateAssignment variable="V" value="|', {"tau", "pi", "random"}, {"V", "y", "t", "c_V"}),
        (MODEL + '<OnCondition test="|', {"V", "tau", "t"}, {"y", "c_V", "random"}),
        (MODEL + '<OnCondition test="V .l|', {".lt.", ".leq."}, {"V"}),
        (MODEL + '<TimeDerivative variable="V" value="2|', set(), {"V", "exp"}),
        (MODEL + '<DerivedVariable name="z" dimension="none" value="|"/>', {"y", "V"}, {"z"}),
        (MODEL + "<|", {"TimeDerivative", "OnStart", "/Dynamics"}, {"Parameter"}),
        (MODEL + "|", {"TimeDerivative", "state with derivative", "clamp", "</Dynamics>"}, {"Parameter"}),
        (MODEL + "</|", {"Dynamics"}, set()),
        (MODEL + "<TimeDerivative |", {"variable", "value", "rml:diffusion"}, {"name"}),
        (MODEL + '<TimeDerivative variable="V" |', {"value", "rml:diffusion"}, {"variable"}),
        (HEAD + '<ComponentType name="A" rml:role="|"', {"model", "coupling", "function"}, set()),
        (HEAD + '<ComponentType name="A" rml:role="model"><Parameter name="p" dimension="|', {"none", "time"}, {"V"}),
        (
            HEAD + '<ComponentType name="A" rml:role="model"><Parameter name="p" rml:regional="|',
            {"true", "false"},
            set(),
        ),
        (HEAD + "|", {"ComponentType", "Component", "model", "coupling", "</Lems>"}, {"Parameter"}),
        ("|", {"rateml file"}, {"ComponentType"}),
        (HEAD + "<!-- a com|ment -->", set(), {"ComponentType"}),
        (HEAD + "<!-- a com|", set(), {"ComponentType"}),
    ],
)
def test_files_that_are_being_written(analysed, text: str, wanted: set[str], unwanted: set[str]) -> None:
    found = at_cursor(analysed, text)
    assert wanted <= found, wanted - found
    assert not unwanted & found


WHOLE = MODEL + (
    '<TimeDerivative variable="V" value="V / tau"/></Dynamics></ComponentType>'
    '<ComponentType name="C" rml:role="coupling"><Parameter name="G" dimension="none"/>'
    '<Requirement name="x_j" dimension="none"/><Requirement name="gx" dimension="none"/>'
    '<Dynamics><DerivedVariable name="pre" dimension="none" value="x_j"/>'
    '<DerivedVariable name="post" dimension="none" value="G * gx"/></Dynamics></ComponentType>'
)


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        (WHOLE + '<Component id="m" type="|"/>', {"A", "C"}, set()),
        (WHOLE + '<Component id="m" type="A" |/>', {"tau", "rml:sweep"}, {"rml:input", "G"}),
        (WHOLE + '<Component id="m" type="A" tau="10 |"/>', {"ms", "s"}, {"mV"}),
        (WHOLE + '<Component id="m" type="A" tau="1 ms"/><Component id="c" type="C" rml:model="|"/>', {"m"}, {"c"}),
        (WHOLE + '<Component id="m" type="A"/><Component id="c" type="C" rml:input="|"/>', {"c_V"}, {"V"}),
        (WHOLE + '<Component id="m" type="A"/><Component id="c" type="C" rml:bind="|"/>', {"x"}, {"V"}),
        (WHOLE + '<Component id="m" type="A"/><Component id="c" type="C" rml:bind="x=|"/>', {"V", "y"}, {"x"}),
        (WHOLE + '<Component id="c" type="C" rml:sweep="|"/>', {"G"}, {"tau"}),
        (WHOLE + '<Component id="m" type="A" rml:sweep="tau=linspace(1 |"/>', {"ms", "s"}, {"mV", "tau"}),
        (WHOLE + '<Component id="m" type="A" rml:sweep="tau=linspace(1 ms, 2|, 5)"/>', {"ms", "s"}, {"mV"}),
        (WHOLE + '<Component id="m" type="A" rml:sweep="tau=linspace(1 ms, 2 ms, 5|)"/>', set(), {"ms", "tau"}),
        (WHOLE + '<Component id="m" type="A" rml:sweep="tau=list(1 ms, 2 ms, 3 m|)"/>', {"ms"}, {"mV"}),
        (WHOLE + '<Component id="c" type="C" rml:sweep="G=l|"/>', {"linspace", "logspace", "list"}, {"G"}),
    ],
)
def test_components(analysed, text: str, wanted: set[str], unwanted: set[str]) -> None:
    found = at_cursor(analysed, text + "</Lems>")
    assert wanted <= found, wanted - found
    assert not unwanted & found


def test_a_unit_in_an_axis_takes_the_place_of_what_is_there(analysed) -> None:
    text = WHOLE + '<Component id="m" type="A" rml:sweep="tau=linspace(1 ms, 20 m|, 5)"/></Lems>'
    at = text.index("|")
    text = text.replace("|", "", 1)
    (item,) = [i for i in completions(analysed(text), at) if i.label == "us"]
    assert text[: item.span.start] + item.text + text[item.span.end :] == text.replace("20 m,", "20 us,")


def test_all_missing_values_at_once(analysed, shipped) -> None:
    text = shipped("montbrio.xml")
    start = text.index('<Component id="mpr"')
    text = text[:start] + '<Component id="mpr" type="MontbrioPazoRoxin" J="14.5" |/></Lems>'
    at = text.index("|")
    items = completions(analysed(text.replace("|", "")), at)
    every = next(i for i in items if i.label.startswith("all "))
    assert 'tau="1 ms"' in every.plain
    assert "J=" not in every.plain
    assert every.plain.count('="') == 8


def test_a_coupling_sees_its_halves(analysed) -> None:
    before, after = WHOLE.split('value="x_j"')
    assert {"x_j", "G", "G_i", "G_j"} <= at_cursor(analysed, before + 'value="|"' + after)
    assert not {"gx", "post"} & at_cursor(analysed, before + 'value="|"' + after)
    before, after = WHOLE.split('value="G * gx"')
    assert {"gx", "G"} <= at_cursor(analysed, before + 'value="|"' + after)
    assert not {"x_j", "pre"} & at_cursor(analysed, before + 'value="|"' + after)
