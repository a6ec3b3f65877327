"""Settings: what is read of them, and what is told of those that cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rateml_lsp.settings import Settings, read_settings

from rateml.diagnostics import Code, Severity


def test_nothing_is_the_default() -> None:
    assert read_settings(None) == read_settings({}) == read_settings({"rateml": {}}) == Settings()


def test_all_of_them() -> None:
    data = {
        "severity": {"RML601": "off", "RML610": "error"},
        "inlayHints": False,
        "theme": "dark",
        "connectome": "tvb:68",
    }
    found = read_settings({"rateml": {**data, "interpreter": ["python"], "logLevel": "debug"}})
    assert found.severities == {Code.UNDRIVEN_PORT: None, Code.UNUSED_NAME: Severity.ERROR}
    assert (found.inlay_hints, found.code_lenses, found.theme, found.connectome) == (False, True, "dark", "tvb:68")
    assert not found.faults


def test_those_of_the_extension_as_it_brings_them_are_known() -> None:
    package = Path(__file__).parents[2] / "vscode-extension" / "package.json"
    data: dict[str, Any] = {}
    for key, setting in json.loads(package.read_text())["contributes"]["configuration"]["properties"].items():
        section, *inner = key.removeprefix("rateml.").split(".")
        data[section] = {inner[0]: setting["default"]} if inner else setting["default"]
    assert "requirement" in data
    assert read_settings({"rateml": data}) == Settings()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"severity": {"RML999": "off"}}, "there is no diagnostic 'RML999'"),
        ({"severity": {"RML201": "hint"}}, "RML201 cannot be 'hint'"),
        ({"severity": ["RML201"]}, "write an object"),
        ({"inlayHints": "yes"}, "rateml.inlayHints is true or false"),
        ({"theme": "blue"}, "rateml.theme is"),
        ({"connectome": 68}, "rateml.connectome is a text"),
        ({"colour": 1}, "there is no setting 'colour'"),
        (["x"], "must be an object"),
    ],
)
def test_what_cannot_be_used_is_told_and_the_rest_holds(data: object, fault: str) -> None:
    found = read_settings(data)
    assert len(found.faults) == 1
    assert fault in found.faults[0]
    assert found.worker
