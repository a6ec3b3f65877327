"""What importing each part of rateml loads: light parts stay light, shown in fresh processes."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "numba", "sympy", "jinja2", "zarr", "xarray", "matplotlib", "scipy", "tvb")


def _loaded(module: str) -> set[str]:
    code = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module",
    ["rateml", "rateml.checks", "rateml.model", "rateml.diagnostics", "rateml.legacy", "rateml.errors", "rateml.ide"],
)
def test_what_an_editor_loads(module: str) -> None:
    assert not _loaded(module) & set(HEAVY)


def test_the_command_line_loads_what_a_command_needs() -> None:
    assert not _loaded("rateml.cli.app") & set(HEAVY)


@pytest.mark.parametrize(
    "module", ["rateml.ir.lower", "rateml.passes", "rateml.codegen", "rateml.request.settings", "rateml.ir.interp"]
)
def test_generating_runs_nothing(module: str) -> None:
    assert not _loaded(module) & {"numba", "llvmlite", "zarr", "tvb", "dask", "pycuda", "cupy"}


@pytest.mark.parametrize(
    "module", ["rateml.ir.lower", "rateml.passes", "rateml.codegen.targets", "rateml.request.settings"]
)
def test_generating_starts_no_process(module: str) -> None:
    # numpy.testing and logging aside, nothing of ours asks for it
    code = (
        "import sys, builtins\nplain = builtins.__import__\n"
        "def watch(name, globals=None, *rest, **more):\n"
        "    who = (globals or {}).get('__name__', '')\n"
        "    assert not (name == 'subprocess' and who.startswith('rateml')), who\n"
        "    return plain(name, globals, *rest, **more)\n"
        f"builtins.__import__ = watch\nimport {module}\n"
    )
    subprocess.run([sys.executable, "-c", code], timeout=300, check=True)
