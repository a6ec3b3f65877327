"""Files made to do harm: nothing is executed, nothing is read, nothing hangs, and the diagnostic is clear."""

from __future__ import annotations

import builtins
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import pytest

from rateml.checks import Checked, check_file, check_model, no_includes
from rateml.diagnostics import Code
from rateml.ir.lower import lower

_BASE = (Path(__file__).parent / "base.xml").read_text(encoding="utf-8")
_HEAD = '<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">'
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_NAMES = (
    "x; import os",
    "__import__('os')",
    "__import__(&quot;os&quot;).system(&quot;true&quot;)",
    "{0.__class__}",
    "%s%n",
    "../../etc",
)


def _check(text: str) -> Checked:
    """How long it takes is measured by benchmarks/checking.py; here it only has to come to an end."""
    with _hang_guard():
        return check_model(text, "hostile.xml", reader=no_includes)


@contextmanager
def _hang_guard() -> Iterator[None]:
    """Fail what takes a hundred times as long as it should."""

    def hung(*_: object) -> None:
        raise AssertionError("this takes for ever")

    before = signal.signal(signal.SIGALRM, hung)
    signal.alarm(100)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _codes(text: str) -> set[Code]:
    return {d.code for d in _check(text).diagnostics}


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Everything a file could make us do shows up in the list."""
    check_model(_BASE)
    touched: list[str] = []

    def trap(name: str) -> object:
        def called(*args: object, **_: object) -> None:
            touched.append(f"{name} {args[:1]}")
            raise AssertionError(touched[-1])

        return called

    with monkeypatch.context() as patch:
        for owner, name in ((os, "system"), (subprocess, "Popen"), (builtins, "open"), (Path, "open")):
            patch.setattr(owner, name, trap(name))
        for name in ("eval", "exec"):
            patch.setattr(builtins, name, trap(name))
        yield touched


def _with_names(hostile: str) -> Iterator[str]:
    for match in _ATTRIBUTE.finditer(_BASE):
        yield _BASE[: match.start(2)] + hostile + _BASE[match.end(2) :]


@pytest.mark.parametrize("hostile", _NAMES)
def test_hostile_names_in_every_attribute(hostile: str, sealed: list[str]) -> None:
    for text in _with_names(hostile):
        checked = _check(text)
        assert not checked.ok, text
        assert all(d.message and d.span.file == "hostile.xml" for d in checked.diagnostics)
    assert sealed == []


def test_descriptions_may_say_anything(sealed: list[str]) -> None:
    text = _BASE.replace('name="tau" ', 'name="tau" description="__import__(\'os\'); {x}" ', 1)
    checked = _check(text)
    assert checked.ok
    assert checked.model is not None
    lower(checked.model)
    assert sealed == []


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE Lems [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;&a;">]>',
        '<!DOCTYPE Lems [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Lems SYSTEM "http://example.org/a.dtd">',
        "<!DOCTYPE Lems [<!ENTITY % p SYSTEM 'http://example.org/'> %p;]>",
    ],
)
def test_entities(doctype: str, sealed: list[str]) -> None:
    text = doctype + _BASE.replace('name="tau"', 'name="tau" description="&x;&c;"', 1)
    assert {Code.FORBIDDEN_MARKUP, Code.UNKNOWN_ENTITY} <= _codes(text)
    assert sealed == []


def test_entity_bomb() -> None:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    assert Code.FORBIDDEN_MARKUP in _codes(f'<!DOCTYPE Lems [<!ENTITY l0 "ha">{lines}]>{_BASE}')


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<a>" * 300_000, Code.ELEMENTS_TOO_DEEP),
        (_HEAD + "<a/>" * 300_000, Code.TOO_MANY_ELEMENTS),
        ("<a " + "b " * 300_000 + "/>", Code.MALFORMED_XML),
        ("<a " + "= " * 300_000 + "/>", Code.MALFORMED_XML),
        ("<a " + "b='1' " * 300_000 + "/>", Code.DUPLICATE_ATTRIBUTE),
        ("<a " + " ".join(f"p{i}:b=''" for i in range(100_000)) + "/>", Code.UNDECLARED_PREFIX),
        ("<a " + " ".join(f"xmlns:p{i}=''" for i in range(100_000)) + "><b/></a>", None),
        (_HEAD + "</x>" * 300_000, Code.CLOSING_TAG_MISMATCH),
        (_HEAD + "<!--" * 500_000, Code.COMMENT_NOT_CLOSED),
        ("<" * 1_000_000, Code.RAW_CHARACTER),
        ("&" * 1_000_000, Code.MALFORMED_XML),
        (_HEAD + "&" * 1_000_000, Code.RAW_CHARACTER),
        ("\x00" * 1_000_000, Code.CONTROL_CHARACTER),
        ("x" * 50 * 2**20, Code.FILE_TOO_LARGE),
        ("<?a?>" * 300_000, Code.FORBIDDEN_MARKUP),
        ("<!DOCTYPE a [" * 100_000, Code.FORBIDDEN_MARKUP),
        (_HEAD + "<Unit " + "x='1\n" * 200_000, Code.MALFORMED_XML),
        (_HEAD + "<![CDATA[" * 300_000, Code.COMMENT_NOT_CLOSED),
    ],
    ids=lambda value: value.name if isinstance(value, Code) else "",
)
def test_floods(text: str, code: Code | None) -> None:
    codes = _codes(text)
    assert codes
    assert code is None or code in codes


def _valued(value: str) -> str:
    return _BASE.replace('value="x / tau"', f'value="{value}"', 1)


@pytest.mark.parametrize(
    "text",
    [
        _valued("(" * 20_000),
        _valued(")" * 20_000),
        _valued("-" * 19_000 + "x"),
        _valued("x^" * 9_000 + "x"),
        _valued("x+" * 9_000 + "x"),
        _valued("x " * 9_000),
        _valued("x," * 9_000),
        _valued("min(" * 4_000),
        _valued("1e999999999"),
        _valued("9" * 19_000),
        _valued("&amp;" * 3_000),
        _valued("x .lt. " * 2_000),
        _valued("a" * 19_000),
        _valued("." * 19_000),
        _valued("1." * 9_000),
        _BASE.replace("5)", "1000000)"),
        _BASE.replace("linspace(1 ms, 20 ms, 5)", "list(" + "1 ms, " * 100_000 + "1 ms)"),
        _BASE.replace('rml:bind="y=x"', f'rml:bind="{"y=x; " * 50_000}y=x"'),
        _BASE.replace('power="6"', f'power="{"9" * 100_000}"'),
        _BASE.replace('tau="10 ms"', f'tau="1e{"9" * 10_000} ms"'),
        _BASE.replace('tau="10 ms"', f'tau="{"9" * 100_000} ms"'),
        _BASE.replace(
            "</Dynamics>", '<DerivedVariable name="q" dimension="none" value="qq"/>' * 3_000 + "</Dynamics>", 1
        ),
        _BASE.replace("<Exposure", '<Parameter name="q" dimension="none"/>' * 5_000 + "<Exposure", 1),
        _BASE.replace("</Lems>", '<Component id="q" type="Nothing"/>' * 9_000 + "</Lems>"),
        _BASE.replace("</Lems>", '<ComponentType nme="q"/>' * 9_000 + "</Lems>"),
        _BASE.replace(
            "</Dynamics>",
            "".join(f'<DerivedVariable name="v{i}" dimension="none" value="v{i + 1} + v{i - 1}"/>' for i in range(1500))
            + "</Dynamics>",
            1,
        ),
    ],
    ids=lambda text: "",
)
def test_heavy_values(text: str) -> None:
    _check(text)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_BASE.encode("utf-16"), Code.UNDECODABLE),
        (_BASE.encode("utf-16-le"), None),
        (_BASE.encode("utf-32"), None),
        (b"\xef\xbb\xbf" + _BASE.encode(), None),
        (_BASE.replace("\n", "\r\n").encode(), None),
        (_BASE.replace("\n", "\r").encode(), None),
        (b"\x00" * 100, Code.CONTROL_CHARACTER),
        (_BASE.encode()[:700] + b"\xed\xa0\x80" + _BASE.encode()[700:], Code.UNDECODABLE),
        (b"x" * 50 * 2**20, Code.FILE_TOO_LARGE),
        (b"", Code.NO_ROOT),
    ],
    ids=[
        "utf-16", "utf-16-le", "utf-32", "byte order mark", "carriage returns and line feeds", "carriage returns",
        "zeros", "half a pair", "50 MB", "nothing",
    ],
)  # fmt: skip
def test_bytes(tmp_path: Path, data: bytes, code: Code | None) -> None:
    path = tmp_path / "m.xml"
    path.write_bytes(data)
    found = [d.code for d in check_file(path).diagnostics]
    if data.startswith((b"\xef\xbb\xbf", _BASE[:5].encode())) and code is None:
        assert found == []
    elif code is not None:
        assert found[0] is code
    else:
        assert found


def test_lone_surrogates_in_memory() -> None:
    assert Code.CONTROL_CHARACTER in _codes(_BASE.replace('name="tau"', 'name="\ud800"', 1))


_CHAINS = (
    "+x" * 9_999,
    "*x/1" * 4_900,
    "-x" * 9_000 + "x " * 900,
    " .or. x .lt. 1" * 1_400,
    ".lt.x" * 3_900,
    "+q" * 9_999,
    "+x+tau" * 3_300,
    "+" + "(-x+x*" * 199 + "x" + ")" * 199,
)


@pytest.mark.parametrize("chain", _CHAINS, ids=lambda chain: chain[:14])
@pytest.mark.parametrize(
    "place", ["1 / tau", "x / tau", "x .lt. 0", "random(TWOPI)", "x .geq. TWOPI", "sin(y_j - y_i)"]
)
def test_long_chains(place: str, chain: str) -> None:
    text = _BASE.replace(f'"{place}"', f'"x{chain}"', 1)
    assert text != _BASE
    assert not _check(text).ok


def test_long_but_legal() -> None:
    text = (files("rateml") / "models" / "kuramoto.xml").read_text(encoding="utf-8")
    depth = "(-omega+2*" * 199 + "omega" + ")" * 199
    for terms in ("+0*omega" * 2_400, "-0" * 9_900, "*1" * 9_900, "-" + depth):
        checked = _check(text.replace('value="omega + c_theta"', f'value="omega + c_theta{terms}"'))
        assert checked.ok
        assert checked.model is not None
        lower(checked.model)


def test_deep_but_legal() -> None:
    text = (files("rateml") / "models" / "kuramoto.xml").read_text(encoding="utf-8")
    nested = "(" * 199 + "omega" + ")" * 199
    assert _check(text.replace('value="omega + c_theta"', f'value="{nested} + c_theta"')).ok
