"""The dimension of an expression, and the first place where it does not work out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rateml.diagnostics import Code, Diagnostic, Related
from rateml.model.dimension import NONE, UNKNOWN, Dimension
from rateml.syntax.expr import Binary, Call, Expr, Name, Neg, Num, Relation, fold

_KEEPS: Final = ("abs", "min", "max", "mod", "random", "floor", "ceil")


@dataclass(slots=True)
class Inference:
    """Infers dimensions; ``faults`` gets every place where they clash.

    ``UNKNOWN`` is the dimension of what is wrong or undeclared, and agrees with everything; None is that
    of a literal 0, which fits any dimension.
    """

    environment: Mapping[str, Dimension]
    faults: list[Diagnostic] = field(default_factory=list)

    def infer(self, expr: Expr) -> Dimension | None:
        return fold(expr, self.of_node)

    def of_node(self, expr: Expr, below: Sequence[Dimension | None]) -> Dimension | None:
        """The dimension of a node whose operands have those of ``below``."""
        match expr:
            case Num(value):
                return None if value == 0 else NONE
            case Name(id):
                return self.environment.get(id, UNKNOWN)
            case Neg():
                return below[0]
            case Binary("+" | "-", left, right):
                what = "a sum" if expr.op == "+" else "a difference"
                return self.same((left, right), below, f"{what} needs equal dimensions")
            case Binary("*"):
                return _product(below, 1)
            case Binary("/"):
                return _product(below, -1)
            case Binary(_, base, exponent):
                return self.power((base, exponent), below)
            case Relation(_, left, right):
                self.same((left, right), below, "a comparison needs equal dimensions")
            case Call():
                return self.call(expr, below)
        return UNKNOWN

    def same(self, operands: Sequence[Expr], below: Sequence[Dimension | None], what: str) -> Dimension | None:
        """The common dimension of two operands."""
        (left, right), (one, other) = operands, below
        if one is None or other is None:
            return other if one is None else one
        if UNKNOWN in (one, other):
            return UNKNOWN
        if one == other:
            return one
        related = (Related(left.span, f"this is {shown(one)}"),)
        fault = Code.DIMENSION_MISMATCH
        self.faults.append(fault.at(right.span, left=shown(one), right=shown(other), what=what, related=related))
        return UNKNOWN

    def power(self, operands: Sequence[Expr], below: Sequence[Dimension | None]) -> Dimension | None:
        (base, exponent), (of_base, of_exponent) = operands, below
        whole = whole_number(exponent)
        if whole is not None:
            return of_base if of_base is None or of_base is UNKNOWN else of_base**whole
        self.plain(base, of_base, "the base of a power that is not a whole number")
        self.plain(exponent, of_exponent, "an exponent")
        return NONE

    def plain(self, expr: Expr, found: Dimension | None, what: str) -> None:
        """Report an operand that must be without dimension and is not."""
        if found not in (None, NONE, UNKNOWN):
            self.faults.append(Code.NEEDS_DIMENSIONLESS.at(expr.span, what=what, found=shown(found)))

    def call(self, call: Call, found: Sequence[Dimension | None]) -> Dimension | None:
        func, args = call.func, call.args
        if func in _KEEPS and len(args) == 2:
            return self.same(args, found, f"{func} needs equal dimensions")
        if func == "atan2" and len(args) == 2:
            self.same(args, found, "atan2 needs equal dimensions")
            return NONE
        if func == "pow" and len(args) == 2:
            return self.power(args, found)
        if func == "sign":
            return NONE
        if len(found) != 1:
            return UNKNOWN
        if func in _KEEPS:
            return found[0]
        if func == "sqrt":
            if found[0] is None or found[0] is UNKNOWN:
                return found[0]
            root = found[0].root()
            if root is None:
                self.faults.append(Code.NO_SQUARE_ROOT.at(args[0].span, found=shown(found[0])))
            return UNKNOWN if root is None else root
        self.plain(args[0], found[0], f"the argument of {func}")
        return NONE


def _product(operands: Sequence[Dimension | None], power: int) -> Dimension:
    one, other = (found or NONE for found in operands)
    if UNKNOWN in (one, other):
        return UNKNOWN
    return one * other if power == 1 else one / other


def whole_number(expr: Expr) -> int | None:
    """The integer literal that an exponent is, if it is one."""
    match expr:
        case Num(value) if value == int(value) and abs(value) <= 1000:
            return int(value)
        case Neg(Num() as number):
            whole = whole_number(number)
            return None if whole is None else -whole
    return None


def shown(dimension: Dimension | None) -> str:
    return "dimensionless" if dimension is None or dimension.dimensionless else f"'{dimension}'"
