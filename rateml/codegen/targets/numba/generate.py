"""Target ``numba``: a Python module that the CPU engine imports and that runs alone with numpy and numba."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Mapping, Set

from rateml.codegen.artifact import Artifact, lift_marks
from rateml.codegen.layout import templates, words
from rateml.codegen.names import snake
from rateml.codegen.targets.numba.writer import NumbaWriter
from rateml.ir.program import Precision, Program
from rateml.text import Span


def generate_numba(program: Program, precision: Precision) -> Artifact:
    """The module for a program that has gone through the passes; it integrates by the program's scheme."""
    spans: list[Span] = []
    writer = NumbaWriter(program, precision, spans, _reserved())
    text = templates("numba").get_template("module.py.jinja").render(c=writer.context())
    suffix = "" if precision == "float64" else f"_{precision}"
    file = f"{snake(program.name)}_numba{suffix}.py"
    source, source_map = lift_marks(file, text, spans)
    return Artifact("numba", {file: source}, file, source_map)


def elementary_source(wanted: Mapping[int, Set[str]]) -> str:
    """The elementary functions of these names, by their precision in bits, as a module of its own."""
    environment = templates("numba")
    context = {"elementary": wanted, "functions": frozenset[str]()}
    parts = [environment.get_template(f"{part}.py.jinja") for part in ("imports", "options", "functions")]
    return "".join(part.render(c=context) for part in parts)


@functools.cache
def _reserved() -> frozenset[str]:
    """What the templates themselves call things, and Python's builtins."""
    spelled = {
        f"{name}{bits}"
        for name in ("exp", "log", "log_core", "sin", "cos", "sincos", "sincos_core", "turn", "tanh")
        for bits in (32, 64)
    }
    return words("numba") | spelled | set(dir(builtins))
