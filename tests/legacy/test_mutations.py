"""Broken files of the 2022 dialect: never an exception, every place inside the file, and what migrates is a model."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from rateml.checks import check_model
from rateml.fmt import format_text
from rateml.ir.lower import lower
from rateml.ir.verify import verify
from rateml.legacy import is_old, migrate
from rateml.syntax.xml import scan
from rateml.text import SourceFile

_HERE = Path(__file__).parent
_TEXTS = {
    path.stem: path.read_text(encoding="utf-8")
    for path in (_HERE / "base.xml", *sorted((_HERE / "files").glob("*.xml")))
}
_JUNK = (
    "<", "&", '"', "(", ")", "{", "}", "^", "é", "😀", "1e999", "0", "nan", "inf", "PI", "dt", "t", "n_node", "None",
    "else", ",", "lo=", "&lt;", "**", "/", "-", "c_pop0", "c_pop7", "lc_E", "rec_n", "numpy.pi", "_x", "lambda", ".5f",
    "[1, 2]", "{{a^b}^c}", "<!-- x -->", "x ? y : z", "coupling", "noise", "derivatives",
)  # fmt: skip


def _mutate(text: str, rng: random.Random) -> str:
    kind = rng.choice(
        ("delete", "double", "value", "value", "value", "token", "line", "move", "swap", "attribute", "in")
    )
    at = rng.randrange(len(text))
    end = min(len(text), at + rng.randrange(1, 12))
    lines = text.splitlines(keepends=True)
    row, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    values = list(re.finditer(r'"([^"]*)"', text))
    tokens = list(re.finditer(r"\w+|[^\w\s]", text))
    attributes = list(re.finditer(r""" [\w:]+=("[^"]*"|'[^']*')""", text))
    if len(values) < 2 or not attributes:
        return text[:at] + rng.choice(_JUNK) + text[at:]
    value, token, attribute = rng.choice(values), rng.choice(tokens), rng.choice(attributes)
    match kind:
        case "delete":
            return text[:at] + text[end:]
        case "double":
            return text[:end] + text[at:]
        case "value":
            return text[: value.start(1)] + rng.choice((*_JUNK, rng.choice(values)[1])) + text[value.end(1) :]
        case "in":
            place = rng.randint(value.start(1), value.end(1))
            return text[:place] + rng.choice(_JUNK) + text[place:]
        case "token":
            return text[: token.start()] + rng.choice(("", rng.choice(tokens)[0])) + text[token.end() :]
        case "line":
            return "".join(lines[:row] + lines[row : row + 1] * rng.choice((0, 2)) + lines[row + 1 :])
        case "move":
            line = lines.pop(row)
            return "".join([*lines[:other], line, *lines[other:]])
        case "attribute":
            return text[: attribute.start()] + text[attribute.end() :]
        case _:
            first, second = sorted(rng.sample(values, 2), key=lambda m: m.start())
            return (
                text[: first.start()] + second[0] + text[first.end() : second.start()] + first[0] + text[second.end() :]
            )


def _mutated(name: str, seed: int) -> str:
    rng = random.Random(f"{name} {seed}")
    text = _TEXTS[name]
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        text = _mutate(text, rng) if text.strip() else text
    return text


def _check(text: str) -> tuple[bool, bool]:
    """Whether the text is of the old dialect, and whether it is a model."""
    checked = check_model(text, "mutated.xml")
    for d in checked.diagnostics:
        for span in (d.span, *(r.span for r in d.related)):
            assert 0 <= span.start <= span.end <= len(text), (d.message, span)
            assert span.file == "mutated.xml"
        assert d.message
    if not checked.migrated or not checked.ok:
        return checked.migrated, False
    assert checked.model is not None
    verify(lower(checked.model), "lower")
    document = scan(SourceFile("mutated.xml", text))
    new = format_text(migrate(document).text)
    assert not new.diagnostics
    again = check_model(new.text, "mutated.xml")
    assert again.ok, [d.message for d in again.diagnostics]
    assert not is_old(scan(SourceFile("mutated.xml", new.text)))
    for comment in document.comments:
        assert document.source.slice(comment.span).replace("\r", "") in new.text.replace("\r", "")
    return True, True


@pytest.mark.parametrize("name", _TEXTS)
def test_mutated_file(name: str) -> None:
    found = [_check(_mutated(name, seed)) for seed in range(60)]
    assert sum(old for old, _ in found) > 30, "the mutations leave too few files of the old dialect"
    assert 5 < sum(sound for _, sound in found) < 55, "the mutations break too few files, or too many"


@pytest.mark.long
@pytest.mark.parametrize("name", _TEXTS)
@pytest.mark.parametrize("batch", range(10))
def test_many_mutated_files(name: str, batch: int) -> None:
    found = [_check(_mutated(name, seed)) for seed in range(1000 + batch * 150, 1150 + batch * 150)]
    assert sum(old for old, _ in found) > 75


def test_very_long_and_very_many() -> None:
    """A chain as long as an expression may be, names by the thousand, and values that double at every step."""
    text = _TEXTS["base"]
    chain = "+".join(["x"] * 9_000)
    assert check_model(text.replace("-y + gate", chain)).ok
    constants = "".join(f'<Constant name="c{k}" value="{k}.0"/>' for k in range(2_000))
    assert check_model(text.replace("<Exposure", constants + "<Exposure", 1)).ok
    doubling = "".join(f'<DerivedParameter name="n{k}" value="n{k + 1} * n{k + 1}"/>' for k in range(60))
    doubling += '<DerivedParameter name="n60" value="1.0 / n_node"/>'
    grown = text.replace("<Constant", doubling + "<Constant", 1).replace('value="global_coupling"', 'value="n0"')
    assert not check_model(grown).ok
    chained = doubling.replace("1.0 / n_node", "b")
    assert check_model(text.replace("<Constant", chained + "<Constant", 1).replace('"global_coupling"/>', '"n0"/>')).ok
    circle = '<DerivedParameter name="p" value="q + n_node"/><DerivedParameter name="q" value="p"/><Constant'
    assert not check_model(text.replace("<Constant", circle, 1).replace('value="global_coupling"', 'value="p"')).ok
    assert not check_model(text.replace("<Constant", circle, 1).replace("-y + gate", "-y + p")).ok
