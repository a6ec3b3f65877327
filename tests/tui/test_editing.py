"""Each editor is told the line and the column in its own way."""

from __future__ import annotations

from pathlib import Path

import pytest
from rateml_tui.views.editing import editor_command


@pytest.mark.parametrize(
    ("editor", "command"),
    [
        ("vim", ["vim", "+call cursor(3,7)", "m.xml"]),
        ("nano", ["nano", "+3,7", "m.xml"]),
        ("emacs -nw", ["emacs", "-nw", "+3:7", "m.xml"]),
        ("/usr/bin/hx", ["/usr/bin/hx", "m.xml:3:7"]),
        ("code --wait", ["code", "--wait", "--goto", "m.xml:3:7"]),
        ("myed", ["myed", "+3", "m.xml"]),
    ],
)
def test_editors(editor: str, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", editor)
    assert editor_command(Path("m.xml"), 3, 7) == command
