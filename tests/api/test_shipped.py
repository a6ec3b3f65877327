"""The shipped models by name."""

from __future__ import annotations

import pytest

import rateml


def test_a_shipped_model_is_a_file_that_holds() -> None:
    path = rateml.shipped_model("montbrio")
    assert path.name == "montbrio.xml"
    assert rateml.check(path).ok


def test_another_name_is_told_with_the_nearest() -> None:
    with pytest.raises(rateml.UserError, match=r"there is no model 'montbrjo'; did you mean 'montbrio'\?"):
        rateml.shipped_model("montbrjo")
