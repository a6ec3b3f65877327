"""Agreement with PyLEMS: how expressions are read, which files it loads, and what local dynamics come out."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rateml.checks import check_model
from rateml.checks.pylems import same_reading, theirs
from rateml.diagnostics import Code
from rateml.ir.interp import Float, Interpreter, Network
from rateml.ir.lower import lower
from rateml.passes import run_passes
from rateml.syntax.expr import Binary, Call, Expr, Logic, Name, Neg, Num, Relation
from rateml.syntax.parser import parse_expr
from rateml.syntax.xml import scan
from rateml.text import SourceFile

warnings.filterwarnings("ignore")
lems_model = pytest.importorskip("lems.model.model")
lems_build = pytest.importorskip("lems.sim.build")
lems_sim = pytest.importorskip("lems.sim.sim")
lems_expr = pytest.importorskip("lems.parser.expr")

pytestmark = pytest.mark.filterwarnings("ignore")
_DT = 0.1
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
    """A model with all its expressions fully parenthesised and random starts made certain."""
    root = scan(SourceFile("m.xml", text)).root
    assert root is not None
    edits = []
    for element in root.walk():
        for a in element.attributes:
            if a.name.text in ("value", "condition", "test") and element.name.local not in ("Constant", "Component"):
                spelled = (
                    full(parse_expr(a.value).expr).replace("(random(", "(0.3 * (").removeprefix("(").removesuffix(")")
                )
                edits.append((a.value_span.start, a.value_span.end, spelled))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _pylems(text: str, type_name: str, inputs: list[tuple[str, str]], path: Path) -> Iterator[Any]:
    """The cell after each Euler step; its inputs are zeros that an element around it supplies."""
    parameters = "".join(f'<Parameter name="{n}" dimension="{d}"/>' for n, d in inputs)
    head, _, rest = text.partition(f'type="{type_name}"')
    id = head.rpartition('id="')[2].partition('"')[0]
    values = rest.partition("/>")[0]
    around = (
        f'<ComponentType name="Around">{parameters}<Child name="cell" type="{type_name}"/></ComponentType>'
        f'<Component id="around" type="Around" {" ".join(f"{n}=" + chr(34) + "0" + chr(34) for n, _ in inputs)}>'
        f'<{type_name} id="cell" {values}/></Component>'
    )
    body = head[: head.rindex("<Component")] + around + "</Lems>"
    assert id
    path.write_text(body, encoding="utf-8")
    model = lems_model.Model(include_includes=False)
    model.import_from_file(str(path))
    resolved = model.resolve()
    builder = lems_build.SimulationBuilder(resolved)
    builder.sim = lems_sim.Simulation()
    runnable = builder.build_runnable(resolved.fat_components["around"])
    builder.sim.add_runnable(runnable)
    step = _DT * 1e-3
    for r in (runnable, *runnable.uchildren.values()):
        r.configure_time(step, step * _STEPS * 2)
    builder.sim.init_run()
    (cell,) = runnable.uchildren.values()
    while True:
        runnable.single_step(step)
        yield cell


def _ours(text: str) -> tuple[Float, tuple[tuple[str, int], ...]]:
    checked = check_model(text, "m.xml")
    assert checked.model is not None
    program = lower(checked.model)
    network = Network(
        {c.id: np.zeros((1, 1)) for c in program.couplings} or {"none": np.zeros((1, 1))},
        {c.id: np.zeros((1, 1), dtype=np.int64) for c in program.couplings},
    )
    found = Interpreter(run_passes(program), network, _DT, "euler").run(_STEPS)
    assert found.diverged_at == -1
    return found.states[:, :, 0], tuple((s.name, s.dimension.base_power) for s in program.states)


@pytest.mark.parametrize("name", ["kuramoto", "montbrio", "epileptor"])
def test_local_dynamics(name: str, shipped_models: dict[str, Path], tmp_path: Path) -> None:
    text = parenthesised(shipped_models[name].read_text(encoding="utf-8"))
    model = check_model(text, "m.xml").model
    assert model is not None
    component = model.of_role("model")[0]
    type_ = model.type(component.type.text)
    assert type_ is not None
    names = {dimension: n for n, dimension in reversed(model.dimensions.items())}
    inputs = [(r.name.text, names[r.dimension]) for r in type_.requirements]
    expected, states = _ours(text)
    start = 0
    for number, cell in zip(range(_STEPS), _pylems(text, type_.name.text, inputs, tmp_path / "m.xml"), strict=False):
        found = np.array([getattr(cell, s) / 10.0**power for s, power in states])
        if number == 0:
            start = int(np.abs(expected[:3] - found).sum(axis=1).argmin())  # PyLEMS may spend its first step on OnStart
        if number + start <= _STEPS:
            np.testing.assert_allclose(found, expected[number + start], rtol=1e-9, atol=1e-9)


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
