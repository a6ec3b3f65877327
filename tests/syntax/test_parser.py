"""Expressions as trees, what is refused, and that no text whatever breaks the parser."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rateml.diagnostics import Code
from rateml.syntax.expr import Binary, Call, Expr, Logic, Missing, Name, Neg, Num, Relation, fold, height, shape, walk
from rateml.syntax.functions import FUNCTIONS
from rateml.syntax.parser import parse_expr
from rateml.text import Offsets


def show(expr: Expr) -> str:
    match expr:
        case Num():
            return expr.text
        case Name(id):
            return id
        case Neg(operand):
            return f"(- {show(operand)})"
        case Binary(op, left, right) | Relation(op, left, right) | Logic(op, left, right):
            return f"({op} {show(left)} {show(right)})"
        case Call(func, args):
            return f"({' '.join([func, *map(show, args)])})"
    return "?"


TREES = [
    ("1", "1"),
    ("1.5", "1.5"),
    ("1e5", "1e5"),
    ("1.5E-3", "1.5E-3"),
    ("x_1", "x_1"),
    ("(x)", "x"),
    ("((x))", "x"),
    ("-x", "(- x)"),
    ("--x", "(- (- x))"),
    ("-x^2", "(- (^ x 2))"),
    ("(-x)^2", "(^ (- x) 2)"),
    ("a*-x^2", "(* a (- (^ x 2)))"),
    ("a^-b", "(^ a (- b))"),
    ("a^-b*c", "(* (^ a (- b)) c)"),
    ("(a^b)^c", "(^ (^ a b) c)"),
    ("a^(b^c)", "(^ a (^ b c))"),
    ("-2^2", "(- (^ 2 2))"),
    ("a+b+c", "(+ (+ a b) c)"),
    ("a-b-c", "(- (- a b) c)"),
    ("a-b+c", "(+ (- a b) c)"),
    ("a-(b+c)", "(- a (+ b c))"),
    ("a*b/c", "(/ (* a b) c)"),
    ("a/b*c", "(* (/ a b) c)"),
    ("a/b/c", "(/ (/ a b) c)"),
    ("a+b*c", "(+ a (* b c))"),
    ("a*b+c", "(+ (* a b) c)"),
    ("a*b - c*d - e", "(- (- (* a b) (* c d)) e)"),
    ("(a+b)*c", "(* (+ a b) c)"),
    ("a--b", "(- a (- b))"),
    ("a+-b", "(+ a (- b))"),
    ("a/-b/c", "(/ (/ a (- b)) c)"),
    ("-a*b", "(* (- a) b)"),
    ("-a+b", "(+ (- a) b)"),
    ("a^2/b^3", "(/ (^ a 2) (^ b 3))"),
    ("sin(x)", "(sin x)"),
    ("sin(x)^2", "(^ (sin x) 2)"),
    ("-sin(x)", "(- (sin x))"),
    ("pow(a,b)", "(pow a b)"),
    ("min(a+b, max(c, d))", "(min (+ a b) (max c d))"),
    ("f()", "(f)"),
    ("exp(-(x-1)/2)", "(exp (/ (- (- x 1)) 2))"),
    ("3.lt.4", "(lt 3 4)"),
    ("1.eq.1", "(eq 1 1)"),
    ("1.5.eq.1.5", "(eq 1.5 1.5)"),
    ("1e5.lt.x", "(lt 1e5 x)"),
    ("a .geq. b", "(geq a b)"),
    ("a .leq. b+1", "(leq a (+ b 1))"),
    ("a .neq. 0", "(neq a 0)"),
    ("a .gt. -0.25", "(gt a (- 0.25))"),
    ("a .lt. b .and. c .lt. d", "(and (lt a b) (lt c d))"),
    ("a .lt. b .or. c .lt. d .and. e .gt. 1", "(or (lt a b) (and (lt c d) (gt e 1)))"),
    ("(a .lt. b .or. c .lt. d) .and. e .gt. 1", "(and (or (lt a b) (lt c d)) (gt e 1))"),
    ("a.and.b.and.c", "(and (and a b) c)"),
    (" a\n\t+ b ", "(+ a b)"),
    ("tt * (y1 + Iext + (f1 * x1) - z) / MSEC", "(/ (* tt (- (+ (+ y1 Iext) (* f1 x1)) z)) MSEC)"),
]


@pytest.mark.parametrize(("text", "tree"), TREES, ids=[text.strip() for text, _ in TREES])
def test_tree(text: str, tree: str) -> None:
    parsed = parse_expr(text)
    assert parsed.diagnostics == ()
    assert show(parsed.expr) == tree


FAULTS = [
    ("", Code.EXPECTED_OPERAND, "", "?"),
    ("a +", Code.EXPECTED_OPERAND, "+", "(+ a ?)"),
    ("* a", Code.EXPECTED_OPERAND, "*", "(* ? a)"),
    ("()", Code.EXPECTED_OPERAND, ")", "?"),
    ("sin(a,)", Code.EXPECTED_OPERAND, ")", "(sin a ?)"),
    ("sin(", Code.EXPECTED_OPERAND, "(", "(sin ?)"),
    ("a^--b", Code.EXPECTED_OPERAND, "-", "(- (^ a (- ?)) b)"),
    ("a b", Code.UNEXPECTED_TOKEN, "b", "(* a b)"),
    ("2x", Code.UNEXPECTED_TOKEN, "x", "(* 2 x)"),
    ("a)", Code.UNEXPECTED_TOKEN, ")", "a"),
    ("+a", Code.UNEXPECTED_TOKEN, "+", "a"),
    ("(a, b)", Code.UNEXPECTED_TOKEN, ",", "a"),
    ("(a", Code.UNCLOSED_PARENTHESIS, "(", "a"),
    ("a < b", Code.OLD_SPELLING, "<", "(lt a b)"),
    ("a >= b", Code.OLD_SPELLING, ">=", "(geq a b)"),
    ("a == b", Code.OLD_SPELLING, "==", "(eq a b)"),
    ("a ** b", Code.OLD_SPELLING, "**", "(^ a b)"),
    ("a .LT. b", Code.OLD_SPELLING, ".LT.", "(lt a b)"),
    ("a .le. b", Code.OLD_SPELLING, ".le.", "(leq a b)"),
    ("a and b", Code.OLD_SPELLING, "and", "(and a b)"),
    ("a && b", Code.OLD_SPELLING, "&&", "(and a b)"),
    ("1.0f * x", Code.BAD_NUMBER, "1.0f", "(* 1.0 x)"),
    ("3.", Code.BAD_NUMBER, "3.", "3"),
    (".5 + 2", Code.BAD_NUMBER, ".5", "(+ 0.5 2)"),
    ("1e999", Code.BAD_NUMBER, "1e999", "1"),
    ("a^b^c", Code.POWER_CHAIN, "^", "(^ (^ a b) c)"),
    ("a .lt. b .lt. c", Code.RELATION_CHAIN, ".lt.", "(lt (lt a b) c)"),
    ("a % b", Code.UNEXPECTED_CHARACTER, "%", "(* a b)"),
    ("é", Code.UNEXPECTED_CHARACTER, "é", "?"),
    ("x[0] + b", Code.UNEXPECTED_CHARACTER, "[0]", "(+ x b)"),
    ("x [k[1] + 1] * b", Code.UNEXPECTED_CHARACTER, "[k[1] + 1]", "(* x b)"),
    ("x[0", Code.UNEXPECTED_CHARACTER, "[0", "x"),
    ("a \N{MINUS SIGN} b", Code.OLD_SPELLING, "\N{MINUS SIGN}", "(- a b)"),
]


@pytest.mark.parametrize(("text", "code", "at", "tree"), FAULTS, ids=[text for text, *_ in FAULTS])
def test_fault(text: str, code: Code, at: str, tree: str) -> None:
    parsed = parse_expr(text)
    (fault,) = parsed.diagnostics
    assert (fault.code, text[fault.span.start : fault.span.end]) == (code, at)
    assert show(parsed.expr) == tree


def test_brackets_of_a_call_are_parentheses() -> None:
    found = parse_expr("exp[x]")
    assert show(found.expr) == "(exp x)"
    assert [d.code for d in found.diagnostics] == [Code.OLD_SPELLING] * 2


@pytest.mark.parametrize("text", [text for text, code, *_ in FAULTS if code in (Code.OLD_SPELLING, Code.BAD_NUMBER)])
def test_fix_makes_the_text_right(text: str) -> None:
    (fault,) = parse_expr(text).diagnostics
    for fix in fault.fixes:
        (edit,) = fix.edits
        repaired = text[: edit.span.start] + edit.text + text[edit.span.end :]
        assert parse_expr(repaired).diagnostics == ()


def test_spans_include_the_parentheses_of_operands() -> None:
    text = "(a + b) * sin(c)"
    product = parse_expr(text).expr
    assert isinstance(product, Binary)
    assert (product.span.start, product.span.end) == (0, len(text))
    assert text[product.left.span.start : product.left.span.end] == "a + b"
    assert isinstance(product.right, Call)
    assert text[product.right.func_span.start : product.right.func_span.end] == "sin"


def test_offsets_lead_to_the_source() -> None:
    # "a<b" written a&lt;b at offset 10
    (fault,) = parse_expr("a<b", Offsets("f", 10, (10, 11, 15, 16))).diagnostics
    assert (fault.span.start, fault.span.end, fault.span.file) == (11, 15, "f")


@pytest.mark.parametrize("text", ["-" * 20_000, "x" + "-" * 202 + "x", "f(a," * 4_000, "1+sin(-(" * 500])
def test_bottomless_text_is_one_missing(text: str) -> None:
    parsed = parse_expr(text)
    assert parsed.diagnostics
    assert len(list(walk(parsed.expr))) == 1


@pytest.mark.parametrize("op", ["+", "-", "*", "/", ".and.", ".or."])
def test_a_chain_leans_to_the_left_however_long(op: str) -> None:
    text = op.join(["x"] * (19_990 // (1 + len(op))))
    parsed = parse_expr(text)
    assert parsed.diagnostics == ()
    assert height(parsed.expr) == text.count(op)
    assert shape(parsed.expr) == shape(parse_expr(f" ({text})").expr)
    assert shape(parsed.expr) != shape(parse_expr(f"y{text[1:]}").expr)


def test_fold_goes_from_left_to_right_and_upwards() -> None:
    order: list[str] = []

    def combine(node: Expr, below: tuple[str, ...]) -> str:
        text = node.id if isinstance(node, Name) else f"({' '.join(below)})"
        order.append(text)
        return text

    fold(parse_expr("a + f(b, -c) * d").expr, combine)
    assert order == ["a", "b", "c", "(c)", "(b (c))", "d", "((b (c)) d)", "(a ((b (c)) d))"]


_PIECES = [*"()+-*/^,. <>={}&|xyé", ".lt.", ".and.", ".foo.", "1", "2.5", "1e5", "3.", ".5", "1.0f", *FUNCTIONS]


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)))
def test_any_text_gives_a_tree_within_it(text: str) -> None:
    parsed = parse_expr(text)
    spans = [d.span for d in parsed.diagnostics] + [node.span for node in walk(parsed.expr)]
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
    if any(isinstance(node, Missing) for node in walk(parsed.expr)):
        assert parsed.diagnostics


@settings(deadline=None, max_examples=300)
@given(
    st.recursive(
        st.sampled_from(["x", "1", "2.5"]),
        lambda inner: st.one_of(
            inner.map(lambda a: f"(-{a})"),
            st.tuples(inner, st.sampled_from("+-*/^"), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
            inner.map(lambda a: f"sin({a})"),
        ),
        max_leaves=20,
    )
)
def test_bracketed_text_reads_without_fault(text: str) -> None:
    assert parse_expr(text).diagnostics == ()
