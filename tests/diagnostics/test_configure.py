"""Severities and suppressions."""

from __future__ import annotations

import pytest

from rateml.checks import check_model
from rateml.diagnostics import Code, Severity
from rateml.diagnostics.configure import Named, Suppression, configure
from rateml.diagnostics.severities import BadSeverity, read_severity
from rateml.syntax.suppression import suppressions
from rateml.syntax.xml import scan
from rateml.text import SourceFile, Span

_PORT = Code.UNDRIVEN_PORT.at(Span(10, 20, "m"), name="c")
_ERROR = Code.UNDEFINED_NAME.at(Span(12, 15, "m"), name="tua", place="m")


_REACH = Span(5, 25, "m")


def _suppression(*ids: str, reach: Span | None = _REACH, whole: bool = False) -> Suppression:
    named = tuple(Named(id, Span(100 + 10 * k, 106 + 10 * k, "m")) for k, id in enumerate(ids))
    return Suppression(Span(95, 200, "m"), named, reach, whole)


def _ids(*found: object) -> list[str]:
    return [d.code.id for d in configure(*found)]  # type: ignore[arg-type]  # passed on as given


def test_nothing_asked_for_changes_nothing() -> None:
    assert configure([_PORT, _ERROR]) == (_PORT, _ERROR)


@pytest.mark.parametrize("level", Severity)
def test_a_warning_takes_any_severity(level: Severity) -> None:
    (found,) = configure([_PORT], (), {Code.UNDRIVEN_PORT: level})
    assert found.severity is level


def test_off() -> None:
    assert configure([_PORT], (), {Code.UNDRIVEN_PORT: None}) == ()


def test_a_suppression_silences_its_code_in_its_tag() -> None:
    assert _ids([_PORT], [_suppression("RML601")]) == []
    assert _ids([_PORT], [_suppression("RML601", reach=Span(0, 15, "m"))]) == ["RML601", "RML691"]
    assert _ids([_PORT], [_suppression("RML602")]) == ["RML601", "RML691"]
    assert _ids([_PORT], [_suppression("RML601", reach=None, whole=True)]) == []


def test_an_error_is_not_silenced() -> None:
    found = configure([_ERROR], [_suppression("RML201")], complete=False)
    assert [d.code.id for d in found] == ["RML201", "RML691"]
    assert "cannot be compiled" in found[1].help


def test_a_useless_suppression_is_not_told_while_rules_may_be_quiet() -> None:
    assert [d.code.id for d in configure([], [_suppression("RML601")], complete=False)] == []


def test_the_order_of_files_stays() -> None:
    first = Code.UNDRIVEN_PORT.at(Span(50, 60, "b"), name="c")
    found = configure([first, _PORT], [_suppression("RML999")])
    assert [(d.code.id, d.span.file) for d in found] == [("RML601", "b"), ("RML601", "m"), ("RML690", "m")]


def test_unknown_and_missing_codes() -> None:
    found = configure([], [_suppression("RML6O1"), _suppression()])
    assert [d.code.id for d in found] == ["RML690", "RML690"]
    assert any("RML601" in d.help for d in found)


def test_severities_speak_of_suppressions_too() -> None:
    assert _ids([], [_suppression("RML999")], {Code.UNKNOWN_SUPPRESSION: None}) == []


def test_the_fix_takes_out_one_code_or_the_comment() -> None:
    one, other = configure([], [_suppression("RML601", "RML602")])
    assert one.fixes[0].edits[0].span == Span(100, 110, "m")
    assert other.fixes[0].edits[0].span == Span(106, 116, "m")
    (alone,) = configure([], [_suppression("RML601")])
    assert alone.fixes[0].edits[0].span == Span(95, 200, "m")


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("<a>\n<!-- rateml: ignore RML601 -->\n<b/>\n</a>", "<b/>"),
        ("<a>\n<!-- rateml: ignore RML601 -->\n\n<!-- more -->\n<b>\n</b></a>", "<b>"),
        ("<a>\n<b/> <!-- rateml: ignore RML601 -->\n<c/></a>", "<b/>"),
        ("<a>\n<b/> <!-- x --> <!-- rateml: ignore RML601 -->\n<c/></a>", "<b/>"),
        ("<a> <!-- rateml: ignore RML601 -->\n<c/></a>", "<a>"),
        ("<a>\n<b>\n<c/>\n</b> <!-- rateml: ignore RML601 -->\n<d/></a>", "<d/>"),
        ("<!-- rateml: ignore RML601 -->\n<a/>", "<a/>"),
        ("<a>\n<b/>\n<!-- rateml: ignore RML601 -->\n</a>", None),
        ("<a>\n<b>\n<!-- rateml: ignore RML601 -->\n</b><c/></a>", None),
        ("<a/>\n<!-- rateml: ignore RML601 -->", None),
    ],
)
def test_reach(text: str, reached: str | None) -> None:
    (found,) = suppressions(scan(SourceFile("m", text)))
    assert (found.reach and text[found.reach.start : found.reach.end]) == reached
    assert [text[n.span.start : n.span.end] for n in found.codes] == ["RML601"]


@pytest.mark.parametrize(
    ("comment", "ids"),
    [
        ("rateml: ignore RML601, RML602", ["RML601", "RML602"]),
        ("rateml:ignore-file RML601;RML602", ["RML601", "RML602"]),
        ("rateml: ignore RML601 as the paper has it", ["RML601"]),
        ("\n rateml: ignore\n  RML601\n", ["RML601"]),
        ("rateml: ignore", []),
        ("rateml: ignore everything", ["everything"]),
    ],
)
def test_codes(comment: str, ids: list[str]) -> None:
    text = f"<a><!--{comment}--></a>"
    (found,) = suppressions(scan(SourceFile("m", text)))
    assert [n.id for n in found.codes] == ids
    assert all(text[n.span.start : n.span.end] == n.id for n in found.codes)


@pytest.mark.parametrize("comment", ["rateml", "ignore RML601", "rateml: ignored RML601", "see rateml: ignore RML601"])
def test_other_comments_are_comments(comment: str) -> None:
    assert suppressions(scan(SourceFile("m", f"<a><!--{comment}--></a>"))) == ()


def test_ten_thousand_comments_take_no_time() -> None:
    text = "<Lems>" + "<!-- rateml: ignore RML601 -->" * 100_000 + "<a/></Lems>"
    checked = check_model(text)
    assert not checked.ok


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("RML601=error", Code.UNDRIVEN_PORT, Severity.ERROR),
        ("rml601 = Hint", Code.UNDRIVEN_PORT, Severity.HINT),
        ("RML601=off", Code.UNDRIVEN_PORT, None),
        ("RML201=error", Code.UNDEFINED_NAME, Severity.ERROR),
    ],
)
def test_read_severity(text: str, code: Code, level: Severity | None) -> None:
    assert read_severity(text) == (code, level)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("RML601", "CODE=LEVEL"),
        ("RML6O1=off", "did you mean"),
        ("RML601=loud", "error, warning"),
        ("RML201=off", "cannot be compiled"),
        ("RML201=warning", "cannot be compiled"),
    ],
)
def test_bad_severity(text: str, said: str) -> None:
    with pytest.raises(BadSeverity, match=said):
        read_severity(text)
