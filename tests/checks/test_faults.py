"""Every rule fires where it should and nowhere else.

``faults.txt`` holds cases. ``== title`` starts one; ``- line`` finds that line of ``base.xml`` and the lines
below take its place; ``<!-- ^^^ RML201 -->`` underlines what the line above it is to be blamed for, ``!``
an empty place. A case without underlines has no diagnostic at all, one called ``quiet: …`` no error or
warning: there may be advice.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rateml.checks import check_file, check_model, no_includes
from rateml.diagnostics import Code, Diagnostic, Fix, Severity

_HERE = Path(__file__).parent
_BASE = (_HERE / "base.xml").read_text(encoding="utf-8").splitlines()
_MARK = re.compile(r"<!-- *(\^+|!) (RML\d{3}) *-->")


@dataclass
class Case:
    title: str
    text: str = ""
    expected: list[tuple[str, int, int]] = field(default_factory=list)


def _cases() -> list[Case]:
    found = []
    for block in (_HERE / "faults.txt").read_text(encoding="utf-8").split("\n== ")[1:]:
        title, *lines = block.rstrip("\n").splitlines()
        found.append(_case(title, lines))
    return found


def _case(title: str, lines: list[str]) -> Case:
    swaps: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("- "):
            assert _BASE.count(line[2:]) == 1, f"{title}: no such line: {line}"
            swaps.append((line[2:], []))
        elif line:
            swaps[-1][1].append(line)
    wanted = dict(swaps)
    case = Case(title)
    out: list[str] = []
    offset = last = 0
    for base in _BASE:
        for line in wanted.get(base, [base]):
            mark = _MARK.search(line)
            if mark and line.startswith("<!--"):
                width = 0 if mark[1] == "!" else len(mark[1])
                case.expected.append((mark[2], last + mark.start(1), last + mark.start(1) + width))
            else:
                out.append(line)
                last, offset = offset, offset + len(line) + 1
    case.text = "\n".join(out) + "\n"
    return case


_CASES = _cases()


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.title)
def test_case(case: Case) -> None:
    checked = check_model(case.text, "base.xml")
    quiet = case.title.startswith("quiet: ")
    told = [d for d in checked.diagnostics if not quiet or d.severity <= Severity.WARNING]
    found = [(d.code.id, d.span.start, d.span.end) for d in told]
    shown = [(d.code.id, case.text[d.span.start : d.span.end], d.message) for d in checked.diagnostics]
    assert sorted(found) == sorted(case.expected), shown


def _apply(text: str, fix: Fix) -> str:
    for edit in sorted(fix.edits, key=lambda e: e.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def _errors(found: tuple[Diagnostic, ...]) -> Counter[Code]:
    return Counter(d.code for d in found if d.severity is Severity.ERROR)


_REPEATED_FIXES = ("RML008", "RML104")
"""Codes whose fixes are alternatives of which the first is meant for what the fixture shows."""


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.title)
def test_fixes(case: Case) -> None:
    """Each fix removes its diagnostic and brings no error of its own."""
    before = check_model(case.text, "base.xml", reader=no_includes).diagnostics
    for d in before:
        for number, fix in enumerate(d.fixes):
            text = _apply(case.text, fix)
            after = check_model(text, "base.xml", reader=no_includes).diagnostics
            assert text != case.text
            left = [a for a in after if a.code is d.code and a.message == d.message]
            same = [b for b in before if b.code is d.code and b.message == d.message]
            assert len(left) < len(same), (d.message, fix.title, text)
            if number and d.code.id in _REPEATED_FIXES:
                continue
            new = _errors(after) - _errors(before)
            assert not new, (d.message, fix.title, [(a.message, text[a.span.start : a.span.end]) for a in after])


def test_a_negative_noise_intensity_without_its_unit_is_one_fault() -> None:
    text = "\n".join(_BASE).replace('D="0 per_ms"', 'D="-1"')
    assert [d.code for d in check_model(text).diagnostics] == [Code.BARE_NUMBER]


_D = '<Parameter name="D" dimension="per_time"/>'


@pytest.mark.parametrize(
    ("old", "new", "help"),
    [
        (_D, '<Parameter name="D" dimension="per_ms"/>', "'per_ms' is a unit; its dimension is per_time"),
        (_D, _D.replace("/>", ' value="1"/>'), 'the Component gives the value: D="1"'),
        ("sin(y_j - y_i)", "heaviside(y_j - y_i)", "did you mean 'H'?"),
        ("sin(y_j - y_i)", "y_j % y_i", "the remainder is mod(a, b)"),
        (' rml:version="1.0"', "", 'write rml:version="1.0", the version of the language'),
    ],
)
def test_help(old: str, new: str, help: str) -> None:
    (fault,) = check_model("\n".join(_BASE).replace(old, new)).diagnostics
    assert fault.help.startswith(help)


def test_titles_are_unique() -> None:
    assert len({case.title for case in _CASES}) == len(_CASES)


def _too_large() -> str:
    return "<Lems>" + "é" * (2 * 1024 * 1024)


LIMITS = {
    Code.FILE_TOO_LARGE: _too_large(),
    Code.TOO_MANY_ELEMENTS: "<Lems>" + "<a/>" * 10_000 + "</Lems>",
    Code.ELEMENTS_TOO_DEEP: "<a>" * 201 + "</a>" * 201,
    Code.EXPRESSION_TOO_LONG: "x" * 20_001,
    Code.PARENTHESES_TOO_DEEP: "(" * 201 + "x" + ")" * 201,
    Code.TOO_MANY_SIGNS: "-" * 201 + "x",
    Code.NO_ROOT: "  \n",
    Code.TOO_MANY_ATTRIBUTES: "<a" + "".join(f" b{i}=''" for i in range(1001)) + "/>",
}


@pytest.mark.parametrize("code", LIMITS, ids=lambda code: code.name)
def test_limit(code: Code) -> None:
    text = LIMITS[code]
    if code.name.startswith(("EXPRESSION", "PAREN", "TOO_MANY_SIGNS")):
        text = "\n".join(_BASE).replace('value="x / tau"', f'value="{text}"')
    assert code in [d.code for d in check_model(text).diagnostics]


@pytest.mark.parametrize(
    "expression", ["(" * 200 + "x" + ")" * 200 + " / tau", "-" * 200 + "rate", "+".join(["rate"] * 4_000)]
)
def test_just_within_the_limits(expression: str) -> None:
    text = "\n".join(_BASE).replace('value="x / tau"', f'value="{expression}"')
    assert check_model(text).diagnostics == ()


def test_all_expressions_together() -> None:
    """One fault, at the expression that passes the limit, and nothing of what could not be read after it."""
    more = "".join(
        f'<DerivedVariable name="w{k}" dimension="per_time" value="{"rate + " * 2_000}rate"/>' for k in range(30)
    )
    text = "\n".join(_BASE).replace("<TimeDerivative", more + "<TimeDerivative", 1)
    (fault,) = (d for d in check_model(text).diagnostics if d.code is Code.TOO_MANY_TOKENS)
    assert text[: fault.span.start].count("<DerivedVariable") == text[: text.index('"w14"')].count("<DerivedVariable")
    assert not [
        d for d in check_model(text).diagnostics if d.severity.name == "ERROR" and d is not fault and d != fault
    ]


def test_undecodable_file(tmp_path: Path) -> None:
    path = tmp_path / "model.xml"
    path.write_bytes(b"\xef\xbb\xbf<Lems \xff/>")
    (fault,) = check_file(path).diagnostics
    assert (fault.code, fault.span.start) == (Code.UNDECODABLE, 6)


def test_every_code_has_a_firing_case() -> None:
    fired = {code for case in _CASES for code, _, _ in case.expected} | {code.id for code in LIMITS}
    # The first needs bytes, the includes files: see below and test_include.py.
    fired |= {Code.INCLUDE_UNREADABLE.id, Code.INCLUDE_FORBIDDEN.id, Code.INCLUDE_CYCLE.id}
    fired |= {Code.TOO_MANY_TOKENS.id, Code.UNDECODABLE.id, Code.UNKNOWN_SUPPRESSION.id, Code.USELESS_SUPPRESSION.id}
    # Files of the 2022 dialect have cases of their own, in tests/legacy.
    fired |= {code.id for code in Code if code.id.startswith("RML8")}
    fired |= {Code.NOT_FOR_TARGET.id}  # told by targets: see codegen_tvb/test_refusals.py
    assert {code.name for code in Code if code.id not in fired} == set()


def test_codes_are_unique() -> None:
    assert len({code.id for code in Code}) == len(Code)
