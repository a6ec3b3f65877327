"""The shipped models are without fault, for us and for an independent validator."""

from __future__ import annotations

from importlib.resources import as_file, files

import pytest
import xmlschema

from rateml.checks import check_model
from rateml.checks.registry import RULES
from rateml.checks.vocabulary import vocabulary

_MODELS = ("kuramoto", "montbrio", "epileptor")


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


def test_every_rule_is_documented() -> None:
    for rule in RULES:
        assert rule.__doc__, rule.__name__
        assert len(rule.__doc__.splitlines()) > 2, rule.__name__
