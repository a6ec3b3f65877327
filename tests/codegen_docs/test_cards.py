"""Model cards: of every shipped model, read by strict parsers; three of them against golden files."""

from __future__ import annotations

import functools
import re
import runpy
from collections.abc import Mapping
from pathlib import Path

import pytest
from lxml import etree
from matplotlib.mathtext import MathTextParser

from rateml import api
from rateml.cli.app import run
from rateml.ir.lower import lower

GOLDEN = Path(__file__).parent / "golden"
MODELS = sorted((Path(__file__).parents[2] / "rateml" / "models").glob("*.xml"))
_ARITY = {"mfrac": 2, "msup": 2, "msub": 2, "munder": 2}


@functools.cache
def card(path: Path) -> tuple[str, str]:
    """The HTML and the Markdown of a model."""
    artifact = api.build(path, "docs")
    html, md = artifact.files.values()
    assert artifact.entry.endswith("_card.html")
    return html, md


def formulas(md: str) -> list[str]:
    return re.findall(r"^\$\$\n(.*)\n\$\$$", md, re.MULTILINE)


def test_cards_are_the_golden_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    script = runpy.run_path(str(GOLDEN.parent / "rewrite_golden.py"))
    monkeypatch.chdir(script["MODELS"])
    assert dict(script["cards"]()) == {path.name: path.read_text(encoding="utf-8") for path in GOLDEN.iterdir()}


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_the_page_is_whole_and_needs_nothing_else(path: Path) -> None:
    html, md = card(path)
    page = etree.fromstring(html.encode())  # well-formed XML too: nothing is left open
    tags = {element.tag for element in page.iter()}
    assert not tags & {"script", "link", "img", "iframe", "object", "{http://www.w3.org/2000/svg}image"}
    assert not re.search(r"\bsrc=|@import|url\(", html)
    for element in page.iter():
        if element.tag in _ARITY:
            assert len(element) == _ARITY[element.tag], etree.tostring(element)
    shown = page.findall(".//math[@display='block']")
    assert len(shown) == len(formulas(md)) > 0
    names = {code.text for code in page.findall(".//td/code")}
    checked = api.check(path)
    assert checked.model is not None
    program = lower(checked.model)
    groups = (program.states, program.inputs, program.exposures, program.constants)
    assert names == {p.key for p in program.parameters} | {item.name for group in groups for item in group}
    assert all(f"| `{name}` |" in md for name in names)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_latex_is_balanced(path: Path) -> None:
    _, md = card(path)
    for formula in formulas(md):
        bare = re.sub(r"\\[{}]", "", formula)
        assert bare.count("{") == bare.count("}")
        assert len(re.findall(r"\\left\b", bare)) == len(re.findall(r"\\right\b", bare))
        assert "\\\\" not in formula  # Markdown would halve it


def test_a_parser_of_latex_reads_the_formulas() -> None:
    parser = MathTextParser("path")
    read = [f for f in formulas(card(GOLDEN.parents[2] / "rateml/models/jansen_rit.xml")[1]) if "\\text" not in f]
    assert len(read) > 15
    for formula in read:
        parser.parse("$" + formula.replace("\\lt", "<") + "$")


def test_the_picture_says_what_feeds_what(shipped_models: Mapping[str, Path]) -> None:
    html, _ = card(shipped_models["epileptor"])
    svg = etree.fromstring(html.encode()).find(".//{*}svg")
    labels = ["".join(text.itertext()).replace("\u200b", "") for text in svg.iterfind("{*}text")]
    assert labels[:4] == ["couplings", "cpl_x1 (x1)", "cpl_x2 (x2)", "inputs"]
    assert labels[-4:] == ["x1", "z", "x2", "lfp"]
    # 2 from couplings, c_x1 to x1 and z, c_x2 to x2, one for each state that is exposed, two for lfp
    assert len(svg.findall("{*}path[@class='line']")) == 2 + 3 + 3 + 2


def test_lines_are_mapped_to_the_model(shipped_models: Mapping[str, Path]) -> None:
    artifact = api.build(shipped_models["montbrio"], "docs")
    text = shipped_models["montbrio"].read_text(encoding="utf-8")
    lines = {name: content.splitlines() for name, content in artifact.files.items()}
    found = [
        lines[m.file][m.line - 1]
        for m in artifact.source_map
        if text[m.span.start :].startswith('<TimeDerivative variable="V"')
    ]
    assert len(found) == 2
    assert all("pitr" in line for line in found)


def test_the_command(tmp_path: Path, shipped_models: Mapping[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    words = ["build", str(shipped_models["kuramoto"]), "--target", "docs", "-o", str(tmp_path)]
    assert run(words) == 0
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".html", ".md"]
    assert run([*words, "--precision", "float32"]) == 1
    assert "leave --precision out" in " ".join(capsys.readouterr().err.split())
