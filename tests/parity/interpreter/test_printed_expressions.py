"""The text that the numba printer makes of an expression has the value of the expression."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rateml.codegen.printers.numba import EXACT_CALLS, NumbaPrinter
from rateml.ir.interp import evaluate
from rateml.syntax.expr import Binary, Call, Choose, Expr, Logic, Name, Neg, Num, Relation
from rateml.syntax.functions import FUNCTIONS
from rateml.text import Span

NOWHERE = Span(0, 0)


def reals() -> st.SearchStrategy[Expr]:
    """Real expressions of x and y with every node and function of the language."""
    numbers = st.floats(0.0, 10.0).map(lambda v: Num(v, NOWHERE)) | st.sampled_from((-1.5, 2.0)).map(
        lambda v: Num(v, NOWHERE)
    )
    leaves: st.SearchStrategy[Expr] = st.sampled_from("xy").map(lambda n: Name(n, NOWHERE)) | numbers

    def extend(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        relation = st.builds(
            Relation, st.sampled_from(("lt", "gt", "leq", "geq", "eq", "neq")), inner, inner, st.just(NOWHERE)
        )
        logic = st.builds(Logic, st.sampled_from(("and", "or")), relation, relation, st.just(NOWHERE))
        deeper = st.builds(Logic, st.sampled_from(("and", "or")), logic, logic | relation, st.just(NOWHERE))
        call = st.sampled_from(sorted(EXACT_CALLS)).flatmap(
            lambda f: st.tuples(*[inner] * FUNCTIONS[f].arity).map(lambda args: Call(f, args, NOWHERE, NOWHERE))
        )
        return (
            inner.map(lambda e: Neg(e, NOWHERE))
            | st.builds(Binary, st.sampled_from("+-*/^"), inner, inner, st.just(NOWHERE))
            | call
            | st.builds(Choose, relation | logic | deeper, inner, inner, st.just(NOWHERE))
        )

    return st.recursive(leaves, extend, max_leaves=12)


PYTHON: dict[str, Any] = {
    "np": np,
    "math": SimpleNamespace(
        erf=lambda x: np.float64(math.erf(x)),
        erfc=lambda x: np.float64(math.erfc(x)),
    ),
    "REAL": np.float64,
    "modulo": lambda x, y: x - y * np.floor(x / y),
    "smaller": np.minimum,
    "larger": np.maximum,
    "sign": np.sign,
    "heaviside": lambda x: np.float64(0.5) * (np.sign(x) + np.float64(1.0)),
}


@settings(max_examples=300, deadline=None)
@given(expr=reals(), x=st.floats(-4.0, 4.0), y=st.floats(-4.0, 4.0))
def test_printed_expressions(expr: Expr, x: float, y: float) -> None:
    """The text of an expression, read by Python, has the value that the tree has: parentheses stand where needed.

    Numbers are wrapped as in float32 and are float64 here, so that Python divides by zero as compiled code does; in
    float64 the text differs by that wrapping alone.
    """
    text = NumbaPrinter(lambda name: name, "float32", EXACT_CALLS).spell(expr)
    env = {"x": np.float64(x), "y": np.float64(y)}
    with np.errstate(all="ignore"):
        printed = eval(text, {**PYTHON, **env})
        expected = evaluate(expr, env)
    assert printed == expected or (np.isnan(printed) and np.isnan(expected))
    bare = NumbaPrinter(lambda name: name, "float64", EXACT_CALLS).spell(expr)
    assert re.sub(r"REAL\(([^()]*)\)", r"\1", text) == bare
