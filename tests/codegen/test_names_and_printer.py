"""Identifiers and spelling of the numba target."""

from __future__ import annotations

import keyword

import pytest

from rateml.codegen.names import Mangler
from rateml.codegen.printers.numba import EXACT_CALLS, NumbaPrinter, lane_calls
from rateml.syntax.expr import Binary, Name, Neg, Num
from rateml.syntax.functions import FUNCTIONS
from rateml.text import Span

HERE = Span(0, 0)
PRINTER = NumbaPrinter(lambda name: name, "float64", EXACT_CALLS)


def test_mangler_never_gives_two_names_one_identifier():
    mangle = Mangler({"t", "np"}, r"k[1-4]_\d+")
    names = ["a.b", "a_b", "a@b", "t", "np", "lambda", "k1_0", "k1_0_", "x"]
    made = [mangle(name) for name in names]
    assert len(set(made)) == len(names)
    assert made[-1] == "x"
    assert all(m.isidentifier() and not keyword.iskeyword(m) for m in made)
    assert not {"t", "np", "k1_0"} & set(made)
    assert [mangle(name) for name in names] == made


def test_every_function_but_random_has_a_spelling():
    assert set(FUNCTIONS) - {"random"} == set(EXACT_CALLS) == set(lane_calls(32))


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (Neg(Binary("^", Name("x", HERE), Num(2.5, HERE), HERE), HERE), "-x ** 2.5"),
        (Binary("^", Neg(Name("x", HERE), HERE), Num(3.0, HERE), HERE), "(-x) ** 3.0"),
        (Binary("-", Name("a", HERE), Binary("-", Name("b", HERE), Name("x", HERE), HERE), HERE), "a - (b - x)"),
        (Binary("/", Name("a", HERE), Binary("*", Name("b", HERE), Name("x", HERE), HERE), HERE), "a / (b * x)"),
        (Binary("*", Num(-2.0, HERE), Name("x", HERE), HERE), "-2.0 * x"),
        (Binary("^", Num(-2.0, HERE), Num(2.0, HERE), HERE), "(-2.0) ** 2.0"),
    ],
)
def test_parentheses_keep_the_shape(expr, text):
    assert PRINTER.spell(expr) == text
