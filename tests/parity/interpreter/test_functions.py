"""Every function of the language and random expressions, in generated code."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rateml.ir.show import show_expr
from rateml.syntax.expr import Binary, Call, Expr, Name, Neg, Num
from rateml.syntax.functions import FUNCTIONS, JUMPS
from rateml.text import Span

NOWHERE = Span(0, 0)

UNARY = [name for name, f in FUNCTIONS.items() if f.arity == 1 and name != "random"]
BINARY = [name for name, f in FUNCTIONS.items() if f.arity == 2]
BY_HAND = [
    "x^2", "x^3", "x^8", "x^9", "x^0.5", "x^(-1)", "x^-2", "2^x", "y^x", "-x^2", "y * -x^2", "(x + y)^4", "(-x)^3",
    "1 / x", "x / y / 4", "x - y - 1", "x - (y - 1)", "x / (y / 4)", "x * (y + 2) / 3", "-(-x)", "x - -y", "1 / 2 + x",
    "0 / x", "1 / (0 * x)", "sqrt(x) * sqrt(y)", "exp(710 * y)", "min(x, 0 / x)", "max(0 / x, y)", "abs(-x)",
]  # fmt: skip


def expressions(count: int) -> list[str]:
    """Random expressions of x and y in the language's own notation, always the same."""
    rng = np.random.Generator(np.random.PCG64(2))
    leaves: list[Expr] = [Name("x", NOWHERE), Name("y", NOWHERE), *(Num(v, NOWHERE) for v in (0.5, 2.0, 3.0, 0.1))]

    def leaf() -> Expr:
        return leaves[rng.integers(len(leaves))]

    def make(depth: int) -> Expr:
        kind = rng.integers(4) if depth else 0
        if kind == 0:
            return leaf()
        if kind == 1:
            return Neg(make(depth - 1), NOWHERE)
        if kind == 2:
            op = "+-*/^"[rng.integers(5)]
            return Binary(op, make(depth - 1), make(depth - 1), NOWHERE)  # type: ignore[arg-type]
        func = str(rng.choice(UNARY + BINARY))
        below = 0 if func in JUMPS else depth - 1
        return Call(func, tuple(make(below) for _ in range(FUNCTIONS[func].arity)), NOWHERE, NOWHERE)

    return [show_expr(make(4)) for _ in range(count)]


def functions_model() -> str:
    values = [f"{name}(x)" for name in UNARY] + [f"{name}(x, y)" for name in BINARY] + BY_HAND + expressions(30)
    exposures = "".join(f'<Exposure name="f{k}" dimension="none"/>\n' for k in range(len(values)))
    variables = "".join(
        f'<DerivedVariable name="f{k}" dimension="none" exposure="f{k}" value="{value}"/>\n'
        for k, value in enumerate(values)
    )
    return f"""<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">
<Dimension name="per_time2" t="-2"/>
<ComponentType name="Functions" rml:role="model" rml:dt="1 ms" rml:scheme="euler">
<Constant name="MSEC" dimension="time" value="1 ms"/>
{exposures}<Dynamics><StateVariable name="x" dimension="none"/><StateVariable name="y" dimension="none"/>
{variables}<TimeDerivative variable="x" value="0.25 / MSEC"/><TimeDerivative variable="y" value="0 * y / MSEC"/>
</Dynamics></ComponentType>
<Component id="one" type="Functions"/></Lems>
"""


@pytest.mark.long
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_functions(against_interpreter: Callable[..., Any], precision: str) -> None:
    """Every function of the language and 30 random expressions, at 0, at poles and outside domains too.

    The arguments are the same numbers in both precisions. Values beyond float32 are infinite there.
    """
    start = {"x": np.array([[-3.25, -1.0, -0.25, 0.25, 1.5]]), "y": np.array([[2.0, -0.5, 0.25, 3.0, 1.0]])}
    text = functions_model()
    run = against_interpreter(text, steps=6, precision=precision, past=start)
    for k, name in enumerate(run.names):
        ours, oracle = run.ours[:, k], run.oracle[:, k]
        value = re.findall(rf'exposure="{name}" value="([^"]*)"', text)[0]
        if precision == "float32":
            oracle = np.where(np.abs(oracle) > np.finfo("f4").max, np.copysign(np.inf, oracle), oracle)
        with np.errstate(over="ignore"):
            tolerance = {"rtol": run.allowed, "atol": 1e-15 if precision == "float64" else 1e-6}
            np.testing.assert_allclose(ours, oracle, equal_nan=True, err_msg=value, **tolerance)
