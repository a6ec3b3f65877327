"""The public names, and the tree of errors."""

from __future__ import annotations

import inspect

import pytest

import rateml
from rateml import errors


def test_the_public_names_are_sorted_and_there() -> None:
    assert list(rateml.__all__) == sorted(rateml.__all__)
    assert len(set(rateml.__all__)) == len(rateml.__all__)
    assert dir(rateml) == list(rateml.__all__)
    for name in rateml.__all__:
        assert getattr(rateml, name).__doc__


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'rateml' has no attribute 'nonsense'"):
        _ = rateml.nonsense


def test_the_tree_of_errors() -> None:
    found = {
        cls.__name__: cls.__bases__[0].__name__
        for _, cls in inspect.getmembers(errors, inspect.isclass)
        if cls.__module__ == errors.__name__
    }
    assert found == {
        "RatemlError": "Exception",
        "UserError": "RatemlError",
        "ModelError": "UserError",
        "UsageError": "UserError",
        "StoreError": "UserError",
        "EngineUnavailable": "RatemlError",
        "InternalError": "RatemlError",
    }
    assert all(name in (errors.__doc__ or "") for name in found)
    assert all(issubclass(getattr(errors, name), rateml.RatemlError) for name in found)


def test_open_is_the_reader_of_stores() -> None:
    assert rateml.open.__module__ == "rateml.results.read"
