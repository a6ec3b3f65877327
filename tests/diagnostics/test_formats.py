"""What programs read: SARIF and workflow commands."""

from __future__ import annotations

import json
from dataclasses import dataclass

from rateml.diagnostics import Code, Edit, Fix, Related, Severity
from rateml.diagnostics.as_github import render_github
from rateml.diagnostics.as_sarif import render_sarif
from rateml.diagnostics.configure import configure
from rateml.text import SourceFile, Span

_TEXT = '<a>\n  <é a="😀 tua"/>\n</a>\n'
_SOURCE = SourceFile("models/my file.xml", _TEXT)
_AT = Span(_TEXT.index("tua"), _TEXT.index("tua") + 3, _SOURCE.name)
_SOURCES = {_SOURCE.name: _SOURCE}
_FAULT = Code.UNDEFINED_NAME.at(
    _AT,
    name="tua",
    place="model 'M'",
    help="did you mean 'tau'?",
    fixes=(Fix("write 'tau'", (Edit(_AT, "tau"), Edit(Span(0, 0, _SOURCE.name), "<!---->"))),),
    related=(Related(Span(0, 3, _SOURCE.name), "in here"),),
)
_WARNING = Code.UNDRIVEN_PORT.at(Span(0, 8, _SOURCE.name), name="c")


@dataclass(frozen=True)
class _Page:
    title: str = "a name is not defined"
    body: str = "Words."
    example: str = "<b/>"
    fix: str = "Define it."


def _log() -> dict[str, object]:
    log: dict[str, object] = json.loads(
        render_sarif([_WARNING, _FAULT, _FAULT], _SOURCES, "1.2.3", {"RML201": _Page()})
    )
    return log


def _region(line: int, column: int, end_line: int, end_column: int) -> dict[str, int]:
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def test_sarif_log() -> None:
    log = _log()
    assert log["version"] == "2.1.0"
    assert str(log["$schema"]).endswith("sarif-2.1.0.json")
    (run,) = log["runs"]  # type: ignore[misc]  # JSON
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["artifacts"] == [{"location": {"uri": "models/my%20file.xml"}}]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("rateml", "1.2.3")
    first, second = driver["rules"]
    assert first == {
        "id": "RML201",
        "name": "UndefinedName",
        "shortDescription": {"text": "a name is not defined"},
        "fullDescription": {"text": "Words."},
        "help": {"text": "Words.\n\nExample:\n\n<b/>\n\nFix: Define it."},
        "defaultConfiguration": {"level": "error"},
    }
    assert second["defaultConfiguration"] == {"level": "warning"}


def test_sarif_result() -> None:
    (run,) = _log()["runs"]  # type: ignore[misc]  # JSON
    warning, fault, _ = run["results"]
    assert (warning["ruleId"], warning["ruleIndex"], warning["level"]) == ("RML601", 1, "warning")
    artifact = {"uri": "models/my%20file.xml"}
    assert fault == {
        "ruleId": "RML201",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "'tua' is not defined in model 'M'\ndid you mean 'tau'?"},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": _region(2, 11, 2, 14)}}],
        "relatedLocations": [
            {
                "id": 0,
                "message": {"text": "in here"},
                "physicalLocation": {"artifactLocation": artifact, "region": _region(1, 1, 1, 4)},
            }
        ],
        "fixes": [
            {
                "description": {"text": "write 'tau'"},
                "artifactChanges": [
                    {
                        "artifactLocation": artifact,
                        "replacements": [
                            {"deletedRegion": _region(2, 11, 2, 14), "insertedContent": {"text": "tau"}},
                            {"deletedRegion": _region(1, 1, 1, 1), "insertedContent": {"text": "<!---->"}},
                        ],
                    }
                ],
            }
        ],
    }


def test_sarif_columns_count_code_points() -> None:
    """The emoji before the span is one code point and two UTF-16 units; the column says one."""
    assert _TEXT.splitlines()[1][11 - 1 :].startswith("tua")


def test_sarif_of_nothing_is_a_run_without_results() -> None:
    (run,) = json.loads(render_sarif([], _SOURCES, "1", {}))["runs"]
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []


def test_sarif_absolute_and_odd_paths() -> None:
    files = ["/tmp/a b.xml", "c:d.xml", "\udcff.xml"]
    faults = [Code.NO_ROOT.at(Span(0, 0, file)) for file in files]
    results = json.loads(render_sarif(faults, {}, "1", {}))["runs"][0]["results"]
    uris = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results]
    assert uris == ["file:///tmp/a%20b.xml", "c%3Ad.xml", "%ED%B3%BF.xml"]


def test_sarif_level_follows_the_user() -> None:
    raised = configure([_WARNING], (), {Code.UNDRIVEN_PORT: Severity.ERROR})
    run = json.loads(render_sarif(raised, _SOURCES, "1", {}))["runs"][0]
    assert run["results"][0]["level"] == "error"
    assert run["tool"]["driver"]["rules"][0]["defaultConfiguration"]["level"] == "warning"


def test_github() -> None:
    assert render_github([_FAULT], _SOURCES) == (
        "::error file=models/my file.xml,line=2,endLine=2,col=11,endColumn=14,title=RML201"
        "::'tua' is not defined in model 'M'%0Adid you mean 'tau'?\n"
    )


def test_github_of_several_lines_has_no_columns() -> None:
    assert render_github([_WARNING], _SOURCES).startswith(
        "::warning file=models/my file.xml,line=1,endLine=2,title=RML601::nothing drives"
    )


def test_github_escapes() -> None:
    fault = Code.MALFORMED_XML.at(Span(0, 0, "a,b:c%.xml"), problem="100%\r\n::error::no, it: is")
    assert render_github([fault], {}) == (
        "::error file=a%2Cb%3Ac%25.xml,title=RML001::100%25%0D%0A::error::no, it: is\n"
    )


def test_github_levels() -> None:
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "notice"}
    for severity, command in levels.items():
        (d,) = configure([_WARNING], (), {Code.UNDRIVEN_PORT: severity})
        assert render_github([d], _SOURCES).startswith(f"::{command} ")
