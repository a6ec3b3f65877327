"""Every whole model of the tests and the documentation that our rules call portable runs alike in PyLEMS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from rateml.checks import check_model, no_includes
from rateml.diagnostics import Code, Severity
from rateml.ir.interp import Float

pytestmark = pytest.mark.filterwarnings("ignore")

Steps = Callable[[str, int, float], Float]

_UNDEFINED = (Code.DIVISION_BY_ZERO, Code.UNDEFINED_AT_DEFAULTS)
_ROOT = Path(__file__).parent.parent.parent
_SAYS_SO = re.compile(r"<!-- rateml: ignore-file RML621")
_MARK = re.compile(r"<!-- *(\^+|!) RML\d{3} *-->")


def _texts() -> Iterator[tuple[str, str]]:
    for path in (*sorted((_ROOT / "rateml" / "models").glob("*.xml")), *sorted((_ROOT / "tests").rglob("*.xml"))):
        yield str(path.relative_to(_ROOT)), path.read_text(encoding="utf-8", errors="replace")
    for path in (_ROOT / "README.md", *sorted((_ROOT / "docs").glob("**/*.md"))):
        for number, block in enumerate(re.findall(r"<Lems .*?</Lems>", path.read_text(encoding="utf-8"), re.DOTALL)):
            yield f"{path.relative_to(_ROOT)}:{number}", block
    yield from _fixtures(_ROOT / "tests" / "checks")


def _fixtures(folder: Path) -> Iterator[tuple[str, str]]:
    """The cases of faults.txt: base.xml with lines exchanged."""
    base = (folder / "base.xml").read_text(encoding="utf-8").splitlines()
    for block in (folder / "faults.txt").read_text(encoding="utf-8").split("\n== ")[1:]:
        title, *lines = block.splitlines()
        swaps: dict[str, list[str]] = {}
        target: list[str] = []
        for line in lines:
            if line.startswith("- "):
                target = swaps.setdefault(line[2:], [])
            elif line and not _MARK.search(line):
                target.append(line)
        yield f"faults.txt: {title}", "\n".join(new for line in base for new in swaps.get(line, [line]))


def _portable() -> dict[str, str]:
    """Models that no advice on portability is given on, without an error and, where Python raises, a division by 0."""
    found = {}
    for name, text in _texts():
        checked = check_model(text, "model.xml", reader=no_includes)
        told = checked.diagnostics
        if (
            not checked.migrated
            and not any(
                d.severity is Severity.ERROR or d.code in _UNDEFINED or d.code.name.startswith("NOT_PORTABLE")
                for d in told
            )
            and not _SAYS_SO.search(text)
        ):
            found[name] = text
    return found


def test_portable_files(pylems: Steps, ours: Steps) -> None:
    files = _portable()
    assert {"rateml/models/montbrio.xml", "tests/checks/base.xml"} <= files.keys()
    assert len(files) >= 35
    for name, text in files.items():
        expected = ours(text, 10, 0.1)
        assert np.isfinite(expected).all(), name
        np.testing.assert_allclose(pylems(text, 10, 0.1), expected, rtol=1e-9, atol=1e-12, err_msg=name)
