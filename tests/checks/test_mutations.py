"""Broken models: never an exception, every span inside the file, and no fault of XML overlooked."""

from __future__ import annotations

import random
import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from rateml.checks import check_file, check_model, no_includes
from rateml.checks.vocabulary import vocabulary
from rateml.ir.lower import lower
from rateml.ir.verify import verify

_MODELS = ("kuramoto", "montbrio", "epileptor")
_HEAD = '<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1"'
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


def _check(text: str) -> None:
    checked = check_model(text, "mutated.xml", reader=no_includes)
    for d in checked.diagnostics:
        for span in (d.span, *(r.span for r in d.related), *(e.span for f in d.fixes for e in f.edits)):
            assert 0 <= span.start <= span.end <= len(text)
            assert span.file == "mutated.xml"
        assert d.message
    try:
        etree.fromstring(text.encode("utf-8", "replace"), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        assert not checked.ok
    if checked.ok:
        assert checked.model is not None
        verify(lower(checked.model), "lower")


def _mutated(name: str, seed: int) -> str:
    rng = random.Random(f"{name} {seed}")
    text = _text(name)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        if text.count('="') > 2 and text.count("\n") > 2:
            text = _mutate(text, rng)
    return text


@pytest.mark.parametrize("name", _MODELS)
@pytest.mark.parametrize("batch", range(10))
def test_mutated_model(name: str, batch: int) -> None:
    """What does compile, lowers to a program that holds together."""
    for seed in range(batch * 15, batch * 15 + 15):
        _check(_mutated(name, seed))


@pytest.mark.long
@pytest.mark.parametrize("name", _MODELS)
@pytest.mark.parametrize("batch", range(20))
def test_many_mutated_models(name: str, batch: int) -> None:
    for seed in range(1000 + batch * 100, 1100 + batch * 100):
        _check(_mutated(name, seed))


@pytest.mark.parametrize("name", _MODELS)
def test_mutated_bytes(name: str, tmp_path: Path) -> None:
    rng = random.Random(name)
    path = tmp_path / "m.xml"
    for _ in range(40):
        data = bytearray(_text(name).encode())
        for _ in range(rng.choice((1, 3, 30))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(bytes(data))
        check_file(path)


_VALUES = st.one_of(
    st.sampled_from(
        [
            "x",
            "y",
            "tau",
            "none",
            "time",
            "per_time",
            "1 ms",
            "0",
            "1",
            "pre",
            "post",
            "gx",
            "x_j",
            "x_i",
            "t",
            "f/y",
            "model",
            "coupling",
            "function",
            "true",
            "x=x",
            "tau=list(1 ms)",
            "a.xml",
            "1 .eq. 1",
            "x .lt. 0",
            "M",
            "F",
        ]
    ),
    st.recursive(
        st.sampled_from(["x", "y", "tau", "1", "0", "2.5"]),
        lambda inner: (
            st.builds("({}{}{})".format, inner, st.sampled_from(list("+-*/^")), inner)
            | st.builds("{}({})".format, st.sampled_from(["exp", "log", "random", "max", "f"]), inner)
        ),
        max_leaves=6,
    ),
)


@st.composite
def _elements(draw: st.DrawFn, name: str, depth: int = 0) -> str:
    """An element that the language knows, with its own attributes and children, and any values."""
    entry = vocabulary().get(name)
    known = sorted(entry.attributes) if entry else []
    required = entry.required if entry else frozenset()
    chosen = [a for a in known if draw(st.integers(0, 9)) < (9 if a in required else 4)]
    attributes = "".join(f' {a}="{draw(_VALUES)}"' for a in chosen)
    children = sorted(entry.children) if entry else []
    inside = ""
    if children and depth < 4:
        for child in draw(st.lists(st.sampled_from(children), max_size=5)):
            inside += draw(_elements(child, depth + 1))
    return f"<{name}{attributes}>{inside}</{name}>"


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(_elements("Lems"))
def test_made_up_models(text: str) -> None:
    _check(text.replace("<Lems", _HEAD, 1))


@pytest.mark.long
@settings(deadline=None, max_examples=4000, suppress_health_check=list(HealthCheck))
@given(_elements("Lems"))
def test_many_made_up_models(text: str) -> None:
    _check(text.replace("<Lems", _HEAD, 1))


@pytest.mark.parametrize(
    "text", ["", " ", "<", "<a", "<a b", "<a b=", "<a b='", "</", "</a>", "&", "<!", "<?", "\ufeff<Lems/>", "\ud800"]
)
def test_fragments(text: str) -> None:
    assert not check_model(text).ok
