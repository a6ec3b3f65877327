"""The canonical form: each thing it changes, and all that it must not."""

from __future__ import annotations

import random
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from rateml.checks import Checked, check_model
from rateml.fmt import format_text
from rateml.ir.lower import lower
from rateml.ir.show import show
from rateml.model.nodes import Model
from rateml.syntax.xml import scan
from rateml.text import SourceFile, Span

_HERE = Path(__file__).parent


def _cases() -> dict[str, tuple[str, str]]:
    """``cases.txt``: ``== title``, the text before, ``--``, the text after (nothing: it stays as it is)."""
    found = {}
    for block in (_HERE / "cases.txt").read_text(encoding="utf-8").split("\n== ")[1:]:
        title, _, body = block.partition("\n")
        before, mark, after = body.partition("\n--\n")
        before = before.rstrip("\n") + "\n"
        found[title] = (before, after.rstrip("\n") + "\n" if mark else before)
    return found


@pytest.mark.parametrize("title", _cases())
def test_case(title: str) -> None:
    before, after = _cases()[title]
    assert format_text(before).text == after
    assert format_text(after).text == after


def _format(text: str) -> str:
    done = format_text(text, "m.xml")
    assert done.diagnostics == ()
    return done.text


@pytest.mark.parametrize("text", ["<a>", "<a b='<'/>", "", "no xml", "<a/><b/>", "<a>" * 300, '<a b="1" b="2"/>'])
def test_what_is_not_well_formed_stays_as_it_is(text: str) -> None:
    done = format_text(text)
    assert done.text == text
    assert done.diagnostics


def test_mark_declaration_and_line_ends_stay() -> None:
    text = (
        '\ufeff<?xml version="1.0" encoding="utf-8"?>\r\n<Lems>\r\n  <!-- a\r\nb -->\r\n<Unit a="1"\r\n b="2"/></Lems>'
    )
    done = _format(text)
    assert done == (
        '\ufeff<?xml version="1.0" encoding="utf-8"?>\r\n<Lems>\r\n    <!-- a\r\nb -->\r\n'
        '    <Unit a="1"\r\n          b="2"/>\r\n</Lems>\r\n'
    )
    assert done.count("\n") == done.count("\r\n")


def _meaning(model: Model | None) -> object:
    """What a model says, wherever it says it."""
    assert model is not None
    named = (sorted(model.dimensions.items()), sorted(model.units.items()))
    return model.description, named, _shape(model.types), _shape(model.components)


def _shape(value: object) -> object:
    """A node without its spans, and without order where order has no meaning."""
    if isinstance(value, Span):
        return None
    if is_dataclass(value):
        return (
            type(value).__name__,
            *(
                _sorted(_shape(part)) if f.name in ("derived", "values") else _shape(part)
                for f in fields(value)
                if (part := getattr(value, f.name)) is not None and f.name != "span"
            ),
        )
    if isinstance(value, tuple):
        return tuple(_shape(part) for part in value)
    return value


def _sorted(shape: object) -> object:
    return tuple(sorted(shape, key=str)) if isinstance(shape, tuple) else shape


def _faults(checked: Checked) -> list[str]:
    """What is wrong, apart from the order that formatting mends."""
    return sorted(d.message for d in checked.diagnostics if d.severity < 3)


def _comments(text: str) -> list[str]:
    return sorted(c.text for c in scan(SourceFile("m.xml", text)).comments)


def _holds(text: str) -> None:
    """Every property of formatting, for one well-formed text."""
    done = _format(text)
    assert _format(done) == done
    assert _comments(done) == _comments(text)
    before, after = check_model(text, "m.xml"), check_model(done, "m.xml")
    assert _meaning(after.model) == _meaning(before.model)
    assert _faults(after) == _faults(before)
    assert _characters(done) == _characters(text)
    assert not re.search(r"\n[ \t]*\n[ \t]*\n", _without_values(done))
    assert done.endswith("\n")


def _without_values(text: str) -> str:
    return re.sub(r"<!--.*?-->|\"[^\"]*\"", "…", text, flags=re.DOTALL)


def _characters(text: str) -> list[str]:
    """Everything but space, quotes and the closing tags of what is empty."""
    closed = re.sub(r"<([\w:]+)([^<>]*)>\s*</\1>", r"<\1\2/>", text)
    return sorted(re.sub(r"[\s'\"]", "", closed))


