"""What a terminal and a program get to see."""

from __future__ import annotations

import json

from rateml.diagnostics import Code, Related, rename
from rateml.diagnostics.as_json import render_json
from rateml.diagnostics.render import render_text, summary
from rateml.text import SourceFile, Span

_SOURCE = SourceFile("m.xml", 'first\n\t<é a="😀 tua"/>\nlast\n')
_AT = Span(_SOURCE.text.index("tua"), _SOURCE.text.index("tua") + 3, "m.xml")
_FAULT = Code.UNDEFINED_NAME.at(
    _AT,
    name="tua",
    place="model 'M'",
    help="did you mean 'tau'?",
    fixes=rename(_AT, "tua", ["tau"]),
    related=(Related(Span(0, 5, "m.xml"), "declared here"),),
)


def test_text() -> None:
    assert render_text([_FAULT], {"m.xml": _SOURCE}) == (
        "error[RML201]: 'tua' is not defined in model 'M'\n"
        " --> m.xml:2:10\n"
        "  |\n"
        '2 |     <é a="😀 tua"/>\n'
        "  |              ^^^\n"
        "  = note: declared here\n"
        " --> m.xml:1:1\n"
        "  |\n"
        "1 | first\n"
        "  | ^^^^^\n"
        "  = help: did you mean 'tau'?\n"
        "\n"
        "1 error\n"
    )


def test_color_only_adds_escapes() -> None:
    colored = render_text([_FAULT], {"m.xml": _SOURCE}, color=True)
    assert "\x1b[1;31m^^^\x1b[0m" in colored


def _excerpt(text: str, span: Span, *related: Related) -> list[str]:
    """What stands under the heading and the place."""
    source = SourceFile("m.xml", text)
    fault = Code.MALFORMED_XML.at(span, problem="p", related=related)
    return render_text([fault], {"m.xml": source}).splitlines()[3:-2]


def test_a_span_of_several_lines_shows_the_first_and_the_last() -> None:
    assert _excerpt("first\n  second\n", Span(2, 11, "m.xml")) == [
        "1 | first",
        "  |   ^^^ from here",
        "2 |   second",
        "  |   ^^^ to here",
    ]
    assert _excerpt("one\n\nlast\n", Span(0, 9, "m.xml")) == [
        "1 | one",
        "  | ^^^ from here",
        "...",
        "3 | last",
        "  | ^^^^ to here",
    ]


def test_a_line_break_at_the_end_is_not_a_second_line() -> None:
    assert _excerpt("one\ntwo\n", Span(0, 4, "m.xml")) == ["1 | one", "  | ^^^"]


def test_related_places_of_the_same_line_are_marked_in_it() -> None:
    related = (Related(Span(0, 1, "m.xml"), "a time"), Related(Span(8, 9, "m.xml"), "a voltage"))
    assert _excerpt("a + b + c", Span(4, 5, "m.xml"), *related) == [
        "1 | a + b + c",
        "  | -   ^   - a voltage",
        "  | |",
        "  | a time",
    ]


def test_three_labels_under_one_line() -> None:
    related = tuple(Related(Span(at, at + 2, "m.xml"), f"no {at}") for at in (0, 6))
    assert _excerpt("ab cd ef gh", Span(9, 11, "m.xml"), *related) == [
        "1 | ab cd ef gh",
        "  | --    -- ^^",
        "  | |     |",
        "  | |     no 6",
        "  | |",
        "  | no 0",
    ]


def test_a_related_place_inside_the_span_is_a_note() -> None:
    assert _excerpt("a + b", Span(0, 5, "m.xml"), Related(Span(4, 5, "m.xml"), "this")) == [
        "1 | a + b",
        "  | ^^^^^",
        "  = note: this",
        " --> m.xml:1:5",
        "  |",
        "1 | a + b",
        "  |     ^",
    ]


def test_wide_characters_and_tabs_before_and_in_the_span() -> None:
    assert _excerpt("\t世界 x", Span(1, 3, "m.xml")) == ["1 |     世界 x", "  |     ^^^^"]
    assert _excerpt("é\t\u0301x", Span(3, 4, "m.xml")) == ["1 | é   \u0301x", "  |     ^"]


def test_a_long_line_is_cut_around_the_span() -> None:
    line, marks = _excerpt("a" * 500 + "X" + "b" * 500, Span(500, 501, "m.xml"))
    assert len(line) < 180
    assert line[marks.index("^")] == "X"
    assert line.startswith("1 | …")
    assert line.endswith("…")


def test_a_related_place_outside_the_cut_is_a_note() -> None:
    found = _excerpt("a" * 1000, Span(500, 501, "m.xml"), Related(Span(0, 1, "m.xml"), "far"))
    assert "  = note: far" in found


def test_a_file_that_is_not_at_hand_is_only_named() -> None:
    fault = Code.MALFORMED_XML.at(Span(5, 5, "other.xml"), problem="p")
    assert " --> other.xml\n" in render_text([fault], {})


def test_an_empty_span_has_one_caret() -> None:
    fault = Code.MALFORMED_XML.at(Span(5, 5, "m.xml"), problem="p")
    assert "  |      ^\n" in render_text([fault], {"m.xml": _SOURCE})


def test_text_from_the_file_cannot_steer_the_terminal() -> None:
    source = SourceFile("m.xml", "\x1b[2Jx")
    fault = Code.MALFORMED_XML.at(Span(4, 5, "m.xml"), problem="\x1b[2J")
    assert "\x1b" not in render_text([fault], {"m.xml": source})


def test_json() -> None:
    (found,) = json.loads(render_json([_FAULT], {"m.xml": _SOURCE}))
    assert found["code"] == "RML201"
    assert found["severity"] == "error"
    assert found["range"]["start"] == {"line": 2, "column": 10, "offset": _AT.start}
    assert found["fixes"][0]["edits"][0]["text"] == "tau"
    assert found["related"][0]["message"] == "declared here"


def test_summary() -> None:
    warning = Code.UNDRIVEN_PORT.at(_AT, name="c")
    assert summary([_FAULT, _FAULT, warning]) == "2 errors, 1 warning"
    assert summary([]) == "no errors"
