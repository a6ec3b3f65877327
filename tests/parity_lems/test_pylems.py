"""Agreement with PyLEMS: how expressions are read, which files it loads, and what local dynamics come out."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rateml.checks import check_model
from rateml.checks.pylems import same_reading, theirs
from rateml.diagnostics import Code
from rateml.ir.interp import Float
from rateml.ir.lower import lower
from rateml.syntax.expr import Binary, Call, Expr, Logic, Name, Neg, Num, Relation
from rateml.syntax.parser import parse_expr
from rateml.syntax.xml import scan
from rateml.text import SourceFile

warnings.filterwarnings("ignore")
lems_expr = pytest.importorskip("lems.parser.expr")

pytestmark = pytest.mark.filterwarnings("ignore")
Steps = Callable[[str, int, float], Float]

_STEPS = 400


def full(expr: Expr) -> str:
    """The expression with every operation in parentheses, which PyLEMS reads as written."""
    match expr:
        case Num(_, _, text):
            return text
        case Name(id):
            return id
        case Neg(operand):
            return f"(0 - {full(operand)})"
        case Binary(op, left, right):
            return f"({full(left)} {op} {full(right)})"
        case Relation(op, left, right) | Logic(op, left, right):
            return f"({full(left)} .{op}. {full(right)})"
        case Call(func, args):
            return f"({func}({', '.join(full(a) for a in args)}))"
    raise AssertionError(expr)


def parenthesised(text: str) -> str:
    """A model with all its expressions fully parenthesised."""
    root = scan(SourceFile("m.xml", text)).root
    assert root is not None
    edits = []
    for element in root.walk():
        for a in element.attributes:
            if a.name.text in ("value", "condition", "test") and element.name.local not in ("Constant", "Component"):
                spelled = full(parse_expr(a.value).expr).removeprefix("(").removesuffix(")")
                edits.append((a.value_span.start, a.value_span.end, spelled))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


_MODELS = sorted(
    path.stem
    for path in (Path(__file__).parents[2] / "rateml" / "models").glob("*.xml")
    if "ignore-file RML621" not in path.read_text(encoding="utf-8")  # needs a function that PyLEMS has not
)


@pytest.mark.parametrize("name", _MODELS)
def test_local_dynamics(name: str, shipped_models: dict[str, Path], pylems: Steps, ours: Steps) -> None:
    """The lowering that a PyLEMS file needs changes nothing for us, and PyLEMS reads it as we do."""
    written = shipped_models[name].read_text(encoding="utf-8")
    text = parenthesised(written)
    model = check_model(written, name).model
    assert model is not None
    dt = lower(model).dt
    expected = ours(text, _STEPS, dt)
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(ours(written, _STEPS, dt), expected, rtol=1e-9)
    np.testing.assert_allclose(pylems(text, _STEPS, dt), expected, rtol=1e-9, atol=1e-9)


_NAMES = {"a": 0.7, "b": 1.3, "c": 2.1, "d": 0.4}


def _expression(rng: random.Random, depth: int, functions: bool = True) -> str:
    if depth == 0:
        return rng.choice([*_NAMES, "2", "0.5", "3"])
    kind = rng.randrange(8 if functions else 6)
    left = _expression(rng, depth - 1, functions)
    right = _expression(rng, rng.randrange(depth), functions)
    if kind < 4:
        gap = rng.choice(("", " "))
        return f"{left}{gap}{'+-*/'[kind]}{gap}{right}"
    if kind == 4:
        return f"({left})"
    if kind == 5:
        return f"(-{left})"
    return f"{rng.choice(('sin', 'exp', 'abs', 'tanh'))}({left})"


@pytest.mark.parametrize("seed", range(20))
def test_how_expressions_are_read(seed: int) -> None:
    """Our description of PyLEMS's reading is that of PyLEMS itself."""
    rng = random.Random(seed)
    for _ in range(50):
        text = _expression(rng, 4)
        tree = lems_expr.ExprParser(text).parse()
        assert _tree(tree) == theirs(text), text


def _tree(node: Any) -> Any:
    if hasattr(node, "func"):
        return (node.func, _tree(node.param))
    if hasattr(node, "op"):
        return (node.op, _tree(node.left), _tree(node.right))
    return "0.0" if node.value == "0" else node.clean_up()


@pytest.mark.parametrize("seed", range(20))
def test_full_parentheses_are_always_read_alike(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(50):
        expr = parse_expr(_expression(rng, 4)).expr
        spelled = full(expr)
        assert same_reading(parse_expr(spelled).expr, spelled), spelled


@pytest.mark.parametrize("seed", range(20))
def test_values_where_both_read_alike(seed: int) -> None:
    """Where the check tells nothing, PyLEMS computes what Python does."""
    rng = random.Random(seed)
    scope = {**{f: getattr(np, f) for f in ("sin", "exp", "abs", "tanh")}, **_NAMES}
    with np.errstate(all="ignore"):
        for _ in range(50):
            text = _expression(rng, 3)
            if not same_reading(parse_expr(text).expr, text):
                continue
            python = text.replace("^", "**")
            try:
                expected = eval(python, dict(scope))
                found = eval(lems_expr.ExprParser(text).parse().to_python_expr(), dict(scope))
            except (ZeroDivisionError, OverflowError):
                continue
            assert found == pytest.approx(expected, rel=1e-9, nan_ok=True), text


def test_less_or_equal_is_told() -> None:
    base = (Path(__file__).parent.parent / "checks" / "base.xml").read_text(encoding="utf-8")
    text = base.replace("x .lt. 0", "x .leq. 0").replace("x .geq. 0", "x .gt. 0")
    assert [d.code for d in check_model(text).diagnostics] == [Code.NOT_PORTABLE_PRECEDENCE]
