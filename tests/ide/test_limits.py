"""Hostile files are answered and execute nothing; being asked loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rateml.ide.actions import actions
from rateml.ide.completion import completions
from rateml.ide.diagnostics import diagnostics
from rateml.ide.folding import folds
from rateml.ide.hover import hover
from rateml.ide.selection import selections
from rateml.ide.symbols import outline
from rateml.ide.tokens import tokens

HEAD = '<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">'
HOSTILE = {
    "code": HEAD + '<ComponentType name="A" rml:role="model"><Dynamics><DerivedVariable name="x" dimension="none" '
    "value=\"__import__('os').system('touch WITNESS')\"/></Dynamics></ComponentType></Lems>",
    "entities": '<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + HEAD + "&b;</Lems>",
    "deep": HEAD + "<a>" * 5_000,
    "wide": HEAD + "<Dimension/>" * 12_000,
    "brackets": HEAD
    + '<ComponentType name="A" rml:role="model"><DerivedParameter name="x" dimension="none" value="'
    + "(" * 15_000
    + '"/>',
    "quotes": HEAD + '<Component id="' * 3_000,
    "angles": "<" * 50_000,
    "nothing": "",
    "binary": "".join(map(chr, range(1, 2_000))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(analysed, name: str, tmp_path) -> None:
    witness = tmp_path / "was-here"
    text = HOSTILE[name].replace("WITNESS", str(witness))
    analysis = analysed(text)
    diagnostics(analysis)
    for offset in (0, len(text) // 2, len(text)):
        completions(analysis, offset)
        hover(analysis, offset)
        selections(analysis, offset)
    actions(analysis, len(text) // 2, len(text) // 2)
    outline(analysis)
    folds(analysis)
    tokens(analysis)
    assert not witness.exists()


def test_what_the_server_loads() -> None:
    code = (
        "import sys, rateml_lsp.server, rateml_lsp.features, rateml_lsp.__main__\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    heavy = {"sympy", "numpy", "numba", "jinja2", "zarr", "xarray", "textual", "matplotlib", "pandas"}
    assert not set(done.stdout.split()) & heavy


def test_nothing_of_the_core_is_loaded_before_initialize() -> None:
    code = "import sys, rateml_lsp.server as s; s.make_server(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    assert not [m for m in done.stdout.split() if m.startswith(("rateml.", "lxml"))]


def test_the_legend_of_tokens_is_that_of_the_answers() -> None:
    from rateml_lsp.capabilities import TOKEN_MODIFIERS, TOKEN_TYPES

    from rateml.ide.tokens import MODIFIERS, TYPES

    assert (TYPES, MODIFIERS) == (TOKEN_TYPES, TOKEN_MODIFIERS)