def test_shipped_models(shipped_models: dict[str, Path]) -> None:
    for path in shipped_models.values():
        text = path.read_text(encoding="utf-8")
        _holds(text)
        before, after = check_model(text, path.name).model, check_model(_format(text), path.name).model
        assert before is not None
        assert after is not None
        assert show(lower(before)) == show(lower(after))


_WORDS = ("<!-- é 😀 -->", "<!--a\n\n  b-->", "<!-- rateml: ignore RML601 -->")


def _mutate(text: str, rng: random.Random) -> str:
    """A change after which the text is still well-formed."""
    tags = list(re.finditer(r"[ ]*<(?:[A-Z]\w*)[^<>]*/>\n", text))
    attribute = rng.choice(list(re.finditer(r"\s[\w:]+=\"[^\"]*\"", text)))
    gaps = [m.end() for m in re.finditer(r">", text[: text.rindex("</")])]
    inside = [g for g in gaps if text.find("<Lems") < g]
    at = rng.choice(inside)
    match rng.randrange(9):
        case 0 if len(tags) > 1:
            one, other = sorted(rng.sample(tags, 2), key=lambda m: m.start())
            return text[: one.start()] + other[0] + text[one.end() : other.start()] + one[0] + text[other.end() :]
        case 1 if tags:
            tag = rng.choice(tags)
            return text[: tag.start()] + text[tag.end() :]
        case 2:
            return text[:at] + rng.choice((" ", "\n", "\n\n\n", "")) + rng.choice(_WORDS) + text[at:]
        case 3:
            return text[: attribute.start()] + rng.choice(("\n", "  ", "\n\n\t")) + text[attribute.start() + 1 :]
        case 4:
            return text[: attribute.start()] + text[attribute.end() :]
        case 5:
            return text[:at] + rng.choice(("\n\n\n", "\t", " ", "\n")) + text[at:]
        case 6:
            return (
                text[:at] + rng.choice(('<Odd x="&lt;&#233;"/>', "<Odd>\n</Odd>", "<Odd><!-- in --></Odd>")) + text[at:]
            )
        case 7:
            return re.sub(r">\s+<", "><", text) if rng.random() < 0.2 else text
        case _:
            quoted = text[: attribute.start()] + attribute[0].replace('"', "'") + text[attribute.end() :]
            return text if "'" in attribute[0] else quoted


@pytest.mark.parametrize("name", ["kuramoto", "montbrio", "epileptor"])
@pytest.mark.parametrize("seed", range(100))
def test_mutated_model(name: str, seed: int, shipped_models: dict[str, Path]) -> None:
    rng = random.Random(f"{name} {seed}")
    text = shipped_models[name].read_text(encoding="utf-8")
    for _ in range(rng.randrange(1, 8)):
        text = _mutate(text, rng)
    if scan(SourceFile("m.xml", text)).diagnostics:
        pytest.skip("the attribute was there twice")
    _holds(text)


def test_ten_thousand_elements_take_no_time() -> None:
    parts = "".join(f'<DerivedVariable name="x{k}" value="x{k + 1}"/><!--c-->' for k in range(9_990))
    text = f"<Lems><ComponentType><Dynamics>{parts}</Dynamics></ComponentType></Lems>"
    done = _format(text)
    assert done.index('"x9989"') < done.index('name="x0"')


@pytest.mark.parametrize(
    "text",
    [
        "<a/>" + "<!---->" * 300_000,
        "<a>" + "<!--x-->\n" * 300_000 + "</a>",
        "<a " + " ".join(f'a{k}="1"' for k in range(900)) + "/>",
        "<a>" + "x<b/>" * 9_000 + "</a>",
        "<a>" * 200 + "<!---->" + "</a>" * 200,
    ],
    ids=lambda text: text[:12],
)
def test_floods(text: str) -> None:
    assert format_text(text).diagnostics == ()


def test_a_long_chain_stays(shipped_models: dict[str, Path]) -> None:
    text = shipped_models["kuramoto"].read_text(encoding="utf-8")
    text = text.replace('value="omega + c_theta"', f'value="omega + c_theta{"-0" * 9_900}"')
    formatted = format_text(text)
    assert "-0" * 9_900 in formatted.text
    assert format_text(formatted.text).text == formatted.text
