"""The model card, and single equations as pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any, Final

from rateml.codegen import find_target
from rateml.codegen.targets.docs.writing import Writer, model_symbols
from rateml.ir.program import Program
from rateml.passes import run_passes
from rateml.worker.asked import BadRequest, program_of

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_COMPARISONS: Final = {
    "lt": "<",
    "gt": ">",
    "le": r"\leq",
    "ge": r"\geq",
    "ne": r"\neq",
    "land": r"\wedge",
    "lor": r"\vee",
}
_COMPARISON: Final = re.compile(r"\\(lt|gt|le|ge|ne|land|lor)\b")
"""What LaTeX has under names that matplotlib does not know."""


def equations(params: Mapping[str, Any]) -> dict[str, Any]:
    """The card of a model as ``html`` and ``markdown``, and the LaTeX of its equations by variable."""
    program = _ordered(params)
    artifact = find_target("docs").generate(program, "float64")
    markdown = next(text for name, text in artifact.files.items() if name.endswith(".md"))
    return {
        "title": program.name,
        "html": artifact.files[artifact.entry],
        "markdown": markdown,
        "latex": {name: _latex(program, name) for name in _variables(program)},
    }


def formula(params: Mapping[str, Any]) -> dict[str, Any]:
    """The equation of the variable ``name`` as ``latex`` and ``svg`` in ``colour``; an SVG of None cannot be drawn."""
    program = _ordered(params)
    name, colour = str(params.get("name")), str(params.get("colour", "#000000"))
    if name not in _variables(program):
        raise BadRequest(f"the model has no equation for '{name}'")
    if not _COLOUR.fullmatch(colour):
        raise BadRequest("'colour' is written #rrggbb")
    latex = _latex(program, name)
    return {"latex": latex, "svg": _svg(latex, colour)}


def _ordered(params: Mapping[str, Any]) -> Program:
    return run_passes(program_of(params), until="order")


def _variables(program: Program) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a.name for a in (*program.derivatives, *program.derived)))


def _latex(program: Program, name: str) -> str:
    writer = Writer(model_symbols(program).__getitem__, [])
    diffusion = {a.name: a.value for a in program.diffusion}
    for assign in program.derivatives:
        if assign.name == name:
            return writer.derivative(assign, diffusion.get(name)).latex
    return next(writer.assign(a).latex for a in program.derived if a.name == name)


def _svg(latex: str, colour: str) -> str | None:
    """A picture; None for what matplotlib's mathematics cannot set, such as cases."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib.figure import Figure
    from matplotlib.mathtext import MathTextParser

    text = f"${_COMPARISON.sub(lambda m: _COMPARISONS[m[1]], latex)}$"
    try:
        parsed = MathTextParser("path").parse(text, dpi=72)
    except ValueError:
        return None
    figure = Figure(figsize=(parsed.width / 72 * 1.4 + 0.1, (parsed.height + parsed.depth) / 72 * 1.4 + 0.1))
    figure.text(0.5, 0.5, text, ha="center", va="center", fontsize=14, color=colour)
    out = io.StringIO()
    figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = out.getvalue()
    return svg[svg.index("<svg") :]
