"""Include: what is read, what is refused, and where faults of included files are told."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rateml.checks import Checked, check_file, check_model, no_includes
from rateml.diagnostics import Code

_HEAD = '<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">\n'
_BASE = (Path(__file__).parent / "base.xml").read_text(encoding="utf-8")

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(name: str, body: str) -> Path:
        path = tmp_path / "model" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_HEAD + body + "</Lems>\n", encoding="utf-8")
        return path

    return put


def _main(write: Write, *includes: str) -> Path:
    body = "".join(f'<Include file="{i}"/>\n' for i in includes) + _BASE.partition("\n")[2].removesuffix("</Lems>\n")
    return write("main.xml", body)


def _faults(checked: Checked) -> list[tuple[Code, str]]:
    return [(d.code, checked.sources[d.span.file].slice(d.span)) for d in checked.diagnostics]


def test_elements_of_included_files_count(write: Write) -> None:
    write("lib/units.xml", '<Include file="more.xml"/>\n<Dimension name="per_time3" t="-3"/>\n')
    write("lib/more.xml", '<Unit symbol="per_ms3" dimension="per_time3" power="9"/>\n')
    checked = check_file(_main(write, "lib/units.xml", "lib/more.xml"))
    assert checked.diagnostics == ()
    assert checked.model is not None
    assert {"per_ms3"} <= set(checked.model.units)
    assert [Path(name).name for name in checked.sources] == ["more.xml", "units.xml", "main.xml"]


def test_faults_are_told_in_the_file_they_stand_in(write: Write) -> None:
    write("lib/a.xml", '<Unit symbol="q" dimension="tme"/>\n')
    checked = check_file(_main(write, "lib/a.xml"))
    (fault,) = checked.diagnostics
    assert fault.code is Code.UNKNOWN_DIMENSION
    assert Path(fault.span.file).as_posix().endswith("model/lib/a.xml")
    assert checked.sources[fault.span.file].slice(fault.span) == "tme"


def test_a_name_declared_in_two_files(write: Write) -> None:
    write(
        "a.xml",
        '<ComponentType name="Sum" rml:role="coupling"><Requirement name="x_j" dimension="none"/></ComponentType>',
    )
    checked = check_file(_main(write, "a.xml"))
    assert (Code.DUPLICATE_TYPE, "Sum") in _faults(checked)


def test_malformed_include(write: Write) -> None:
    write("a.xml", "<Dimension>")
    assert [code for code, _ in _faults(check_file(_main(write, "a.xml")))] == [Code.ELEMENT_NOT_CLOSED]


def test_undecodable_include(write: Write) -> None:
    write("a.xml", "").write_bytes(b"\xff\xfeL")
    assert [code for code, _ in _faults(check_file(_main(write, "a.xml")))] == [Code.UNDECODABLE]


@pytest.mark.parametrize(
    "path",
    [
        "../outside.xml",
        "lib/../../outside.xml",
        "/etc/passwd",
        "file:///etc/passwd",
        "http://example.org/a.xml",
        "C:/a.xml",
        "lib\\a.xml",
        "",
        ".",
    ],
)
def test_forbidden(write: Write, path: str) -> None:
    write("../outside.xml", '<Dimension name="q" t="1"/>')
    assert _faults(check_file(_main(write, path))) == [(Code.INCLUDE_FORBIDDEN, path)]


def test_unreadable(write: Write) -> None:
    main = _main(write, "gone.xml")
    (main.parent / "folder").mkdir()
    assert _faults(check_file(main)) == [(Code.INCLUDE_UNREADABLE, "gone.xml")]
    assert _faults(check_file(_main(write, "folder"))) == [(Code.INCLUDE_UNREADABLE, "folder")]


@pytest.mark.skipif(sys.platform == "win32", reason="makes links and pipes")
def test_links_that_lead_out_and_pipes_are_not_read(write: Write, tmp_path: Path) -> None:
    (tmp_path / "secret.xml").write_text(_HEAD + "</Lems>")
    main = _main(write, "link.xml", "pipe.xml")
    (main.parent / "link.xml").symlink_to(tmp_path / "secret.xml")
    os.mkfifo(main.parent / "pipe.xml")
    assert [code for code, _ in _faults(check_file(main))] == [Code.INCLUDE_UNREADABLE] * 2


def test_cycle(write: Write) -> None:
    write("a.xml", '<Include file="b.xml"/>')
    write("b.xml", '<Include file="a.xml"/>')
    (fault,) = check_file(_main(write, "a.xml")).diagnostics
    assert fault.code is Code.INCLUDE_CYCLE
    assert "a.xml → b.xml → a.xml" in fault.message
    (fault,) = check_file(_main(write, "main.xml")).diagnostics
    assert fault.code is Code.INCLUDE_CYCLE


def test_a_very_long_chain(write: Write) -> None:
    for number in range(1200):
        write(f"f{number}.xml", f'<Include file="f{number + 1}.xml"/>')
    write("f1200.xml", "")
    assert check_file(_main(write, "f0.xml")).diagnostics == ()


def test_limits_are_those_of_all_files_together(write: Write) -> None:
    write("a.xml", '<Dimension name="q" t="1"/>' * 6_000)
    write("b.xml", '<Dimension name="q" t="1"/>' * 6_000)
    assert Code.TOO_MANY_ELEMENTS in [code for code, _ in _faults(check_file(_main(write, "a.xml", "b.xml")))]
    write("a.xml", "<!--" + "x" * 3 * 2**20 + "-->")
    write("b.xml", "<!--" + "x" * 3 * 2**20 + "-->")
    assert [code for code, _ in _faults(check_file(_main(write, "a.xml", "b.xml")))] == [Code.FILE_TOO_LARGE]


def test_text_without_a_folder_reads_nothing(write: Write) -> None:
    write("a.xml", "")
    main = _main(write, "a.xml")
    checked = check_model(main.read_text(encoding="utf-8"), str(main), reader=no_includes)
    assert [d.code for d in checked.diagnostics] == [Code.INCLUDE_UNREADABLE]


def test_a_reader_of_ones_own() -> None:
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return (_HEAD + "</Lems>").encode()

    text = _BASE.replace('rml:version="1.0">', 'rml:version="1.0">\n<Include file="lib/a.xml"/>', 1)
    assert check_model(text, "base.xml", reader=read).diagnostics == ()
    assert asked == ["lib/a.xml"]
