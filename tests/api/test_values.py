"""Numbers of Python as the text of options."""

from __future__ import annotations

import numpy as np
import pytest

from rateml.api.values import quantity
from rateml.errors import UsageError


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("5 ms", "5 ms"),
        (3, "3.0"),
        (0.1, "0.1"),
        (1e-30, "1e-30"),
        (np.float64(0.1), "0.1"),
        (np.float32(0.05), "0.05"),
        (np.array(0.05, np.float32), "0.05"),
        (np.int64(2), "2.0"),
        (True, "1.0"),
        (float("inf"), "inf"),
    ],
)
def test_a_number_is_the_decimal_that_it_shows(given: object, text: str) -> None:
    assert quantity(given, "dt") == text


@pytest.mark.parametrize("given", [None, 1j, np.array(1j), np.ones(2), [1.0]])
def test_what_is_no_number(given: object) -> None:
    with pytest.raises(UsageError, match=r"^dt: give a number in base units or text with a unit, such as '10 ms', not"):
        quantity(given, "dt")
