"""The catalogue is what the schema says, and the schema says enough."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import xmlschema
from loading import load_file
from rateml_schema import Element, catalogue

_SCRIPT = Path(__file__).parents[2] / "schema" / "write_catalogue.py"
_ELEMENTS = list(catalogue().elements.values())


def test_the_catalogue_is_up_to_date() -> None:
    script = load_file("write_catalogue", _SCRIPT)
    kept = (_SCRIPT.parent / "rateml_schema" / "catalogue.json").read_text(encoding="utf-8")
    assert kept == script.written(), "run make docs"


@pytest.mark.parametrize("element", _ELEMENTS, ids=lambda element: element.name)
def test_everything_is_documented_with_an_example(element: Element) -> None:
    assert element.documentation.endswith(".")
    assert f"<{element.name}" in element.example
    for attribute in element.attributes.values():
        assert attribute.documentation.endswith("."), attribute.name
        assert attribute.example.startswith(f'{attribute.name}="'), attribute.name
        assert attribute.value.type or attribute.value.value or attribute.value.choices


def test_the_order_of_the_schema_is_that_of_lems() -> None:
    order = {
        "Lems": "Include Dimension Unit ComponentType Component",
        "ComponentType": "Parameter DerivedParameter Constant Child Exposure Requirement Dynamics",
        "Dynamics": "StateVariable DerivedVariable ConditionalDerivedVariable TimeDerivative OnStart OnCondition",
    }
    for name, children in order.items():
        assert catalogue().elements[name].children == tuple(children.split())


def test_choices_required_and_types() -> None:
    types = catalogue().elements["ComponentType"].attributes
    assert types["rml:role"].value.choices == ("model", "coupling", "function")
    assert types["rml:role"].required
    assert not types["rml:dt"].required
    assert types["rml:dt"].value.type == "rml:quantity"
    assert catalogue().types["Quantity"].value


def test_a_second_validator_agrees_on_the_shipped_models(shipped_models: dict[str, Path]) -> None:
    schema = xmlschema.XMLSchema10(str(_SCRIPT.parent / "rateml_schema" / "rateml-1.xsd"))
    for path in shipped_models.values():
        assert schema.is_valid(str(path))
        broken = (
            path.read_text(encoding="utf-8").replace("<Dynamics>", "<Dynamic>").replace("</Dynamics>", "</Dynamic>")
        )
        assert not schema.is_valid(broken)


def test_reading_it_takes_the_standard_library_only() -> None:
    code = "import sys, rateml_schema; rateml_schema.catalogue(); assert not {'lxml', 'xmlschema'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)
