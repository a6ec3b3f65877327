"""The shipped models are without fault, for us and for an independent validator."""

from __future__ import annotations

from importlib.resources import as_file, files

import pytest
import xmlschema

from rateml.checks import check_model
from rateml.checks.pages import pages, read_pages
from rateml.checks.registry import RULES
from rateml.checks.vocabulary import vocabulary
from rateml.diagnostics import Code

_MODELS = sorted(path.name[:-4] for path in (files("rateml") / "models").iterdir() if path.name.endswith(".xml"))


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    with as_file(files("rateml_schema")) as folder:
        return xmlschema.XMLSchema(str(folder / "rateml-1.xsd"))


@pytest.mark.parametrize("name", _MODELS)
def test_shipped_model(name: str, schema: xmlschema.XMLSchema) -> None:
    text = (files("rateml") / "models" / f"{name}.xml").read_text(encoding="utf-8")
    assert check_model(text, name).diagnostics == ()
    schema.validate(text)


def test_vocabulary_is_the_schema(schema: xmlschema.XMLSchema) -> None:
    for element in schema.iter_components(xmlschema.XsdElement):
        entry = vocabulary()[element.local_name]
        names = {n.replace("{urn:rateml:1}", "rml:") for n in element.attributes if n is not None}
        assert names == set(entry.attributes)


def test_every_code_has_a_page() -> None:
    found = pages()
    assert [code.id for code in Code if code.id not in found] == []
    assert [id for id in found if id not in {code.id for code in Code}] == []
    for page in found.values():
        for part in (page.title, page.body, page.example, page.fix):
            assert part.strip(), page.code
        assert len(page.title) < 100, page.code


@pytest.mark.parametrize(
    "text", ["RML999: no example.\n\nBody.\n\nFix: it.", "RML999: no fix.\n\nBody.\n\nExample::\n\n    x"]
)
def test_a_page_without_a_section_is_no_page(text: str) -> None:
    assert list(read_pages(text)) == []


def test_one_rule_per_file() -> None:
    assert len({rule.__module__ for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.__module__ == f"rateml.checks.{rule.__name__}"
        assert rule.__doc__, rule.__name__
