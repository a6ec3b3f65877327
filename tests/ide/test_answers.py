"""Hover, definitions, structure, hints: single answers where they are easy to read."""

from __future__ import annotations

from itertools import pairwise

import pytest

from rateml.checks import no_includes
from rateml.checks.run import check_model
from rateml.ide import Analysis
from rateml.ide.calls import call_node, used_by, uses_of
from rateml.ide.definition import definition, references, type_definition
from rateml.ide.diagnostics import diagnostics, fingerprint
from rateml.ide.folding import folds
from rateml.ide.formatting import formatted, formatted_lines, indent_after
from rateml.ide.hover import hover
from rateml.ide.inlay import hints
from rateml.ide.linked import linked_tags
from rateml.ide.selection import selections
from rateml.ide.signature import signature
from rateml.ide.symbols import outline
from rateml.ide.tokens import TYPES, tokens


@pytest.mark.parametrize(
    ("place", "after", "words"),
    [
        ("J * tau", 0, ["parameter **J**", "dimensionless", "-25 … 25", "mpr: 14.5", "dV/dt"]),
        ("pitr^2", 1, ["derived variable **pitr**", "pitr = pi * tau * r", "used by dV/dt"]),
        ("V^2", 0, ["state variable **V**", "dV/dt = (V^2 + eta", "noise of intensity D_V", "-2 … 1.5"]),
        ("random(3.5)", 2, ["random(a)", "uniform"]),
        ('"0 per_ms"', 5, ["unit **per_ms**", "1/ms"]),
        ('per_time3" rml', 2, ["dimension **per_time3**", "per_ms3"]),
        ("<TimeDerivative", 3, ["**<TimeDerivative>**"]),
        ("rml:diffusion", 5, ["**rml:diffusion**"]),
        ('rml:role="model"', 12, ["rml:role", "coupling"]),
        ('MontbrioPazoRoxin" tau', 3, ["model **MontbrioPazoRoxin**", "states: r, V", "components: mpr"]),
        ('rml:input="c_r"', 12, ["requirement **c_r**", "network input through r"]),
        ("G * gx", 5, ["requirement **gx**"]),
    ],
)
def test_hover(montbrio: Analysis, place: str, after: int, words: list[str]) -> None:
    found = hover(montbrio, montbrio.text.index(place) + after)
    assert found is not None
    for word in words:
        assert word in found.markdown


def test_hover_has_nothing_to_say_between_elements(montbrio: Analysis) -> None:
    assert hover(montbrio, montbrio.text.index("\n\n") + 1) is None


@pytest.mark.parametrize(
    ("place", "after", "target"),
    [
        ("J * tau", 0, 'name="J"'),
        ('variable="r"', 11, 'name="r" dimension="per_time" exposure'),
        ('type="RateCoupling"', 8, 'name="RateCoupling"'),
        ('rml:model="mpr"', 12, 'id="mpr"'),
        ('rml:input="c_r"', 12, 'name="c_r"'),
        ('" G="0.4 ms"', 2, 'name="G"'),
        ("eta=linspace", 1, 'name="eta"'),
        ('"0 per_ms"', 5, 'symbol="per_ms"'),
        ('dimension="per_time3" rml', 12, 'name="per_time3"'),
    ],
)
def test_definition(montbrio: Analysis, place: str, after: int, target: str) -> None:
    span = definition(montbrio, montbrio.text.index(place) + after)
    assert span is not None
    assert span.start == montbrio.text.index(target) + target.index('"') + 1


def test_type_definition(montbrio: Analysis) -> None:
    span = type_definition(montbrio, montbrio.text.index("J * tau * r") + 4)
    assert span is not None
    assert montbrio.text[span.start - 6 : span.end + 1] == 'name="time"'


def test_references_are_all_and_only_those(montbrio: Analysis) -> None:
    found = references(montbrio, montbrio.text.index("J * tau"))
    assert [montbrio.slice(o.span) for o in found] == ["J", "J", "J"]
    assert [o.declares for o in found] == [True, False, False]
    assert len(references(montbrio, montbrio.text.index("J * tau"), declaration=False)) == 2


def test_the_outline_of_a_model(montbrio: Analysis) -> None:
    items = {item.name: item for item in outline(montbrio)}
    assert items["MontbrioPazoRoxin"].detail == "model"
    inner = [i.name for i in items["MontbrioPazoRoxin"].children]
    assert inner[:2] == ["tau", "I"]
    assert items["long_range"].detail == "RateCoupling"


