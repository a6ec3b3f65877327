"""What Python and the generated code must agree on, and where pycuda may be imported."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import rateml
from rateml import api
from rateml.standalone.fields import FIELDS, ROUNDS

PACKAGE = Path(rateml.__file__).parent


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("model", ["montbrio", "epileptor", "couplings"])
def test_the_fields_are_those_of_the_structure(shipped_models, model: str, precision: str) -> None:
    """In this order, each of eight bytes."""
    artifact = api.build(shipped_models[model], "cuda", precision)
    body = re.search(r"\nstruct Job \{\n(.*?)\n\};", artifact.files[artifact.entry], re.S)
    assert body is not None
    found: list[str] = []
    for declaration in re.sub(r"//[^\n]*", "", body[1]).split(";")[:-1]:
        whole, pointer = re.fullmatch(r"(.*?)((?:\*?\w+, )*\*?\w+(?:\[\d+\])?)", declaration.strip(), re.S).groups()  # type: ignore[union-attr]  # None fails
        kind = whole.split()
        for name in pointer.split(", "):
            eight = (["long", "long"], ["double"], ["unsigned", "long", "long"], ["Eight"])
            assert name.startswith("*") or kind in eight
            found.append(name.removeprefix("*"))
    assert found == [*FIELDS, f"keys[{ROUNDS}]"]


def test_pycuda_is_imported_where_a_gpu_is_asked_for_alone() -> None:
    """Inside the functions of one module: everything else works without it."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {n for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for n in ast.walk(f)}
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "pycuda" for name in names):
                found.append(path.relative_to(PACKAGE).as_posix())
                assert node in inside, path
    assert set(found) == {"standalone/gpu.py"}
