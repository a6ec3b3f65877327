"""Expressions mean what Python's arithmetic means by the equivalent text."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from rateml.ir.interp import evaluate, holds
from rateml.ir.show import show_expr
from rateml.syntax.expr import Choose, Expr
from rateml.syntax.functions import FUNCTIONS
from rateml.syntax.parser import parse_expr

_NAMES = {"a": 0.7, "b": -1.3, "c": 2.1, "x_1": 0.4}
_SCOPE = {
    **_NAMES,
    **{f: getattr(np, f) for f in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "abs", "ceil")},
    **{f: getattr(np, f) for f in ("floor", "sign")},
    "ln": np.log,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "erf": lambda x: np.float64(math.erf(x)),
    "erfc": lambda x: np.float64(math.erfc(x)),
    "H": lambda x: x if math.isnan(x) else np.float64((x > 0) + 0.5 * (x == 0)),
    "min": np.minimum,
    "max": np.maximum,
    "pow": np.power,
    "mod": lambda x, y: x - y * np.floor(x / y),
    "atan2": np.arctan2,
}
_UNARY, _BINARY = ([f.name for f in FUNCTIONS.values() if f.arity == n and f.name != "random"] for n in (1, 2))


def _expression(rng: random.Random, depth: int) -> tuple[str, str]:
    """An expression of ours and the same one for Python."""
    if depth <= 0:
        text = rng.choice([*_NAMES, "2", "0.5", "1e-2", "3.25E+1", "0"])
        return text, f"_({text})"
    left, left_py = _expression(rng, depth - 1)
    right, right_py = _expression(rng, rng.randrange(depth))
    gap = rng.choice(("", " ", "\n\t"))
    match rng.randrange(10):
        case 0 | 1:
            return f"{left}{gap}+{gap}{right}", f"{left_py}+{right_py}"
        case 2 | 3:
            return f"{left}{gap}-{gap}{right}", f"{left_py}-{right_py}"
        case 4:
            return f"({left}){gap}*({right})", f"({left_py})*({right_py})"
        case 5:
            return f"({left})/{gap}({right})", f"({left_py})/({right_py})"
        case 6:
            sign = rng.choice(("", "-"))
            return f"({left})^{sign}({right})", f"({left_py})**{sign}({right_py})"
        case 7:
            return f"-({left})^2", f"-({left_py})**2"
        case 8:
            name = rng.choice(_UNARY)
            return f"{name}({left})", f"{name}({left_py})"
        case _:
            name = rng.choice(_BINARY)
            return f"{name}({left}, {right})", f"{name}({left_py}, {right_py})"


def _same(one: float, other: float) -> bool:
    return (math.isnan(one) and math.isnan(other)) or one == other


@pytest.mark.parametrize("seed", range(40))
def test_values(seed: int) -> None:
    rng = random.Random(seed)
    with np.errstate(all="ignore"):
        for _ in range(50):
            text, python = _expression(rng, rng.randrange(1, 6))
            parsed = parse_expr(text)
            assert parsed.diagnostics == (), text
            expected = float(eval(python, {**_SCOPE, "_": np.float64}))
            assert _same(float(evaluate(parsed.expr, _NAMES)), expected), text


@pytest.mark.parametrize("seed", range(20))
def test_conditions(seed: int) -> None:
    rng = random.Random(seed)
    words = {".lt.": "<", ".gt.": ">", ".leq.": "<=", ".geq.": ">=", ".eq.": "==", ".neq.": "!="}
    with np.errstate(all="ignore"):
        for _ in range(30):
            parts, python = [], []
            for number in range(rng.randrange(1, 5)):
                (left, left_py), (right, right_py) = _expression(rng, 2), _expression(rng, 2)
                word = rng.choice(list(words))
                joint = rng.choice((".and.", ".or.")) if number else ""
                parts.append(f"{joint} {left} {word} {right}")
                python.append(f"{joint.strip('.')} {left_py} {words[word]} {right_py}")
            parsed = parse_expr(" ".join(parts))
            assert parsed.diagnostics == ()
            assert holds(parsed.expr, _NAMES) == bool(eval(" ".join(python).strip(), {**_SCOPE, "_": np.float64}))


@pytest.mark.parametrize("name", [*_UNARY, *_BINARY])
def test_each_function(name: str) -> None:
    values = (-2.5, -1.0, -0.4, 0.0, 0.3, 1.0, 2.0, 7.25, math.nan)
    arguments = [(v,) for v in values] if name in _UNARY else [(v, u) for v in values for u in values]
    call = parse_expr(f"{name}({', '.join('ab'[: len(arguments[0])])})")
    assert call.diagnostics == ()
    with np.errstate(all="ignore"):
        for given in arguments:
            expected = float(_SCOPE[name](*map(np.float64, given)))
            assert _same(float(evaluate(call.expr, dict(zip("ab", given, strict=False)))), expected), given


@pytest.mark.parametrize("seed", range(20))
def test_nested_choices(seed: int) -> None:
    """Conditions inside conditional values, as nested Cases become, with .and. before .or."""
    rng = random.Random(seed)
    words = {".lt.": "<", ".gt.": ">", ".leq.": "<=", ".geq.": ">=", ".eq.": "==", ".neq.": "!="}

    def condition() -> tuple[Expr, str]:
        ours, theirs = "", ""
        for number in range(rng.randrange(1, 4)):
            (left, left_py), (right, right_py) = _expression(rng, 1), _expression(rng, 1)
            word = rng.choice(list(words))
            joint = rng.choice((".and.", ".or.")) if number else ""
            ours += f" {joint} {left} {word} {right}"
            theirs += f" {joint.strip('.')} {left_py} {words[word]} {right_py}"
        return parse_expr(ours).expr, theirs

    def choice(depth: int) -> tuple[Expr, str]:
        if depth == 0:
            text, python = _expression(rng, 3)
            return parse_expr(text).expr, python
        (test, test_py), (then, then_py), (other, other_py) = condition(), choice(depth - 1), choice(depth - 1)
        return Choose(test, then, other, test.span), f"(({then_py}) if ({test_py}) else ({other_py}))"

    with np.errstate(all="ignore"):
        for _ in range(15):
            expr, python = choice(rng.randrange(1, 4))
            expected = float(eval(python, {**_SCOPE, "_": np.float64}))
            assert _same(float(evaluate(expr, _NAMES)), expected), python


@pytest.mark.parametrize("seed", range(20))
def test_what_is_shown_is_read_back(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(50):
        expr = parse_expr(_expression(rng, 5)[0]).expr
        assert parse_expr(show_expr(expr)).expr == expr
