"""Split what is summed over edges into factors of the two ends, so that the sum is pure multiply-add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rateml.ir.cut import MAX_HEIGHT
from rateml.ir.program import Assign, Coupling, Factor, Program
from rateml.syntax.expr import Binary, Call, Expr, Name, Neg, Num, fold, names, rebuild

MOST_TERMS = 4
MOST_NODES = 5_000
"""Names that are used again and again would be written out into more than fits anywhere."""

Term = tuple[Expr, Expr]
"""A factor of the target and a factor of the source."""


def separate_couplings(program: Program) -> Program:
    """Rewrite ``pre`` as ``sum_k target_k(i) * source_k(j)`` where the two are equal.

    Before: ``pre = sin(theta@j - theta@i)``. After: ``derived net.sent.0 = sin(theta)``, ``derived net.sent.1 =
    cos(theta)``, at the target ``net.taken.0 = cos(-theta@i)``, ``net.taken.1 = sin(-theta@i)``, and
    ``pre = net.taken.0 * net.sent.0@j + net.taken.1 * net.sent.1@j``: sines cost one evaluation per region and
    step, not one per edge. Sums, products, quotients by one end, sin and cos of a sum are split; what is left over
    (an exponential of a difference may overflow in parts) keeps its ``pre``. Equal in real numbers: rounding
    differs, so that regions which start alike drift apart by the last bits.
    """
    couplings = []
    sent: list[Assign] = []
    constants = {c.name for c in program.constants}
    for coupling in program.couplings:
        separated = _separate(program, coupling, constants) if coupling.reduce == "sum" else None
        if separated is None:
            couplings.append(coupling)
            continue
        changed, made = separated
        couplings.append(changed)
        sent.extend(made)
    return replace(program, couplings=tuple(couplings), derived=program.derived + tuple(sent))


def _separate(program: Program, coupling: Coupling, constants: set[str]) -> tuple[Coupling, list[Assign]] | None:
    whole = _inline(coupling)
    terms = _terms(whole, constants) if whole is not None else None
    if terms is None or len(terms) > MOST_TERMS:
        return None
    sent: list[Assign] = []
    taken: list[Assign] = []
    factors: list[Factor] = []
    pre: list[Expr] = []
    for target, source in _gather(terms):
        source_name = None
        if not _ends(source, constants):
            target, source = _times(target, source), Num(1.0, source.span)
        elif isinstance(source, Name) and source.id.removesuffix("@j") in _variables(program):
            source_name = source.id.removesuffix("@j")
        else:
            source_name = f"{coupling.id}.sent.{len(sent)}"
            sent.append(Assign(source_name, _own(source), source.span))
            source = Name(f"{source_name}@j", source.span)
        target_name = None
        if target != Num(1.0, target.span):
            target_name = f"{coupling.id}.taken.{len(taken)}"
            taken.append(Assign(target_name, target, target.span))
            target = Name(target_name, target.span)
        factors.append(Factor(target_name, source_name))
        pre.append(_times(target, source))
    return replace(coupling, edge=tuple(taken), pre=_sum(pre), factors=tuple(factors)), sent


def _variables(program: Program) -> set[str]:
    return {s.name for s in program.states} | {a.name for a in program.derived}


def _inline(coupling: Coupling) -> Expr | None:
    """``pre`` with the assignments it needs written out; None when that would be too much."""
    sizes: dict[str, tuple[int, int]] = {}
    for assign in coupling.edge:
        sizes[assign.name] = _size(assign.value, sizes)
    nodes, height = _size(coupling.pre, sizes)
    if nodes > MOST_NODES or height > MAX_HEIGHT:
        return None
    known: dict[str, Expr] = {}

    def write_out(expr: Expr) -> Expr:
        if isinstance(expr, Name):
            return known.get(expr.id, expr)
        return rebuild(expr, write_out)

    for assign in coupling.edge:
        known[assign.name] = write_out(assign.value)
    return write_out(coupling.pre)


def _size(expr: Expr, known: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    """How many nodes the expression has and how tall it is, once ``known`` names are written out."""

    def of_node(node: Expr, below: tuple[tuple[int, int], ...]) -> tuple[int, int]:
        if isinstance(node, Name):
            return known.get(node.id, (1, 0))
        return 1 + sum(nodes for nodes, _ in below), 1 + max((tall for _, tall in below), default=-1)

    return fold(expr, of_node)


def _ends(expr: Expr, constants: set[str]) -> set[str]:
    return {n.id.partition("@")[2] for n in names(expr) if n.id not in constants and n.id != "n_node"}


def _terms(expr: Expr, constants: set[str]) -> list[Term] | None:
    """The expression as a sum of products of the two ends; None where it cannot be split."""
    one = Num(1.0, expr.span)
    ends = _ends(expr, constants)
    if "i" not in ends:
        return [(one, expr)]
    if "j" not in ends:
        return [(expr, one)]
    match expr:
        case Neg(operand):
            return _scaled(_terms(operand, constants), Num(-1.0, expr.span))
        case Binary("+", left, right):
            return _joined(_terms(left, constants), _terms(right, constants))
        case Binary("-", left, right):
            return _joined(_terms(left, constants), _scaled(_terms(right, constants), Num(-1.0, expr.span)))
        case Binary("*", left, right):
            return _product(_terms(left, constants), _terms(right, constants))
        case Binary("/", left, right):
            below = _terms(right, constants)
            if below is None or len(below) != 1:
                return None
            f, g = below[0]
            return _product(_terms(left, constants), [(_over(f), _over(g))])
        case Call("sin" | "cos" as func, (argument,)):
            return _of_a_sum(func, argument, constants)
        case _:
            return None


def _of_a_sum(func: str, argument: Expr, constants: set[str]) -> list[Term] | None:
    """sin and cos of ``a(i) + b(j)`` by the addition theorems."""
    terms = _terms(argument, constants)
    if terms is None:
        return None
    here = [f for f, g in terms if not _ends(g, constants)]
    there = [_times(f, g) for f, g in terms if _ends(g, constants)]
    if len(here) + len(there) != len(terms) or any("i" in _ends(e, constants) for e in there):
        return None
    if any(g != Num(1.0, g.span) for f, g in terms if not _ends(g, constants)):
        return None
    a, b = _sum(here), _sum(there)
    sin_a, cos_a, sin_b, cos_b = (Call(f, (e,), e.span, e.span) for e in (a, b) for f in ("sin", "cos"))
    if func == "sin":
        return [(cos_a, sin_b), (sin_a, cos_b)]
    return [(cos_a, cos_b), (Neg(sin_a, a.span), sin_b)]


def _sum(exprs: Sequence[Expr]) -> Expr:
    total = exprs[0]
    for expr in exprs[1:]:
        total = Binary("+", total, expr, expr.span)
    return total


def _joined(left: list[Term] | None, right: list[Term] | None) -> list[Term] | None:
    return None if left is None or right is None else left + right


def _scaled(terms: list[Term] | None, factor: Num) -> list[Term] | None:
    return None if terms is None else [(_times(factor, f), g) for f, g in terms]


def _product(left: list[Term] | None, right: list[Term] | None) -> list[Term] | None:
    if left is None or right is None or len(left) * len(right) > MOST_TERMS:
        return None
    return [(_times(f, h), _times(g, k)) for f, g in left for h, k in right]


def _times(left: Expr, right: Expr) -> Expr:
    """The product, without factors of 1 and with factors of -1 as signs."""
    for a, b in ((left, right), (right, left)):
        if isinstance(a, Num) and a.value == 1.0:
            return b
        if isinstance(a, Num) and a.value == -1.0:
            return Num(-b.value, b.span) if isinstance(b, Num) else Neg(b, b.span)
    return Binary("*", left, right, left.span)


def _over(expr: Expr) -> Expr:
    one = Num(1.0, expr.span)
    return one if expr == one else Binary("/", one, expr, expr.span)


def _gather(terms: Sequence[Term]) -> list[Term]:
    """Terms of one source factor as one, so that nothing is stored twice."""
    found: dict[Expr, Expr] = {}
    for target, source in terms:
        found[source] = target if source not in found else Binary("+", found[source], target, target.span)
    return [(target, source) for source, target in found.items()]


def _own(expr: Expr) -> Expr:
    """The source's factor as the source itself computes it."""
    if isinstance(expr, Name):
        return Name(expr.id.removesuffix("@j"), expr.span)
    return rebuild(expr, _own)
