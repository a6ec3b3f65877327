"""Identifiers and spelling of the numba target."""

from __future__ import annotations

import keyword

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rateml.codegen.names import Mangler
from rateml.codegen.printers.numba import CALLS, NumbaPrinter
from rateml.ir.interp import evaluate
from rateml.syntax.expr import Binary, Call, Choose, Expr, Logic, Name, Neg, Num, Relation
from rateml.syntax.functions import FUNCTIONS
from rateml.text import Span

HERE = Span(0, 0)
PRINTER = NumbaPrinter(lambda name: name, "float64")


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
    assert set(FUNCTIONS) - {"random"} == set(CALLS)


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


def _expressions() -> st.SearchStrategy[Expr]:
    numbers = st.floats(-4, 4, allow_nan=False, width=16).map(lambda v: Num(float(v), HERE))
    leaves = numbers | st.sampled_from(["x", "y", "z"]).map(lambda n: Name(n, HERE))
    unary = sorted(n for n, f in FUNCTIONS.items() if f.arity == 1 and n not in ("random", "H", "erf", "erfc"))

    def grow(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        tests = st.builds(
            Relation, st.sampled_from(["lt", "gt", "leq", "geq", "eq", "neq"]), inner, inner, st.just(HERE)
        )
        tests = tests | st.builds(Logic, st.sampled_from(["and", "or"]), tests, tests, st.just(HERE))
        return (
            st.builds(Binary, st.sampled_from(["+", "-", "*", "/", "^"]), inner, inner, st.just(HERE))
            | st.builds(Neg, inner, st.just(HERE))
            | st.builds(lambda f, a: Call(f, (a,), HERE, HERE), st.sampled_from(unary), inner)
            | st.builds(
                lambda f, a, b: Call(f, (a, b), HERE, HERE), st.sampled_from(["min", "max", "atan2"]), inner, inner
            )
            | st.builds(Choose, tests, inner, inner, st.just(HERE))
        )

    return st.recursive(leaves, grow, max_leaves=12)


@given(_expressions(), st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))
def test_printed_text_means_what_the_oracle_computes(expr, x, y, z):
    """The printed Python, evaluated with numpy scalars, is the interpreter's value to the last bit."""
    env = {"x": np.float64(x), "y": np.float64(y), "z": np.float64(z)}

    # The float32 spelling wraps literals, so that here they can be numpy scalars: 1.0 / 0.0 is inf, not an error.
    text = NumbaPrinter(lambda name: name, "float32").spell(expr)
    with np.errstate(all="ignore"):
        ours = eval(text, {"np": np, "REAL": np.float64}, env)
        theirs = evaluate(expr, env)
    np.testing.assert_equal(np.float64(ours), np.float64(theirs))
