"""Spells the couplings of a Program, all of them, as one Coupling of TVB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rateml.codegen.printers.infix import ATOM
from rateml.codegen.printers.tvb import TvbPrinter
from rateml.codegen.targets.tvb.context import CouplingContext
from rateml.codegen.targets.tvb.reading import roots
from rateml.codegen.targets.tvb.writer import Speller, equation, has_choice
from rateml.ir.program import Assign, Coupling
from rateml.syntax.expr import Expr, Name, fold, names, with_operands


class CouplingWriter:
    """Spells the coupling class. A name with ``@j`` is a value per connection, at its source; ``@i`` at its target."""

    def __init__(self, speller: Speller) -> None:
        self.speller = speller
        self.program = program = speller.program
        self.name = speller.names.coupling
        self.printer = TvbPrinter(self.name, arrays=True)
        self.scalar = TvbPrinter(self.name, arrays=False)
        ids = {c.id for c in program.couplings}
        self.own = {p.key for p in program.parameters if p.key.partition(".")[0] in ids and "." in p.key}
        self.own_derived = [a for a in program.derived_parameters if "." in a.name and a.name.partition(".")[0] in ids]
        self.own_values = self.own | {a.name for a in self.own_derived}
        every = {p.key for p in program.parameters} | {a.name for a in program.derived_parameters}
        self.model_values = every - self.own_values
        self.derived = {a.name: a for a in program.derived}
        states = [s.name for s in program.states]
        coupled = roots(program.derived, [Name(v, program.states[0].span) for v in (*program.stored, *program.current)])
        self.rows = {s: k for k, s in enumerate(s for s in states if s in coupled)}

    def context(self) -> CouplingContext:
        program = self.program
        edges = [e for c in program.couplings for e in (*(a.value for a in c.edge), c.pre)]
        nodes = [e for c in program.couplings for e in (*(a.value for a in c.node), c.post)]
        at_edge, at_node = self._reached(edges), self._reached(nodes)
        pre, post = self._pre(edges), self._post(nodes)
        parameters = [p for p in program.parameters if p.key in self.own]
        of_model = {n.partition("@")[0] for n in at_edge | at_node} & self.model_values
        chosen = (
            *(a.value for a in self._ends([*edges, *nodes])),
            *edges,
            *nodes,
            *(a.value for a in self.own_derived),
        )
        return CouplingContext(
            name=self.speller.names.coupling_name,
            equations=tuple(line for c in program.couplings for line in self._equations(c)),
            parameters=tuple(self.speller.trait(self.name(p.key), p) for p in parameters),
            sums=len(program.couplings),
            here=tuple(
                (k, ".mean(axis=0)" if c.reduce == "mean" else "")
                for k, c in enumerate(program.couplings)
                if c.reduce != "sum"
            ),
            n_inputs=len(program.inputs),
            pre=tuple(pre),
            post=tuple(post),
            reads_target=any(n.endswith("@i") and n[:-2] in self.rows for n in at_edge),
            reads_ends=any(n.partition("@")[0] in self.own_values | self.model_values for n in at_edge),
            post_reads_target=any(n.endswith("@i") and n[:-2] in self.rows for n in at_node),
            reads_model=bool(of_model),
            derived=tuple(self._derived()),
            masked=has_choice(chosen),
        )

    def _ends(self, exprs: Iterable[Expr]) -> list[Assign]:
        """The derived variables that the expressions read at either end, in the order they are computed in."""
        read = {n.id for e in exprs for n in names(e) if "@" in n.id}
        found: list[Assign] = []
        for a in reversed(self.program.derived):
            for end in ("@i", "@j"):
                if a.name + end in read:
                    value = _at_end(a.value, end, self._changing())
                    read |= {n.id for n in names(value)}
                    found.append(Assign(a.name + end, value, a.span))
        return found[::-1]

    def _changing(self) -> set[str]:
        """What differs from region to region."""
        return {s.name for s in self.program.states} | set(self.derived) | self.model_values

    def _reached(self, exprs: Sequence[Expr]) -> frozenset[str]:
        """What the expressions read, derived variables at the ends of connections followed."""
        return roots(self._ends(exprs), exprs)

    def _variables(self, exprs: Sequence[Expr], sources: dict[str, str]) -> list[str]:
        """Lines for the states and derived variables at the ends; ``sources`` says where each end's states are."""
        ends = self._ends(exprs)
        every = [*exprs, *(a.value for a in ends)]
        read = {n.id for e in every for n in names(e)}
        lines = []
        for end, source in sources.items():
            for state in self.program.states:
                name = f"{state.name}@{end}"
                if name not in read:
                    continue
                value = f"{source}[{self.rows[state.name]}]"
                if self.speller.wrapping(state, exprs, [*ends, *self._assigns()], name):
                    value = f"modulo({value}, {state.period!r})"
                lines.append(f"{self.name(name)} = {value}")
        return lines

    def _assigns(self) -> list[Assign]:
        return [a for c in self.program.couplings for a in (*c.edge, *c.node)]

    def _pre(self, exprs: list[Expr]) -> list[str]:
        program, name = self.program, self.name
        ends = self._ends(exprs)
        lines = self._variables(exprs, {"i": "x_i", "j": "x_j"})
        read = {n.id for e in (*exprs, *(a.value for a in ends)) for n in names(e)}
        for variable in sorted(read):
            stem, _, end = variable.partition("@")
            place = {"i": "to", "j": "from"}.get(end)
            if place and stem in self.own_values:
                lines.append(f"{name(variable)} = self._at(self.{name(stem)}, self._{place})")
            elif place and stem in self.model_values:
                lines.append(f"{name(variable)} = self._at(self.model.{self.speller.names.model(stem)}, self._{place})")
        if "n_node" in read:
            lines.append("n_node = float(self._history.n_node)")
        for a in (*ends, *(a for c in program.couplings for a in c.edge)):
            lines += self.speller.assign(name(a.name), a.value, self.printer, a.span)
        results = []
        for coupling in program.couplings:
            spelled = self.printer.spell(coupling.pre, ATOM)
            at = roots([*ends, *coupling.edge], [coupling.pre])
            per_edge = any(n.partition("@")[0] in self.rows and "@" in n for n in at)
            results.append(spelled if per_edge else f"numpy.broadcast_to({spelled}, x_j.shape[1:])")
        if len(results) == 1:
            return [*lines, f"return {results[0]}[numpy.newaxis]"]
        return [*lines, f"return numpy.array([{', '.join(results)}])"]

    def _post(self, exprs: list[Expr]) -> list[str]:
        program, name = self.program, self.name
        ends = self._ends(exprs)
        read = {n.id for e in (*exprs, *(a.value for a in ends)) for n in names(e)}
        lines = [f"{name(f'{c.id}.gx')} = gx[{k}]" for k, c in enumerate(program.couplings) if f"{c.id}.gx" in read]
        lines += self._variables(exprs, {"i": "x_i"})
        for variable in sorted(read):
            stem = variable.partition("@")[0]
            if variable in self.own_values:
                lines.append(f"{name(variable)} = {self._column(variable)}")
            elif stem in self.model_values and "@" in variable:
                lines.append(f"{name(variable)} = numpy.reshape(self.model.{self.speller.names.model(stem)}, (-1, 1))")
        if "n_node" in read:
            lines.append("n_node = float(gx.shape[1])")
        for a in (*ends, *(a for c in program.couplings for a in c.node)):
            lines += self.speller.assign(name(a.name), a.value, self.printer, a.span)
        place = {i.name: k for k, i in enumerate(program.inputs)}
        lines.append(f"inputs = numpy.zeros(({len(place)}, *gx.shape[1:]))")
        for c in program.couplings:
            value = self.printer.spell(c.post)
            lines.append(f"inputs[{place[c.input]}] += {value}  # {c.input}{self.speller.mark(c.span)}")
        return [*lines, "return inputs"]

    def _column(self, key: str) -> str:
        """A value of the coupling per node, or one for all; what follows from constants alone is a plain number."""
        name = self.name(key)
        return f"self.{name}.reshape(-1, 1)" if key in self.own else f"numpy.reshape(self.{name}, (-1, 1))"

    def _derived(self) -> list[str]:
        name = self.name
        own = {a.name for a in self.own_derived}
        read = {n.id for a in self.own_derived for n in names(a.value)} - own
        lines = [f"{name(key)} = numpy.ravel(self.{name(key)})" for key in sorted(read & self.own)]
        for a in self.own_derived:
            lines.append(
                f"self.{name(a.name)} = {name(a.name)} = {self.printer.spell(a.value)}{self.speller.mark(a.span)}"
            )
        return lines

    def _equations(self, coupling: Coupling) -> Iterable[str]:
        spell, name = self.scalar.spell, self.name
        gx = name(f"{coupling.id}.gx")
        ends = self._ends([*(a.value for a in coupling.edge), coupling.pre])
        for a in (*ends, *coupling.edge):
            yield from equation(f"{name(a.name)} = {spell(a.value)}")
        pre = spell(coupling.pre, ATOM)
        match coupling.reduce:
            case "sum":
                yield f"{gx} = sum over j of w_ij * {pre}"
            case "self":
                yield f"{gx} = {pre} at the node itself: j is i, there is no delay and no weight"
            case "mean":
                yield f"{gx} = mean over nodes of {pre} at the node itself: j is i, there is no delay and no weight"
        for a in coupling.node:
            yield from equation(f"{name(a.name)} = {spell(a.value)}")
        yield f"{self.speller.names.model(coupling.input)} = {spell(coupling.post)}"


def _at_end(expr: Expr, end: str, changing: set[str]) -> Expr:
    def change(node: Expr, operands: tuple[Expr, ...]) -> Expr:
        if isinstance(node, Name):
            return Name(node.id + end, node.span) if node.id in changing else node
        return with_operands(node, operands)

    return fold(expr, change)
