"""Names as symbols, expressions as mathematics, texts that Markdown and HTML show as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from rateml import api
from rateml.codegen.printers.notation import Latex, MathML
from rateml.codegen.printers.symbols import Symbols, symbol
from rateml.codegen.printers.typeset import FUNCTIONS, Typesetter
from rateml.codegen.targets.docs.text import bounds, markdown, number, references, unit
from rateml.model.dimension import UNITS, Dimension, Unit
from rateml.syntax.functions import FUNCTIONS as KNOWN

MATHML = MathML()


@pytest.mark.parametrize(
    ("name", "latex", "mathml"),
    [
        ("V", "V", "<mi>V</mi>"),
        ("tau", "\\tau", "<mi>τ</mi>"),
        ("theta_0", "\\theta_{0}", "<msub><mi>θ</mi><mrow><mn>0</mn></mrow></msub>"),
        ("x1", "x_{1}", "<msub><mi>x</mi><mrow><mn>1</mn></mrow></msub>"),
        ("lamda", "\\lambda", "<mi>λ</mi>"),
        ("Delta_eta_max", "\\Delta_{\\eta,\\mathrm{max}}", None),
        ("f.gain", "\\mathrm{gain}_{f}", None),
        ("x__y", "\\mathtt{x\\_\\_y}", '<mtext class="plain">x__y</mtext>'),
        ("pitr", "\\mathrm{pitr}", "<mi>pitr</mi>"),
    ],
)
def test_symbols(name: str, latex: str, mathml: str | None) -> None:
    assert Latex().symbol(symbol(name)) == latex
    assert mathml is None or MATHML.symbol(symbol(name)) == mathml


def test_no_two_names_look_alike() -> None:
    names = ["x1", "x_1", "lambda", "lamda", "tau", "tau_e", "f.x", "x_f"]
    found = Symbols(names, {})
    for notation in (Latex(), MATHML):
        assert len({notation.symbol(found[name]) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a - (b - c)", "a - \\left( b - c \\right)"),
        ("a - b - c", "a - b - c"),
        ("-x^2", "- x^{2}"),
        ("(-x)^2", "\\left( - x \\right)^{2}"),
        ("a / b / c", "\\frac{\\frac{a}{b}}{c}"),
        ("(a / b)^2", "\\left( \\frac{a}{b} \\right)^{2}"),
        ("a * (b + c)", "a \\, \\left( b + c \\right)"),
        ("2 * 3 * a", "2 \\cdot 3 \\, a"),
        ("a * 2e-3", "a \\cdot 2 \\cdot 10^{-3}"),
        ("1e6 * a", "10^{6} \\, a"),
        ("exp(-a)", "\\exp\\left( - a \\right)"),
        ("log(a)^2", "\\left( \\ln\\left( a \\right) \\right)^{2}"),
        ("sqrt(abs(a))", "\\sqrt{\\left\\vert a \\right\\vert}"),
        ("max(a, erf(b))", "\\max\\left( a, \\operatorname{erf}\\left( b \\right) \\right)"),
        ("pow(a, b + 1)", "a^{b + 1}"),
    ],
)
def test_expressions(make_program, text: str, latex: str) -> None:
    program = make_program({"x": "x"}, parameters={"a": 1.0, "b": 1.0}, derived={"y": text})
    (value,) = (a.value for a in program.derived if a.name == "y")
    assert Typesetter(Latex(), symbol).spell(value) == latex
    etree.fromstring(Typesetter(MATHML, symbol).spell(value))


def test_cases(make_program) -> None:
    more = (
        '<ConditionalDerivedVariable name="y" dimension="none"><Case condition="x .lt. 0 .and. x .neq. a" value="1"/>'
        '<Case value="x"/></ConditionalDerivedVariable>'
    )
    program = make_program({"x": "y"}, parameters={"a": 1.0}, extra=more)
    (value,) = (a.value for a in program.derived if a.name == "y")
    expected = "\\begin{cases} 1 & \\text{if } x \\lt 0 \\land x \\ne a \\cr x & \\text{otherwise} \\end{cases}"
    assert Typesetter(Latex(), symbol).spell(value) == expected
    assert "<mtd>" in Typesetter(MATHML, symbol).spell(value)


def test_every_function_has_a_notation() -> None:
    assert set(KNOWN) - {"sqrt", "abs", "floor", "ceil", "pow", "random"} == set(FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a * b_c | $d$ <e> & `f`", "a \\* b\\_c \\| \\$d\\$ &lt;e&gt; &amp; \\`f\\`"),
        ("# no\nhead", "\\# no head"),
        ("- no list", "\\- no list"),
        ("12. no list", "12\\. no list"),
        ("-0.5", "-0.5"),
        ("[x](http://a)", "\\[x\\](http:&#47;/a)"),
    ],
)
def test_markdown(text: str, shown: str) -> None:
    assert markdown(text) == shown


def test_numbers_units_ranges() -> None:
    assert [number(v) for v in (1.0, -0.5, 5e-5, 1e-6, 3.141592653589793)] == [
        "1",
        "−0.5",
        "5·10⁻⁵",
        "10⁻⁶",
        "3.141592653589793",
    ]
    own = {**UNITS, "mV2_per_ms3": Unit("mV2_per_ms3", Dimension(m=2, l=4, t=-9, i=-2), 3)}
    assert unit(own["mV2_per_ms3"].dimension, own) == "mV²/ms³"
    assert unit(Dimension(t=-3), UNITS) == "1/ms³"
    assert unit(Dimension(), UNITS) == "1"
    assert [bounds(0.0, 1.0), bounds(None, 1.0), bounds(0.0, None), bounds(None, None)] == ["0 … 1", "≤ 1", "≥ 0", ""]


def test_references_are_the_authors_words() -> None:
    text = "A model of 2022 times. See Jansen and Rit 1995, doi:10.1007/BF00199471. Nothing here. At https://a.org/x."
    found = references([text, text])
    assert [r.text for r in found][1:] == ["See Jansen and Rit 1995, doi:10.1007/BF00199471.", "At https://a.org/x."]
    assert found[1].links == (("10.1007/BF00199471", "https://doi.org/10.1007/BF00199471"),)
    assert found[2].links == (("https://a.org/x", "https://a.org/x"),)


def test_hostile_names_and_texts(tmp_path: Path) -> None:
    told = (
        "&lt;script&gt;alert(1)&lt;/script&gt; $x$ |a| ]]&gt; &quot;q&quot; {{ 7*7 }} [a](javascript:x) 10.1000/&lt;b"
    )
    model = (Path(__file__).parents[2] / "rateml/models/linear.xml").read_text(encoding="utf-8")
    start = model.index('description="') + len('description="')
    hostile = model[:start] + told + model[model.index('"', start) :]
    file = tmp_path / "a<b>&$.xml"
    file.write_text(hostile, encoding="utf-8")
    html, md = api.build(file, "docs").files.values()
    page = etree.fromstring(html.encode())
    assert not page.findall(".//script")
    assert '<script>alert(1)</script> $x$ |a| ]]> "q" {{ 7*7 }}' in "".join(page.find("body").itertext())
    assert all(a.get("href").startswith("https://doi.org/") for a in page.findall(".//a"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \\$x\\$ \\|a\\|" in md
    assert "<" not in md.replace("](<", "").replace("10.1000/", "")
