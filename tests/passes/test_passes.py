"""Each pass: the IR before and after, as text; and that no pass changes what the oracle computes."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from rateml.errors import InternalError
from rateml.ir.interp import Interpreter, Network, Noise
from rateml.ir.program import Assign, Program
from rateml.ir.show import show, show_expr
from rateml.ir.verify import verify
from rateml.passes import PASSES, run_passes
from rateml.passes.expand_powers import expand_powers
from rateml.passes.fold_constants import fold_constants
from rateml.passes.hoist_parameters import hoist_parameters
from rateml.passes.hoist_time import hoist_time
from rateml.passes.mark_slow_states import mark_slow_states
from rateml.passes.multiply_reciprocals import multiply_reciprocals
from rateml.passes.order import order, sort_assigns
from rateml.passes.separate_couplings import separate_couplings
from rateml.passes.share_subexpressions import share_subexpressions
from rateml.syntax.expr import Binary, Name, Num
from rateml.text import Span


def rate(program: Program, state: str = "V") -> str:
    return next(show_expr(a.value) for a in program.derivatives if a.name == state)


def test_order_sorts_by_dependency_and_keeps_document_order_otherwise(make_program):
    program = make_program({"V": "a + c"}, derived={"a": "b + 1", "b": "V * 2", "e": "V"})
    assert [a.name for a in order(program).derived] == ["b", "a", "e"]


def test_order_refuses_a_cycle():
    here = Span(0, 0)
    with pytest.raises(InternalError, match="cycle"):
        sort_assigns([Assign("a", Name("b", here), here), Assign("b", Name("a", here), here)])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("-10 * (2 / 4 + V)", "(-10.0) * (0.5 + V) / MSEC"),
        ("2 * 3 * V", "6.0 * V / MSEC"),
        ("V * 2 * 3", "V * 2.0 * 3.0 / MSEC"),
        ("V + 1 / 0", "(V + 1.0 / 0.0) / MSEC"),
        ("V * 2^-1", "V * 0.5 / MSEC"),
    ],
)
def test_fold_constants(make_program, before, after):
    assert rate(fold_constants(make_program({"V": before}))) == after


def test_hoist_parameters_moves_whole_operands(make_program):
    program = hoist_parameters(order(make_program({"V": "2 * a * b * V + c"}, parameters={"a": 1.0, "b": 2.0})))
    assert [(a.name, show_expr(a.value)) for a in program.derived_parameters] == [("hoisted.0", "2.0 * a * b")]
    assert rate(program) == "(hoisted.0 * V + c) / MSEC"


def test_hoist_parameters_does_not_associate_anew(make_program):
    program = hoist_parameters(order(make_program({"V": "V * a * b + c"}, parameters={"a": 1.0, "b": 2.0})))
    assert program.derived_parameters == ()


def test_hoist_parameters_keeps_the_end_of_an_edge(make_program):
    program = hoist_parameters(order(make_program({"V": "c"}, pre="(2 * G) * x_j", post="gx")))
    assert [show_expr(a.value) for a in program.derived_parameters] == ["2.0 * link.G"]
    assert [show_expr(a.value) for a in program.couplings[0].edge] == ["hoisted.0@j * V@j"]


def test_hoist_time_sets_the_clock_apart(make_program):
    program = hoist_time(order(make_program({"V": "sin(a * t / MSEC) - V + c"}, parameters={"a": 1.0})))
    assert [(a.name, show_expr(a.value)) for a in program.timed] == [("timed.0", "sin(a * t / MSEC)")]
    assert rate(program) == "(timed.0 - V + c) / MSEC"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("V / a + V / 49", "V * (1.0 / a) + V * 0.02040816326530612"),
        ("floor(V / 49) + V / 4", "floor(V / 49.0) + V * 0.25"),
        ("H(V / a - 1) / a", "H(V / a - 1.0) * (1.0 / a)"),
        ("q / a", "q * (1.0 / a)"),
        ("floor(r) + q", "floor(r) + q"),
    ],
)
def test_multiply_reciprocals_where_a_rounding_decides_nothing(make_program, before, after):
    derived = {"q": "V / a", "r": "s + 1", "s": "V / a"}
    program = make_program({"V": f"({before}) + c"}, derived=derived, parameters={"a": 49.0})
    program = multiply_reciprocals(order(program))
    assert rate(program) == f"({after} + c) * (1.0 / MSEC)"
    decides = "floor(r)" in before
    assert {a.name: show_expr(a.value) for a in program.derived} == {
        "q": "V * (1.0 / a)", "r": "s + 1.0", "s": "V / a" if decides else "V * (1.0 / a)"
    }  # fmt: skip


def test_multiply_reciprocals_keeps_what_feeds_a_jump_from_a_coupling(make_program):
    program = make_program({"V": "c / 3"}, derived={"h": "H(c - 1)"}, post="gx / 7")
    program = multiply_reciprocals(order(program))
    assert [show_expr(a.value) for a in program.couplings[0].node] == ["link.gx / 7.0"]
    assert rate(program) == "c * 0.3333333333333333 * (1.0 / MSEC)"


def test_expand_powers_names_a_base_once(make_program):
    program = expand_powers(order(make_program({"V": "V^2 + (V - 1)^3 - (V - 1)^2 + c"})))
    assert [(a.name, show_expr(a.value)) for a in program.derived] == [("power.0", "V - 1.0")]
    product = "power.0 * power.0"
    assert rate(program) == f"(V * V + {product} * power.0 - {product} + c) / MSEC"


def test_expand_powers_leaves_other_powers(make_program):
    program = expand_powers(order(make_program({"V": "V^9 + V^0.5 + V^-2 + c"})))
    assert rate(program) == "(V ^ 9.0 + V ^ 0.5 + V ^ (-2.0) + c) / MSEC"


def test_expand_powers_in_a_condition_repeats_the_base(make_program):
    clamp = '<OnCondition test="(V + 1)^2 .gt. 4"><StateAssignment variable="V" value="0"/></OnCondition>'
    program = expand_powers(order(make_program({"V": "c"}, extra=clamp)))
    assert show_expr(program.conditions[0].test) == "(V + 1.0) * (V + 1.0) .gt. 4.0"
    assert program.derived == ()


def test_verify_finds_what_a_broken_pass_would_leave(make_program):
    program = order(make_program({"V": "a + c"}, derived={"a": "b + 1", "b": "V * 2"}))
    verify(program, "order")
    here = Span(0, 0)
    broken = {
        "not defined there": replace(program, derived=program.derived[::-1]),
        "defined twice": replace(program, derived=(*program.derived, program.derived[0])),
        "exposure of unknown": replace(program, derived=(), derivatives=(Assign("V", Num(0.0, here), here),)),
        "one per state": replace(program, derivatives=()),
    }
    for message, wrong in broken.items():
        with pytest.raises(InternalError, match=message):
            verify(wrong, "order")


@pytest.mark.parametrize(
    "name", ["montbrio", "kuramoto", "epileptor", "reduced_wong_wang", "jansen_rit", "wilson_cowan"]
)
@pytest.mark.parametrize("until", list(PASSES))
def test_no_pass_changes_what_the_oracle_computes(shipped_models, name, until):
    from rateml.api import read_program

    program = read_program(shipped_models[name])
    rng = np.random.default_rng(0)
    weights = rng.random((3, 3))
    delays = rng.integers(0, 5, (3, 3))
    ids = [c.id for c in program.couplings]
    network = Network(dict.fromkeys(ids, weights), dict.fromkeys(ids, delays))

    def run(p: Program):
        return Interpreter(p, network, p.dt, p.scheme, noise=Noise(7)).run(8).exposures

    before, after = run(run_passes(program, until="order")), run(run_passes(program, until=until))
    assert np.isfinite(before).all()
    np.testing.assert_allclose(after, before, rtol=1e-12, atol=1e-12)


def test_show_prints_every_part(shipped_models):
    from rateml.api import read_program

    text = show(run_passes(read_program(shipped_models["montbrio"])))
    for part in (
        "program MontbrioPazoRoxin",
        "parameter long_range.G = 0.4 [time]",
        "diffusion r = D_r",
        "when r .lt.",
    ):
        assert part in text


def coupling(program: Program) -> str:
    """What is computed per edge and region of the only coupling."""
    found = program.couplings[0]
    lines = [f"{a.name} = {show_expr(a.value)}" for a in found.edge]
    return "; ".join([*lines, show_expr(found.pre)])


@pytest.mark.parametrize(
    ("pre", "separated", "sent"),
    [
        ("x_j", "V@j", []),
        ("x_j - x_i", "link.taken.0 = -V@i; V@j + link.taken.0", []),
        ("2 * x_j * x_i", "link.taken.0 = V@i; link.taken.0 * link.sent.0@j", ["2.0 * V"]),
        (
            "sin(x_j - x_i)",
            "link.taken.0 = cos(-V@i); link.taken.1 = sin(-V@i); link.taken.0 * link.sent.0@j + link.taken.1 * "
            "link.sent.1@j",
            ["sin(V)", "cos(V)"],
        ),
        ("G * tanh(x_j)", "link.sent.0@j", ["link.G * tanh(V)"]),
        ("x_j / (1 + x_i^2)", "link.taken.0 = 1.0 / (1.0 + V@i ^ 2.0); link.taken.0 * V@j", []),
        ("(x_j - x_i) * x_i", "link.taken.0 = V@i; link.taken.1 = (-V@i) * V@i; link.taken.0 * V@j + link.taken.1", []),
    ],
)
def test_separate_couplings(make_program, pre, separated, sent):
    program = separate_couplings(order(make_program({"V": "c"}, pre=pre)))
    verify(program, "separate_couplings")
    assert coupling(program) == separated
    assert [show_expr(a.value) for a in program.derived] == sent
    assert program.couplings[0].factors


@pytest.mark.parametrize("pre", ["exp(x_j - x_i)", "tanh(x_j - x_i)", "abs(x_j - x_i)", "max(x_j, x_i)"])
def test_separate_couplings_leaves_what_it_cannot_split(make_program, pre):
    program = order(make_program({"V": "c"}, pre=pre))
    assert separate_couplings(program) == program


@pytest.mark.parametrize(
    "pre", ["sin(2 * x_j - x_i + 1)", "cos(x_i - x_j)", "(x_j - x_i) * (x_j + x_i)", "-(x_j * G - x_i)"]
)
def test_a_separated_coupling_sums_the_same(make_program, pre):
    program = order(make_program({"V": "c - V"}, pre=pre))
    separated = separate_couplings(program)
    assert separated.couplings[0].factors
    rng = np.random.default_rng(1)
    network = Network({"link": rng.random((4, 4))}, {"link": rng.integers(0, 4, (4, 4))})
    past = rng.normal(size=(5, 1, 4))
    before = Interpreter(program, network, 0.1, "heun", past=past).run(10).states
    after = Interpreter(separated, network, 0.1, "heun", past=past).run(10).states
    np.testing.assert_allclose(after, before, rtol=1e-12, atol=1e-13)
    assert np.abs(before - Interpreter(program, network, 0.1, "heun", past=1.01 * past).run(10).states).max() > 1e-6


def test_separate_couplings_leaves_what_written_out_would_be_too_much(make_program):
    here = Span(0, 0)
    program = order(make_program({"V": "c"}, pre="x_j - x_i"))
    (link,) = program.couplings
    names = [Name("V@j", here), *(Name(f"link.v{k}", here) for k in range(60))]
    edge = tuple(Assign(v.id, Binary("*", u, u, here), here) for u, v in itertools.pairwise(names))
    program = replace(program, couplings=(replace(link, edge=edge, pre=Binary("-", names[-1], link.pre, here)),))
    assert separate_couplings(program) == program


def test_cut_names_parts_and_associates_nothing_anew(make_program):
    program = make_program({"V": "+".join(f"V*{k}" for k in range(1, 301)) + "+c"})
    parts = {a.name: a.value for a in program.derived}
    assert list(parts) == ["part.0", "part.1", "part.2"]
    assert show_expr(parts["part.0"]).startswith("V * 1.0 + V * 2.0 + ")
    assert show_expr(parts["part.1"]).startswith("part.0 + V * ")
    assert rate(program).startswith("(part.2 + ")


def test_cut_names_conditions_by_one_and_zero(make_program):
    clamp = '<OnCondition test="{}"><StateAssignment variable="V" value="0"/></OnCondition>'
    program = make_program({"V": "c"}, extra=clamp.format(" .or. ".join(f"V .gt. {k}" for k in range(150))))
    (condition,) = program.conditions
    assert [a.name for a in condition.before] == ["part.0"]
    assert show_expr(condition.before[0].value).endswith(", 1.0, 0.0)")
    assert show_expr(condition.test).startswith("part.0 .neq. 0.0 .or. V .gt. 1")


def test_cut_puts_parts_where_they_are_computed_least(make_program):
    sums = {"fixed": "+".join(["a"] * 150), "clock": "+".join(["sin(a*t/MSEC)"] * 150), "open": "+".join(["V"] * 150)}
    program = order(make_program({"V": "c"}, parameters={"a": 1.0}, derived=sums))
    assert [a.name for a in program.derived_parameters] == ["part.0"]
    assert [a.name for a in program.timed] == ["part.1"]
    assert [a.name for a in program.derived if a.dimension is None] == ["part.2"]
    hoisted = {a.name: show_expr(a.value) for a in hoist_time(hoist_parameters(program)).derived}
    assert (hoisted["fixed"], hoisted["clock"]) == ("hoisted.0", "timed.0")


def test_share_subexpressions_names_what_stands_twice(make_program):
    program = order(make_program({"V": "exp(V + W) * V + c", "W": "exp(V + W) - W"}))
    shared = share_subexpressions(program)
    assert [(a.name, show_expr(a.value)) for a in shared.derived] == [("common.0", "exp(V + W)")]
    assert rate(shared) == "(common.0 * V + c) / MSEC"
    assert rate(shared, "W") == "(common.0 - W) / MSEC"


def test_share_subexpressions_uses_the_authors_name(make_program):
    program = order(make_program({"V": "V * V + c"}, derived={"square": "V * V"}))
    assert rate(share_subexpressions(program)) == "(square + c) / MSEC"


def test_share_subexpressions_leaves_branches_alone(make_program):
    cases = (
        '<ConditionalDerivedVariable name="k" dimension="none"><Case condition="V .gt. 0" value="exp(V)"/>'
        '<Case value="exp(V) + 1"/></ConditionalDerivedVariable>'
    )
    program = order(make_program({"V": "k + c"}, extra=cases))
    assert share_subexpressions(program) == program


def test_mark_slow_states_by_range_and_step(make_program, shipped_models):
    from rateml.api import read_program

    program = run_passes(read_program(shipped_models["epileptor"]), until="share_subexpressions")
    slow = {
        step: [s.name for s in mark_slow_states(replace(program, step=step)).states if s.slow] for step in (0.05, 0.01)
    }
    assert slow == {0.05: [], 0.01: ["z"]}
    kuramoto = run_passes(replace(read_program(shipped_models["kuramoto"]), step=1e-9))
    assert not kuramoto.states[0].slow, "an angle is wrapped, never compensated"
    unknown = mark_slow_states(order(make_program({"V": "c"})))
    assert unknown.states[0].slow, "without a range the magnitude is unknown"
    nowhere = mark_slow_states(order(make_program({"V": "sqrt(-1 - V^2)"})))
    assert nowhere.states[0].slow, "what is no number is no large step"
