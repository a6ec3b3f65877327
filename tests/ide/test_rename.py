"""Renaming everything in every shipped model: it stays without a fault, and back again it is the old text."""

from __future__ import annotations

import pytest

from rateml.checks import check_model, no_includes
from rateml.diagnostics import Severity
from rateml.diagnostics.apply import apply_edits
from rateml.ide import Analysis
from rateml.ide.names import declaration_of, occurrences
from rateml.ide.rename import Refused, prepare_rename, rename

FREE = {"_i": "fresh_name_i", "_j": "fresh_name_j"}


def _errors(text: str) -> list[str]:
    return [
        f"{d.code.id} {d.message}"
        for d in check_model(text, reader=no_includes).diagnostics
        if d.severity is Severity.ERROR
    ]


def _rename_everything(model: Analysis, analysed) -> None:
    assert model.model is not None
    done = 0
    refused: list[tuple[str, str]] = []
    for symbol in sorted({o.symbol for o in occurrences(model.model)}):
        declared = declaration_of(model.model, symbol)
        if declared is None:
            continue
        owner = model.model.type(symbol.owner)
        ending = symbol.name[-2:] if symbol.kind == "requirement" and owner and owner.role == "coupling" else ""
        name = "fresh_name" + (ending if ending in ("_i", "_j") else "")
        start = declared.span.start
        try:
            edits = rename(model, start, name)
        except Refused as reason:
            refused.append((symbol.name, str(reason)))
            continue
        text = apply_edits(model.text, edits)
        assert not _errors(text), (symbol, _errors(text)[:3])
        done += 1
        if not any("rml:bind" in e.text or ";" in e.text for e in edits):
            moved = start + sum(len(e.text) - (e.span.end - e.span.start) for e in edits if e.span.end <= start)
            assert apply_edits(text, rename(analysed(text), moved, symbol.name)) == model.text
    assert done > 5
    assert all(name in reason for name, reason in refused)


def test_every_name_can_be_changed_or_says_why_not(analysed, shipped) -> None:
    for name in ("montbrio.xml", "kuramoto.xml"):
        _rename_everything(analysed(shipped(name), name), analysed)


@pytest.mark.long
def test_every_name_of_every_model_can_be_changed(model: Analysis, analysed) -> None:
    _rename_everything(model, analysed)


def test_a_bound_variable_stays_bound(montbrio: Analysis) -> None:
    at = montbrio.text.index('name="r" dimension="per_time" exposure')
    text = apply_edits(montbrio.text, rename(montbrio, at + 6, "rate"))
    assert 'rml:bind="r=rate"' in text
    assert '<Exposure name="rate"' in text
    assert "2 * V * rate" in text
    assert 'value="r_j"' in text
    assert not _errors(text)


def test_an_end_of_a_connection_keeps_its_ending(montbrio: Analysis) -> None:
    at = montbrio.text.index('name="r_j"') + 6
    with pytest.raises(Refused, match="must end in _j"):
        rename(montbrio, at, "rate")
    text = apply_edits(montbrio.text, rename(montbrio, at, "x_j"))
    assert 'rml:bind="x=r"' in text
    assert not _errors(text)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("2x", "not a name"), ("exp", "reserved"), ("V", "already declared"), ("t", "reserved"), ("", "not a name")],
)
def test_names_that_cannot_be(montbrio: Analysis, name: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        rename(montbrio, montbrio.text.index("J * tau"), name)


def test_what_is_offered_to_change(montbrio: Analysis) -> None:
    at = montbrio.text.index("J * tau")
    found = prepare_rename(montbrio, at)
    assert (found.name, montbrio.slice(found.span)) == ("J", "J")
    with pytest.raises(Refused, match="built in"):
        prepare_rename(montbrio, montbrio.text.index('dimension="none"') + 11)
    with pytest.raises(Refused, match="no name"):
        prepare_rename(montbrio, montbrio.text.index("heun"))
    with pytest.raises(Refused, match="meaning of its own"):
        prepare_rename(montbrio, montbrio.text.index("G * gx") + 4)
