"""Damaged model files through the command line: a verdict with a position, never a traceback."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

import pytest

import rateml

MODELS = Path(rateml.__file__).parent / "models"
COUNT = 200
_PLACE = re.compile(r"--> .*m\.xml:\d+:\d+", re.DOTALL)
_NUMBERS = ("1e308", "-1e308", "1e999", "-0", "0", "inf", "nan", "-1", "99999999999999999999", "1e-320", "0x10")
_WORDS = ("lambda", "def", "import", "None", "while", "t", "pi", "random", "exp", "np", "i", "p", "x", "__class__", "é")


@cache
def _mutated(number: int) -> str:
    """Mutation ``number`` of the shipped models; the same on every machine."""
    chance = random.Random(number)
    files = sorted(MODELS.glob("*.xml"))
    text = files[number % len(files)].read_text(encoding="utf-8")
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        text = _mutate(text, chance)
    return text


def _mutate(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    match chance.randrange(10):
        case 0:
            at = chance.randrange(len(text))
            return text[:at] + text[at + chance.randint(1, 3) :]
        case 1:
            at = chance.randrange(len(text))
            return text[:at] + chance.choice("<>&\"'=()^*/.-+é\x00\u2028 1a") + text[at:]
        case 2:
            return _swap(text, r"-?\d+(\.\d+)?", chance, lambda _: chance.choice(_NUMBERS))
        case 3:
            return _swap(text, r"(?<=name=\")[^\"]*", chance, lambda _: chance.choice(_WORDS))
        case 4:
            return _swap(text, r" [\w:]+=\"[^\"]*\"", chance, lambda _: "")
        case 5:
            return _swap(text, r" [\w:]+=\"[^\"]*\"", chance, lambda found: found * 2)
        case 6:
            lines.pop(chance.randrange(len(lines)))
        case 7:
            at = chance.randrange(len(lines))
            lines.insert(chance.randrange(len(lines)), lines[at])
        case 8:
            a, b = chance.randrange(len(lines)), chance.randrange(len(lines))
            lines[a], lines[b] = lines[b], lines[a]
        case _:
            return _swap(text, r"\b[A-Za-z_]\w*\b", chance, lambda _: chance.choice(_WORDS))
    return "".join(lines)


def _swap(text: str, pattern: str, chance: random.Random, change) -> str:
    found = chance.choice(list(re.finditer(pattern, text)))
    return text[: found.start()] + change(found.group()) + text[found.end() :]


def _judge(told, what: str) -> None:
    assert told.code in (0, 1), f"{what}: {told.text}"
    assert "Traceback" not in told.text, what
    if told.code == 1:
        assert _PLACE.search(told.out + told.err), f"{what} names no position: {told.text}"


@pytest.mark.parametrize(
    "start", [first if first < 60 else pytest.param(first, marks=pytest.mark.long) for first in range(0, COUNT, 20)]
)
def test_check_and_build_give_a_verdict(cli, tmp_path: Path, start: int) -> None:
    file = tmp_path / "m.xml"
    for number in range(start, start + 20):
        file.write_text(_mutated(number), encoding="utf-8", newline="")
        checked = cli("check", file)
        _judge(checked, f"check of mutation {number}")
        built = cli("build", file, "-o", tmp_path / "made")
        _judge(built, f"build of mutation {number}")
        assert checked.code == built.code, f"mutation {number}: check and build disagree: {built.text}"
        for made in tmp_path.glob("made/*.py"):
            compile(made.read_text(encoding="utf-8"), str(made), "exec")
            made.unlink()


def test_the_mutations_are_worth_it(cli, tmp_path: Path) -> None:
    codes = []
    for number in range(0, COUNT, 4):
        (tmp_path / "m.xml").write_text(_mutated(number), encoding="utf-8", newline="")
        codes.append(cli("check", tmp_path / "m.xml").code)
    assert codes.count(1) > len(codes) / 3
    assert codes.count(0) > len(codes) / 20


@pytest.mark.parametrize("number", [1, 52])
def test_as_a_process(process, tmp_path: Path, number: int) -> None:
    (tmp_path / "m.xml").write_text(_mutated(number), encoding="utf-8", newline="")
    _judge(process("check", tmp_path / "m.xml"), f"check of mutation {number}")
    _judge(process("build", tmp_path / "m.xml", "-o", tmp_path / "made"), f"build of mutation {number}")


@pytest.mark.long
def test_what_still_checks_runs(cli, tmp_path: Path) -> None:
    originals = {file.read_text(encoding="utf-8") for file in MODELS.glob("*.xml")}
    file = tmp_path / "m.xml"
    ran = 0
    for number in range(COUNT):
        text = _mutated(number)
        file.write_text(text, encoding="utf-8", newline="")
        if text in originals or cli("check", file).code:
            continue
        told = cli("run", file, "--connectome", "synthetic:4:0", "--duration", "1", "--dt", "0.1", "--noise", "off")
        assert told.code in (0, 1), f"mutation {number}: {told.text}"
        assert "Traceback" not in told.text
        ran += 1
        if ran == 3:
            break
    assert ran == 3
