"""Writes the formulas of a model card, each in LaTeX and in MathML."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from markupsafe import Markup

from rateml.codegen.artifact import mark
from rateml.codegen.printers.notation import Latex, MathML, Notation
from rateml.codegen.printers.symbols import Symbol, Symbols, symbol
from rateml.codegen.printers.typeset import SUM, TERM, Typesetter
from rateml.codegen.targets.docs.context import Math
from rateml.ir.program import Assign, Condition, Coupling, Program, State, coupling_names, expressions
from rateml.syntax.expr import Expr, names
from rateml.text import Span

_GIVEN = {"t": Symbol("t"), "n_node": Symbol("N")}

Piece = Callable[[Typesetter], str]


def source_names(program: Program, coupling: Coupling) -> tuple[str, ...]:
    """The variables that a coupling reads at the source regions."""
    stored = set(program.stored)
    read = (name.partition("@") for name in coupling_names(coupling))
    return tuple(dict.fromkeys(name for name, _, end in read if end == "j" and name in stored))


class Writer:
    """Formulas of one scope; ``name`` gives the symbol of a reference, ``spans`` collects what lines come from."""

    def __init__(self, name: Callable[[str], Symbol], spans: list[Span]) -> None:
        self.name = name
        self.spans = spans

    def math(self, piece: Piece, span: Span | None = None) -> Math:
        made = [piece(Typesetter(notation, self.name)) for notation in _NOTATIONS]
        if span is not None:
            self.spans.append(span)
        return Math(made[0], Markup(made[1]), mark(len(self.spans) - 1) if span is not None else "")

    def symbol(self, id: str) -> Math:
        return self.math(lambda t: t.notation.symbol(self.name(id)))

    def assign(self, a: Assign) -> Math:
        return self.equation(lambda t: t.notation.symbol(self.name(a.name)), a.value, a.span)

    def equation(self, left: Piece, right: Expr, span: Span) -> Math:
        return self.math(lambda t: t.notation.row(left(t), t.notation.operator("="), t.spell(right)), span)

    def derivative(self, a: Assign, diffusion: Expr | None) -> Math:
        def whole(t: Typesetter) -> str:
            n, own = t.notation, self.name(a.name)
            wiener = Symbol("W", (own.base, *own.subscripts), own.plain)
            parts = [n.rate(n.symbol(own)), n.operator("="), t.spell(a.value, SUM if diffusion else 0)]
            if diffusion is not None:
                two_d = n.row(n.number("2", ""), n.operator("×"), t.spell(diffusion, TERM))
                parts += [n.operator("+"), n.root(two_d), n.operator("×"), n.rate(n.symbol(wiener))]
            return n.row(*parts)

        return self.math(whole, a.span)

    def start(self, state: State) -> Math:
        def at_zero(t: Typesetter) -> str:
            n = t.notation
            return n.row(n.symbol(self.name(state.name)), n.fence("(", n.number("0", ""), ")"))

        return self.equation(at_zero, state.start, state.start.span)

    def condition(self, condition: Condition) -> Math:
        def whole(t: Typesetter) -> str:
            n = t.notation
            parts = [n.text("if "), t.spell(condition.test), n.text(":  ")]
            for k, a in enumerate(condition.assignments):
                parts += [n.operator(",")] if k else []
                parts += [n.symbol(self.name(a.name)), n.operator("←"), t.spell(a.value)]
            return n.row(*parts)

        return self.math(whole, condition.span)


def model_symbols(program: Program) -> Symbols:
    """The symbols of everything but what couplings declare."""
    prefixes = tuple(f"{c.id}." for c in program.couplings)
    read = (n.id for e in expressions(program) for n in names(e))
    every = (*_declared(program), *read)
    own = {n for n in every if "@" not in n and not n.startswith(prefixes)} - {"gx"}
    draws = {n for n in own if n.startswith("random.")}
    taken = {symbol(n).base for n in own - draws}
    letter = next(base for base in ("u", "U", "rand", "random") if base not in taken)
    return Symbols(sorted(own | {"t"}), {**_GIVEN, **{n: Symbol(letter, (n.removeprefix("random."),)) for n in draws}})


class CouplingSymbols:
    """The symbols of one coupling: what it declares without the coupling's name, and an index for the region."""

    def __init__(self, program: Program, coupling: Coupling) -> None:
        prefix = f"{coupling.id}."
        read = set(coupling_names(coupling)) | {n for n in _declared(program) if n.startswith(prefix)}
        ends = {tuple(n.partition("@")[::2]) for n in read}
        own = {n for n, _ in ends} | {a.name for a in (*coupling.edge, *coupling.node)}
        own |= {n.id for a in program.derived_parameters if a.name in own for n in names(a.value)}
        own |= {f"{prefix}gx", coupling.input}
        given = {n: Symbols([n.removeprefix(prefix)], {})[n.removeprefix(prefix)] for n in own if n.startswith(prefix)}
        self._symbols = Symbols(sorted(own), {**_GIVEN, **given})
        self._index = {a.name: "ij" for a in coupling.edge} | {a.name: "i" for a in coupling.node}
        self._index |= {f"{prefix}gx": "i", coupling.input: "i"}
        values = {p.key: p.regional for p in program.parameters} | {a.name: False for a in program.derived_parameters}
        self._bare = {n for n, regional in values.items() if not regional and (n, "i") not in ends}

    def __call__(self, id: str) -> Symbol:
        name, _, end = id.partition("@")
        index = self._index.get(name, "" if name in self._bare else end)
        found = self._symbols[name]
        return found.at("i").at("j") if index == "ij" else found.at(index)


def coupling_equations(program: Program, coupling: Coupling, spans: list[Span]) -> Iterable[Math]:
    """``pre`` between two regions, their sum ``gx`` at the target, and what ``post`` makes of it."""
    writer = Writer(CouplingSymbols(program, coupling), spans)
    for a in coupling.edge:
        yield writer.assign(a)

    def whole(t: Typesetter) -> str:
        n = t.notation
        pre = t.spell(coupling.pre, TERM)
        parts = [n.symbol(writer.name(f"{coupling.id}.gx")), n.operator("=")]
        match coupling.reduce:
            case "sum":
                weight = n.symbol(Symbol("w", ("i", "j")))
                parts.append(n.total("j", n.row(weight, n.operator("×"), pre)))
            case "mean":
                share = n.fraction(n.number("1", ""), n.symbol(_GIVEN["n_node"]))
                parts += [share, n.total("i", pre)]
            case "self":
                parts.append(pre)
        return n.row(*parts)

    yield writer.math(whole, coupling.span)
    for a in coupling.node:
        yield writer.assign(a)
    alone = sum(c.input == coupling.input for c in program.couplings) == 1

    def fed(t: Typesetter) -> str:
        n = t.notation
        others = [] if alone else [n.operator("+"), n.operator("⋯")]
        return n.row(n.symbol(writer.name(coupling.input)), n.operator("="), t.spell(coupling.post), *others)

    yield writer.math(fed, coupling.span)


def _declared(program: Program) -> Iterable[str]:
    yield from (p.key for p in program.parameters)
    for group in (program.constants, program.states, program.inputs, program.exposures):
        yield from (item.name for item in group)
    for assigns in (program.derived_parameters, program.timed, program.derived):
        yield from (a.name for a in assigns)
    yield from (a.name for s in program.states for a in s.before)
    yield from (a.name for c in program.conditions for a in c.before)


_NOTATIONS: tuple[Notation, Notation] = (Latex(), MathML())
