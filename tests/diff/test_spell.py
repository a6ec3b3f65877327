"""Expressions spelled and read again are the same: so equal texts mean equal expressions."""

from __future__ import annotations

from pathlib import Path

import pytest

from rateml.api import read_program
from rateml.ir.program import expressions
from rateml.syntax.expr import Choose, Expr, Name, fold, shape, walk, with_operands
from rateml.syntax.parser import parse_expr
from rateml.syntax.spell import spell

MODELS = sorted((Path(__file__).parents[2] / "rateml" / "models").glob("*.xml"))


def again(text: str) -> Expr:
    parsed = parse_expr(text)
    assert not parsed.diagnostics, text
    return parsed.expr


def writable(node: Expr, operands: tuple[Expr, ...]) -> Expr:
    """Without the dots and ends that lowering gives to names."""
    if isinstance(node, Name):
        return Name(node.id.replace(".", "_in_").replace("@", "_at_"), node.span)
    return with_operands(node, operands)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_shipped_models(path: Path) -> None:
    found = 0
    for expr in expressions(read_program(path)):
        if not any(isinstance(node, Choose) for node in walk(expr)):
            renamed = fold(expr, writable)
            assert shape(again(spell(renamed))) == shape(renamed)
            found += 1
    assert found


@pytest.mark.parametrize(
    "text",
    ["-a^2", "(-a)^2", "a - (b - c)", "a - b - c", "a / (b * c)", "a / b * c", "-(a * b)", "-a * b", "a * -b", "a^(-b)",
     "-(-a)", "(a + b) * c", "exp(a - b) / c", "a .lt. b .or. a .gt. c .and. b .neq. 0", "1e-05 * a"],
)  # fmt: skip
def test_texts_that_look_alike(text: str) -> None:
    assert spell(again(text)) == text
    assert again(spell(again(text))) == again(text)
