"""``docs/language.md`` is up to date, and its examples hold."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest
from loading import load_file
from rateml_schema import catalogue

from rateml.checks import check_model
from rateml.checks.pages import pages
from rateml.diagnostics import Severity
from rateml.fmt import format_text
from rateml.syntax.functions import FUNCTIONS

_DOCS = Path(__file__).parents[2] / "docs"
_TEXT = (_DOCS / "language.md").read_text(encoding="utf-8")
_FRAME = (_DOCS / "source" / "language.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_file("write_language", _DOCS / "source" / "write_language.py")


def test_it_is_up_to_date(script: ModuleType) -> None:
    assert script.written() == _TEXT, "run make docs"


def _examples(text: str) -> list[str]:
    return re.findall(r"^```xml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("example", _examples(_TEXT), ids=lambda example: example.split("\n")[0][:60])
def test_every_xml_example_parses(example: str, script: ModuleType) -> None:
    assert script.readable(example)


@pytest.mark.parametrize(
    "example", [e for e in _examples(_TEXT.partition("\n## Diagnostics")[0]) if e.startswith("<Lems")]
)
def test_complete_examples_are_canonical_models_without_faults(example: str) -> None:
    assert [d.message for d in check_model(example).diagnostics if d.severity < Severity.INFORMATION] == []
    assert format_text(example).text == example


_COMPLETE = {code: page.example for code, page in pages().items() if "</Lems>" in page.example}


@pytest.mark.parametrize("code", _COMPLETE)
def test_complete_examples_of_rules_fire(code: str) -> None:
    assert code in [d.code.id for d in check_model(_COMPLETE[code]).diagnostics]


def test_everything_is_in_it() -> None:
    for name in (*FUNCTIONS, *catalogue().elements):
        assert re.search(rf"`{name}\(|^### {name}$", _TEXT, re.MULTILINE), name
    for page in pages().values():
        assert f"#### {page.code}: " in _TEXT


def test_links_lead_somewhere() -> None:
    titles = {
        re.sub(r"[^\w -]", "", t).lower().replace(" ", "-") for t in re.findall(r"^#+ (.*)$", _TEXT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", _TEXT)) <= titles
