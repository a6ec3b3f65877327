"""Broken models: never an exception, every span inside the file, and no fault of XML overlooked."""

from __future__ import annotations

import random
import re
from importlib.resources import files

import pytest
from lxml import etree

from rateml.checks import check_model

_MODELS = ("kuramoto", "montbrio", "epileptor")
_JUNK = (
    "<",
    ">",
    "&",
    '"',
    "'",
    "/",
    "=",
    "(",
    ")",
    "{",
    "^",
    "é",
    "😀",
    "\x00",
    "\t",
    "<!--",
    "]]>",
    "<?a?>",
    "1e999",
    "&#0;",
)


def _text(name: str) -> str:
    return (files("rateml") / "models" / f"{name}.xml").read_text(encoding="utf-8")


def _mutate(text: str, rng: random.Random) -> str:
    kind = rng.choice(("delete", "double", "replace", "junk", "token", "line", "swap", "attribute", "cut"))
    at = rng.randrange(len(text))
    end = min(len(text), at + rng.randrange(1, 12))
    lines = text.splitlines(keepends=True)
    row = rng.randrange(len(lines))
    values = list(re.finditer(r'"([^"]*)"', text))
    one, other = sorted(rng.sample(values, 2), key=lambda m: m.start())
    tokens = list(re.finditer(r"\w+|[^\w\s]", text))
    token = rng.choice(tokens)
    attribute = rng.choice(list(re.finditer(r' [\w:]+="[^"]*"', text)))
    match kind:
        case "delete":
            return text[:at] + text[end:]
        case "double":
            return text[:end] + text[at:]
        case "replace":
            return text[:at] + rng.choice("abcxyz0123456789.+-*/()<>&\"'= ") + text[at + 1 :]
        case "junk":
            return text[:at] + rng.choice(_JUNK) + text[at:]
        case "token":
            return text[: token.start()] + rng.choice(("", rng.choice(tokens)[0])) + text[token.end() :]
        case "line":
            return "".join(lines[:row] + lines[row:row] * rng.randrange(3) + lines[row + 1 :])
        case "attribute":
            return text[: attribute.start()] + text[attribute.end() :]
        case "cut":
            return text[:at]
        case _:
            return text[: one.start()] + other[0] + text[one.end() : other.start()] + one[0] + text[other.end() :]


@pytest.mark.parametrize("name", _MODELS)
@pytest.mark.parametrize("seed", range(100))
def test_mutated_model(name: str, seed: int) -> None:
    rng = random.Random(f"{name} {seed}")
    text = _text(name)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        text = _mutate(text, rng)
    checked = check_model(text, "mutated.xml")
    for d in checked.diagnostics:
        for span in (d.span, *(r.span for r in d.related), *(e.span for f in d.fixes for e in f.edits)):
            assert 0 <= span.start <= span.end <= len(text)
            assert span.file == "mutated.xml"
    try:
        etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        assert not checked.ok


@pytest.mark.parametrize(
    "text", ["", " ", "<", "<a", "<a b", "<a b=", "<a b='", "</", "</a>", "&", "<!", "<?", "\ufeff<Lems/>", "\ud800"]
)
def test_fragments(text: str) -> None:
    assert not check_model(text).ok
