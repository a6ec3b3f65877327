"""Target ``numba``: a Python module that the CPU engine imports and that runs alone with numpy and numba."""

from __future__ import annotations

import builtins
import functools
import re
from collections.abc import Mapping, Set
from importlib import resources

import jinja2

from rateml.codegen.artifact import Artifact, lift_marks
from rateml.codegen.names import snake
from rateml.codegen.targets.numba.writer import NumbaWriter
from rateml.ir.program import Precision, Program
from rateml.text import Span

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PARTS = ("module", "imports", "options", "functions", "random", "model", "kernel", "alone")


def generate_numba(program: Program, precision: Precision) -> Artifact:
    """The module for a program that has gone through the passes; it integrates by the program's scheme."""
    spans: list[Span] = []
    writer = NumbaWriter(program, precision, spans, _reserved())
    text = _template().render(c=writer.context())
    suffix = "" if precision == "float64" else f"_{precision}"
    file = f"{snake(program.name)}_numba{suffix}.py"
    source, source_map = lift_marks(file, text, spans)
    return Artifact("numba", {file: source}, file, source_map)


def elementary_source(wanted: Mapping[int, Set[str]]) -> str:
    """The elementary functions of these names, by their precision in bits, as a module of its own."""
    environment = _template().environment
    context = {"elementary": wanted, "functions": frozenset[str]()}
    parts = [environment.get_template(f"{part}.py.jinja") for part in ("imports", "options", "functions")]
    return "".join(part.render(c=context) for part in parts)


@functools.cache
def _sources() -> dict[str, str]:
    folder = resources.files("rateml.codegen").joinpath("templates", "numba")
    return {f"{part}.py.jinja": folder.joinpath(f"{part}.py.jinja").read_text(encoding="utf-8") for part in _PARTS}


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(_sources()),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("module.py.jinja")


@functools.cache
def _reserved() -> frozenset[str]:
    """What the templates themselves call things, and Python's builtins."""
    words = {word for source in _sources().values() for word in _WORD.findall(source)}
    spelled = {
        f"{name}{bits}"
        for name in ("exp", "log", "log_core", "sin", "cos", "sincos", "sincos_core", "turn", "tanh")
        for bits in (32, 64)
    }
    return frozenset(words | spelled | set(dir(builtins)))