def test_selections_grow_from_a_name_to_the_file(montbrio: Analysis) -> None:
    at = montbrio.text.index("2 * V * r") + 4
    texts = [montbrio.slice(s) for s in selections(montbrio, at)]
    assert texts[:5] == ["V", "2 * V", "2 * V * r", "lorentz + 2 * V * r", "(lorentz + 2 * V * r) / tau"]
    assert texts[-1] == montbrio.text
    assert all(inner in outer for inner, outer in pairwise(texts))


def test_folds_are_inside_the_text(model: Analysis) -> None:
    assert folds(model)
    for fold in folds(model):
        assert 1 <= fold.first < fold.last <= model.source.line_count


def test_linked_tags(montbrio: Analysis) -> None:
    at = montbrio.text.index("</OnStart>") + 3
    tags = linked_tags(montbrio, at)
    assert tags is not None
    assert [montbrio.slice(t) for t in tags] == ["OnStart", "OnStart"]
    assert linked_tags(montbrio, montbrio.text.index("<TimeDerivative") + 2) is None


@pytest.mark.parametrize(
    ("value", "label", "active"),
    [
        ("exp(|", "exp(x)", 0),
        ("max(V, exp(2)|", "max(x, y)", 1),
        ("pow(V, (1 + |", "pow(x, y)", 1),
        ("min(exp(|V), r)", "exp(x)", 0),
    ],
)
def test_signature(analysed, montbrio: Analysis, value: str, label: str, active: int) -> None:
    text = montbrio.text.replace("pi * tau * r", value)
    at = text.index("|")
    found = signature(analysed(text.replace("|", "", 1)), at)
    assert found is not None
    assert (found.label, found.active) == (label, active)


def test_no_signature_outside_calls(montbrio: Analysis) -> None:
    assert signature(montbrio, montbrio.text.index("(lorentz") + 2) is None


def test_tokens_are_in_order_and_do_not_overlap(model: Analysis) -> None:
    found = tokens(model)
    assert found
    for one, other in pairwise(found):
        assert one.span.end <= other.span.start
    assert {t.type for t in found} <= set(TYPES)


def test_inlay_hints_compute_what_the_file_says(montbrio: Analysis) -> None:
    labels = [h.label for h in hints(montbrio, 0, len(montbrio.text))]
    assert "= 0.222817 1/ms" in labels  # Delta / (pi tau) = 0.7 / pi per ms
    assert "[1/ms]" in labels


def test_inlay_hints_fold_what_is_constant(montbrio: Analysis, analysed) -> None:
    text = montbrio.text.replace("pi * tau * r", "2 * pi * tau * r * exp(1 + 1) - (-3)")
    found = {
        text[: h.offset].rsplit('"', 1)[1]: h.label for h in hints(analysed(text), 0, len(text)) if "…" not in h.label
    }
    assert found["2 * pi"] == "= 6.28319"
    assert found["2 * pi * tau * r * exp(1 + 1)"] == "= 7.38906"
    assert len([part for part in found if part.startswith("2 * pi")]) == 2


def test_what_a_variable_is_computed_from(montbrio: Analysis) -> None:
    node = call_node(montbrio, montbrio.text.index('name="pitr"') + 7)
    assert node is not None
    assert [c.node.symbol.name for c in used_by(montbrio, node.symbol)] == ["pi", "tau", "r"]
    assert [c.node.symbol.name for c in uses_of(montbrio, node.symbol)] == ["V"]


def test_formatting_is_that_of_the_command(model: Analysis, analysed) -> None:
    from rateml.diagnostics.apply import apply_edits
    from rateml.fmt import format_text

    messy = model.text.replace("    ", " ").replace('" ', '"  ')
    analysis = analysed(messy)
    assert apply_edits(messy, formatted(analysis)) == format_text(messy).text


def test_formatting_lines_leaves_the_others(analysed, montbrio: Analysis) -> None:
    from rateml.diagnostics.apply import apply_edits

    lines = montbrio.text.split("\n")
    lines[13], lines[20] = "  " + lines[13].strip(), "  " + lines[20].strip()
    edits = formatted_lines(analysed("\n".join(lines)), 14, 14)
    lines[13] = montbrio.text.split("\n")[13]
    assert apply_edits("\n".join([*lines[:13], "  " + lines[13].strip(), *lines[14:]]), edits) == "\n".join(lines)


def test_a_new_line_is_indented(analysed, montbrio: Analysis) -> None:
    at = montbrio.text.index("<OnStart>") + len("<OnStart>\n")
    text = montbrio.text[:at] + "\n" + montbrio.text[at:]
    (edit,) = indent_after(analysed(text), at)
    assert edit.text == " " * 16


def test_diagnostics_are_those_of_the_command(model: Analysis) -> None:
    assert diagnostics(model) == check_model(model.text, model.file, reader=no_includes).diagnostics
    assert fingerprint(diagnostics(model)) == fingerprint(tuple(diagnostics(model)))
