"""The driver of a model's kernels: the modules that engine ``cuda`` runs them by, joined to one file."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pprint import pformat

from rateml.codegen.artifact import Artifact
from rateml.codegen.layout import templates
from rateml.codegen.names import snake
from rateml.codegen.targets.cuda.describe import describe
from rateml.codegen.targets.cuda.generate import generate_cuda
from rateml.ir.program import Precision, Program
from rateml.text import SourceFile

MODULES = (
    "model", "cache", "moments", "delays", "fields", "tables", "plan", "nvcc", "device", "gpu", "simulations",
    "network", "asked", "saving", "driver",
)  # fmt: skip
"""Of ``rateml.standalone``, each after those that it needs."""

_PRECISIONS: tuple[Precision, ...] = ("float64", "float32")
_WIDTH = 120


@dataclass(frozen=True)
class _Module:
    """``imports`` are those of other packages, one line each; ``body`` is everything behind the imports."""

    name: str
    says: str
    imports: tuple[str, ...]
    body: str


@dataclass(frozen=True)
class _Kernel:
    """One kernel, spelled: its file as a name and as a literal, lines with where they come from."""

    precision: str
    file: str
    name: str
    origins: Sequence[tuple[int, str]]

    @classmethod
    def of(cls, precision: Precision, kernel: Artifact, sources: Mapping[str, SourceFile]) -> _Kernel:
        origins = [(line, repr(origin)) for line, origin in kernel.origins(sources).items()]
        return cls(repr(precision), kernel.entry, repr(kernel.entry), origins)


def add_driver(program: Program, artifact: Artifact, sources: Mapping[str, SourceFile]) -> Artifact:
    """The kernels of both precisions and the driver of either; ``artifact`` has one of them and stays the entry."""
    made = {p: generate_cuda(program, p) for p in _PRECISIONS}
    stem = snake(program.name)
    own = f"{stem}_driver.py"
    modules = _modules()
    text = (
        templates("driver")
        .get_template("driver.py.jinja")
        .render(
            model=program.name,
            own=own,
            imports=_sorted({line for module in modules for line in module.imports}),
            modules=modules,
            description=pformat(describe(program), width=_WIDTH, sort_dicts=False),
            kernels=[_Kernel.of(precision, kernel, sources) for precision, kernel in made.items()],
        )
    )
    files = {name: body for kernel in made.values() for name, body in kernel.files.items()}
    source_map = tuple(line for kernel in made.values() for line in kernel.source_map)
    return Artifact("cuda", {**files, own: text}, artifact.entry, source_map)


@functools.cache
def _modules() -> tuple[_Module, ...]:
    folder = resources.files("rateml.standalone")
    return tuple(_split(name, folder.joinpath(f"{name}.py").read_text(encoding="utf-8")) for name in MODULES)


def _split(name: str, source: str) -> _Module:
    """A module apart: its own package's imports, and those of the errors, are left out."""
    tree = ast.parse(source)
    head = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    imports = [line for node in head for line in _lines(node)]
    last = head[-1].end_lineno
    body = "\n".join(source.split("\n")[last:]).strip("\n") + "\n"
    says = (ast.get_docstring(tree) or "").split("\n")[0].rstrip(".")
    return _Module(name, says, tuple(imports), body)


def _lines(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """One line a name."""
    if isinstance(node, ast.ImportFrom):
        if (node.module or "").split(".")[0] in ("rateml", "__future__"):
            return
        for alias in node.names:
            yield ast.unparse(ast.ImportFrom(node.module, [alias], node.level))
    else:
        yield ast.unparse(node)


def _sorted(lines: set[str]) -> list[str]:
    """The standard library first, then numpy; a line for each module that names are taken of."""
    plain = sorted(line for line in lines if line.startswith("import "))
    taken: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("from "):
            module, _, name = line.removeprefix("from ").partition(" import ")
            taken.setdefault(module, []).append(name)
    froms = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(taken.items())]
    numpy = [line for line in (*plain, *froms) if "numpy" in line]
    return [*(line for line in (*plain, *froms) if line not in numpy), "", *numpy]
