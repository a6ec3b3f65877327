"""What a terminal and a program get to see."""

from __future__ import annotations

import json

from rateml.diagnostics import Code, Related, rename
from rateml.diagnostics.render import render_json, render_text, summary
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


def test_a_span_of_several_lines_shows_its_first() -> None:
    fault = Code.MALFORMED_XML.at(Span(2, 20, "m.xml"), problem="p")
    assert "1 | first\n  |   ^^^\n" in render_text([fault], {"m.xml": _SOURCE})


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
