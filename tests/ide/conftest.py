"""Texts with a cursor ``|``, and the shipped models as a workspace sees them."""

from __future__ import annotations

from importlib.resources import files

import pytest

from rateml.ide import Analysis, Workspace

MODELS = tuple(sorted(p.name for p in (files("rateml") / "models").iterdir() if p.name.endswith(".xml")))


def shipped(name: str) -> str:
    return (files("rateml") / "models" / name).read_text(encoding="utf-8")


def analysed(text: str, file: str = "model.xml") -> Analysis:
    found = Workspace().with_text(file, text).analysis(file)
    assert found is not None
    return found


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> Analysis:
    """Each shipped model in turn."""
    return analysed(shipped(request.param), request.param)


@pytest.fixture
def montbrio() -> Analysis:
    return analysed(shipped("montbrio.xml"), "montbrio.xml")


@pytest.fixture(name="analysed")
def _analysed() -> object:
    return analysed


@pytest.fixture(name="shipped")
def _shipped() -> object:
    return shipped
