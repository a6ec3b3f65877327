"""Every quirk of the 2022 dialect: what is told of it, where exactly, and what it becomes.

``quirks.txt`` holds cases. ``== title`` starts one; ``- line`` finds that line of ``base.xml`` and the lines below
take its place; ``<!-- ^^^ RML813 -->`` underlines what the line above it is to be told for; ``> line`` is a line that
the new file must have. Nothing but what is underlined is told, hints and the note that the file is old aside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rateml.checks import Checked, check_model
from rateml.diagnostics import Code, Severity
from rateml.diagnostics.severities import CODES
from rateml.fmt import format_text
from rateml.ir.lower import lower
from rateml.ir.show import show
from rateml.legacy import is_old, migrate
from rateml.syntax.xml import scan
from rateml.text import SourceFile

_HERE = Path(__file__).parent
_BASE = (_HERE / "base.xml").read_text(encoding="utf-8").splitlines()
_MARK = re.compile(r"<!-- *(\^+) (RML\d{3}) *-->")


@dataclass
class Case:
    title: str
    text: str = ""
    expected: list[tuple[str, int, int]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def _cases() -> list[Case]:
    blocks = (_HERE / "quirks.txt").read_text(encoding="utf-8").split("\n== ")[1:]
    return [_case(*block.rstrip("\n").splitlines()) for block in blocks]


def _case(title: str, *lines: str) -> Case:
    case = Case(title)
    swaps: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        if line.startswith("> "):
            case.lines.append(line[2:])
        elif line.startswith("- "):
            assert [b.strip() for b in _BASE].count(line[2:]) == 1, f"{title}: no such line: {line}"
            current = swaps.setdefault(line[2:], [])
        elif line and line != "<!-- gone -->":
            current.append(line)
    out: list[str] = []
    offset = last = 0
    for base in _BASE:
        for line in swaps.get(base.strip(), [base]):
            mark = _MARK.search(line)
            if mark and line.startswith("<!--"):
                case.expected.append((mark[2], last + mark.start(1), last + mark.end(1)))
            else:
                out.append(line)
                last, offset = offset, offset + len(line) + 1
    case.text = "\n".join(out) + "\n"
    return case


_CASES = _cases()


def _shown(checked: Checked) -> list[tuple[str, str, str]]:
    return [(d.code.id, checked.source.slice(d.span), d.message) for d in checked.diagnostics]


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.title)
def test_case(case: Case) -> None:
    checked = check_model(case.text, "base.xml")
    assert checked.migrated
    told = [d for d in checked.diagnostics if d.severity is not Severity.HINT and d.code is not Code.OLD_DIALECT]
    assert sorted((d.code.id, d.span.start, d.span.end) for d in told) == sorted(case.expected), _shown(checked)
    assert not [d for d in checked.diagnostics if d.fixes], "fixes are for the text of the new file"
    new = migrate(scan(SourceFile("base.xml", case.text))).text
    lines = [line.strip() for line in format_text(new).text.splitlines()]
    for line in case.lines:
        assert lines.count(line) == 1, new
    assert case.lines or not checked.ok or all(d.severity > Severity.ERROR for d in told)


_SOUND = [c for c in _CASES if all(CODES[code].severity is not Severity.ERROR for code, _, _ in c.expected)]


@pytest.mark.parametrize("case", _SOUND, ids=lambda case: case.title)
def test_what_is_written_is_the_model_that_was_checked(case: Case) -> None:
    """It has only the warnings of the old file, is not old any more, and the formatter leaves it alone."""
    old = check_model(case.text, "base.xml")
    text = format_text(migrate(scan(SourceFile("base.xml", case.text))).text).text
    new = check_model(text, "base.xml")
    assert new.ok
    assert not new.migrated
    assert not is_old(scan(SourceFile("base.xml", text)))
    allowed = {Code.UNDRIVEN_PORT.id, Code.SOURCE_FREE_PRE.id} & {code for code, _, _ in case.expected}
    assert {d.code.id for d in new.diagnostics if d.severity is Severity.WARNING} <= allowed
    assert format_text(text).text == text
    assert old.model is not None
    assert new.model is not None
    assert show(lower(old.model)) == show(lower(new.model))


def test_every_code_of_the_dialect_has_a_firing_case() -> None:
    fired = {code for case in _CASES for code, _, _ in case.expected} | {Code.OLD_DIALECT.id}
    assert {c.id for c in Code if "RML800" < c.id < "RML850"} <= fired


def test_titles_are_unique() -> None:
    assert len({case.title for case in _CASES}) == len(_CASES)


def test_a_file_that_is_not_well_formed_is_told_as_such() -> None:
    text = "\n".join(_BASE).replace("-y + gate", "-y &mu_V gate")
    checked = check_model(text)
    assert [(d.code, checked.source.slice(d.span)) for d in checked.diagnostics] == [(Code.RAW_CHARACTER, "&")]


@pytest.mark.parametrize("added", ['xmlns:rml="urn:rateml:1" rml:version="1.0"'])
def test_a_file_of_rateml_1_is_not_old(added: str) -> None:
    text = "\n".join(_BASE).replace("<Lems", f"<Lems {added}")
    assert not check_model(text).migrated


def test_comments_silence_what_is_told() -> None:
    text = "\n".join(_BASE)
    loud = text.replace("-y + gate", "-y + 1 / 2 * gate")
    assert Code.OLD_INTEGER_DIVISION in {d.code for d in check_model(loud).diagnostics}
    quiet = loud.replace('<TimeDerivative variable="dy"', '<!-- rateml: ignore RML813 --><TimeDerivative variable="dy"')
    quiet = quiet.replace("<Lems", "<!-- rateml: ignore-file RML801 --><Lems")
    assert check_model(quiet).diagnostics == ()
