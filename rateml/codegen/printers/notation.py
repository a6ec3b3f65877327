"""How mathematics is written for people, in LaTeX and in MathML: pieces that one printer puts together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from markupsafe import escape

from rateml.codegen.printers.symbols import GREEK, Symbol, letter

_LATEX_OPERATORS: Final[Mapping[str, str]] = {
    "−": "-",
    "·": "\\cdot",
    "×": "\\,",
    "<": "\\lt",
    ">": "\\gt",
    "≤": "\\le",
    "≥": "\\ge",
    "≠": "\\ne",
    "∧": "\\land",
    "∨": "\\lor",
    "←": "\\leftarrow",
    "⋯": "\\cdots",
}
_LATEX_COMMANDS: Final = frozenset(
    {"exp", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "min", "max", "arcsin", "arccos", "arctan"}
)
_LATEX_FENCES: Final[Mapping[str, str]] = {
    "⌊": "\\lfloor",
    "⌋": "\\rfloor",
    "⌈": "\\lceil",
    "⌉": "\\rceil",
    "|": "\\vert",
}
_LATEX_ESCAPES: Final = str.maketrans({c: f"\\{c}" for c in "_$%&#{}"} | dict.fromkeys("\\^~", "?"))


class Notation(Protocol):
    """``×`` is a product that is not written, ``·`` one that is."""

    def number(self, digits: str, power: str) -> str: ...  # a method of a protocol has no body
    def symbol(self, found: Symbol) -> str: ...
    def text(self, words: str) -> str: ...
    def operator(self, sign: str) -> str: ...
    def row(self, *parts: str) -> str: ...
    def fence(self, left: str, body: str, right: str) -> str: ...
    def fraction(self, over: str, under: str) -> str: ...
    def power(self, base: str, exponent: str) -> str: ...
    def root(self, body: str) -> str: ...
    def function(self, name: str, args: Sequence[str]) -> str: ...
    def total(self, index: str, body: str) -> str: ...
    def rate(self, of: str) -> str: ...
    def cases(self, rows: Sequence[tuple[str, str]]) -> str: ...


class Latex:
    """LaTeX's mathematics, as MathJax and KaTeX read it; no double backslash, which Markdown would halve."""

    def number(self, digits: str, power: str) -> str:
        ten = f"10^{{{power}}}"
        return digits if not power else ten if digits == "1" else f"{digits} \\cdot {ten}"

    def symbol(self, found: Symbol) -> str:
        base = f"\\mathtt{{{found.base.translate(_LATEX_ESCAPES)}}}" if found.plain else self._part(found.base)
        return f"{base}_{{{','.join(map(self._part, found.subscripts))}}}" if found.subscripts else base

    def _part(self, part: str) -> str:
        if part in GREEK:
            return GREEK[part][1]
        return part if len(part) == 1 or part.isdigit() else f"\\mathrm{{{part.translate(_LATEX_ESCAPES)}}}"

    def text(self, words: str) -> str:
        return f"\\text{{{words}}}"

    def operator(self, sign: str) -> str:
        return _LATEX_OPERATORS.get(sign, sign)

    def row(self, *parts: str) -> str:
        return " ".join(part for part in parts if part)

    def fence(self, left: str, body: str, right: str) -> str:
        return f"\\left{_LATEX_FENCES.get(left, left)} {body} \\right{_LATEX_FENCES.get(right, right)}"

    def fraction(self, over: str, under: str) -> str:
        return f"\\frac{{{over}}}{{{under}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def root(self, body: str) -> str:
        return f"\\sqrt{{{body}}}"

    def function(self, name: str, args: Sequence[str]) -> str:
        command = f"\\{name}" if name in _LATEX_COMMANDS else f"\\operatorname{{{name}}}"
        return f"{command}\\left( {', '.join(args)} \\right)"

    def total(self, index: str, body: str) -> str:
        return f"\\sum_{{{index}}} {body}"

    def rate(self, of: str) -> str:
        return f"\\frac{{\\mathrm{{d}} {of}}}{{\\mathrm{{d}} t}}"

    def cases(self, rows: Sequence[tuple[str, str]]) -> str:
        lines = " \\cr ".join(f"{value} & {when}" for value, when in rows)
        return f"\\begin{{cases}} {lines} \\end{{cases}}"


class MathML:
    """Presentation MathML, the part that all browsers draw (MathML Core)."""

    def number(self, digits: str, power: str) -> str:
        whole = f"<mn>{escape(digits)}</mn>"
        if not power:
            return whole
        exponent = (
            f"<mrow><mo>−</mo><mn>{escape(power[1:])}</mn></mrow>" if power[0] == "-" else f"<mn>{escape(power)}</mn>"
        )
        ten = f"<msup><mn>10</mn>{exponent}</msup>"
        return ten if digits == "1" else f"<mrow>{whole}<mo>·</mo>{ten}</mrow>"

    def symbol(self, found: Symbol) -> str:
        base = f'<mtext class="plain">{escape(found.base)}</mtext>' if found.plain else self._part(found.base)
        if not found.subscripts:
            return base
        return f"<msub>{base}<mrow>{'<mo>,</mo>'.join(map(self._part, found.subscripts))}</mrow></msub>"

    def _part(self, part: str) -> str:
        return f"<mn>{part}</mn>" if part.isdigit() else f"<mi>{escape(letter(part))}</mi>"

    def text(self, words: str) -> str:
        held = words.replace(" ", "\u00a0")  # a browser drops other spaces at the ends
        return f"<mtext>{escape(held)}</mtext>"

    def operator(self, sign: str) -> str:
        if sign == "×":
            return '<mo lspace="0.08em" rspace="0.08em">\u2062</mo>'
        return f"<mo>{escape(sign)}</mo>" if sign else ""

    def row(self, *parts: str) -> str:
        return f"<mrow>{''.join(parts)}</mrow>"

    def fence(self, left: str, body: str, right: str) -> str:
        before, after = (f'<mo form="{form}" stretchy="true">' for form in ("prefix", "postfix"))
        return self.row(f"{before}{left}</mo>", body, f"{after}{right}</mo>")

    def fraction(self, over: str, under: str) -> str:
        return f"<mfrac>{over}{under}</mfrac>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup>{base}{exponent}</msup>"

    def root(self, body: str) -> str:
        return f"<msqrt>{body}</msqrt>"

    def function(self, name: str, args: Sequence[str]) -> str:
        return self.row(f"<mi>{escape(name)}</mi>", "<mo>\u2061</mo>", self.fence("(", "<mo>,</mo>".join(args), ")"))

    def total(self, index: str, body: str) -> str:
        return self.row(f"<munder><mo>∑</mo><mi>{index}</mi></munder>", body)

    def rate(self, of: str) -> str:
        d = '<mi mathvariant="normal">d</mi>'
        return self.fraction(self.row(d, of), self.row(d, "<mi>t</mi>"))

    def cases(self, rows: Sequence[tuple[str, str]]) -> str:
        lines = "".join(f"<mtr><mtd>{value}</mtd><mtd>{when}</mtd></mtr>" for value, when in rows)
        return f'<mrow><mo form="prefix" stretchy="true">{{</mo><mtable class="cases">{lines}</mtable></mrow>'
