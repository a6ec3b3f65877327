"""What is kept of texts checked before changes no diagnostic and no span: after others a text is checked as alone."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

import rateml
from rateml.checks.run import check_model
from rateml.text.kept import forget

MODELS = sorted((Path(rateml.__file__).parent / "models").glob("*.xml"))
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(\.\d+)?|[<>/=\"'()+*^-]")


def _checked(text: str) -> tuple[str, str]:
    checked = check_model(text, "m.xml")
    return repr(checked.diagnostics), repr(checked.model)


def _edited(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
    token, other = chance.choices(list(_TOKEN.finditer(text)), k=2)
    match chance.randrange(6):
        case 0:
            return text[: token.start()] + other[0] + text[token.end() :]
        case 1:
            return text[: token.start()] + text[token.end() :]
        case 2:
            return text[: token.start()] + other[0] + text[token.start() :]
        case 3:
            return "".join((*lines[:here], lines[here], *lines[here:]))
        case 4:
            return "".join((*lines[:here], *lines[here + 1 :]))
        case _:
            lines[here], lines[there] = lines[there], lines[here]
            return "".join(lines)


def _assert_kept_changes_nothing(texts: list[str]) -> None:
    forget()
    after_others = [_checked(text) for text in texts]
    for text, found in zip(texts, after_others, strict=True):
        forget()
        assert _checked(text) == found, text


@pytest.mark.parametrize("turns", [20, pytest.param(1000, marks=pytest.mark.long)])
def test_edits(turns: int) -> None:
    chance = random.Random(turns)
    for _ in range(turns):
        texts = [chance.choice(MODELS).read_text(encoding="utf-8")]
        for _ in range(5):
            texts.append(_edited(texts[-1], chance) if chance.random() < 0.85 else chance.choice(texts))
        _assert_kept_changes_nothing(texts)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param('<no:Thing a="1"/>', id="told where it stands first"),
        pytest.param('<Thing a="1" a="2"/>', id="told each time"),
    ],
)
def test_a_fault_that_an_earlier_text_told_elsewhere(fault: str) -> None:
    text = MODELS[0].read_text(encoding="utf-8")
    once, twice = (text.replace("</Lems>", f"{fault}\n" * n + "</Lems>") for n in (1, 2))
    several = text.replace("</Lems>", fault * 300 + "</Lems>")
    _assert_kept_changes_nothing([twice, once, several, once])


def test_a_definition_that_was_pasted_twice() -> None:
    text = MODELS[0].read_text(encoding="utf-8")
    component = re.search(r"<Component [^>]*/>|<Component .*?</Component>", text, re.DOTALL)
    assert component is not None
    _assert_kept_changes_nothing([text, text.replace(component[0], component[0] * 2)])
