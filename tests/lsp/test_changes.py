"""What changes a model, in each editor: the edits arrive where they belong, and the model is as good after them."""

from __future__ import annotations

import re

import pytest
from lsprotocol import types as lsp
from pytest_lsp import LanguageClient

ACCENTS = "<!-- τ😀 -->"


def offset(text: str, position: lsp.Position, encoding: str) -> int:
    line = text.split("\n")[position.line]
    before = sum(len(row) + 1 for row in text.split("\n")[: position.line])
    codec, unit = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[encoding]
    return before + len(line.encode(codec)[: position.character * unit].decode(codec))


def applied(text: str, edits, encoding: str) -> str:
    for e in sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True):
        text = text[: offset(text, e.range.start, encoding)] + e.new_text + text[offset(text, e.range.end, encoding) :]
    return text


class Changing:
    """An editor with one model open, in which a line has characters that the encodings count differently."""

    def __init__(self, client: LanguageClient, text: str) -> None:
        self.client, self.me = client, client.editor
        self.encoding = client.server_capabilities_.position_encoding
        self.text = text
        self.uri = self.me.open("m.xml", text)
        self.document = lsp.TextDocumentIdentifier(self.uri)

    def show(self, text: str) -> None:
        self.text = text
        self.me.change(self.uri, text)

    async def errors(self) -> list[str]:
        return [d.code for d in await self.me.diagnostics(self.uri) if d.severity <= 2]

    def range(self, marker: str) -> lsp.Range:
        position = self.me.position
        return lsp.Range(position(self.uri, marker), position(self.uri, marker, len(marker)))

    async def act(self, marker: str, title: str) -> None:
        """Choose an action on a piece of the text."""
        params = lsp.CodeActionParams(self.document, self.range(marker), lsp.CodeActionContext([]))
        offered = await self.client.text_document_code_action_async(params) or []
        found = [a for a in offered if a.title.startswith(title)]
        assert found, [a.title for a in offered]
        action = found[0]
        if action.edit is None:
            action = await self.client.code_action_resolve_async(action)
        changes = action.edit.changes
        edits = changes[self.uri] if changes else [e for d in action.edit.document_changes for e in d.edits]
        self.show(applied(self.text, edits, self.encoding))


@pytest.mark.asyncio
async def test_actions(editor: LanguageClient, shipped) -> None:
    accented = shipped("montbrio.xml").replace("            <TimeDerivative", f"            {ACCENTS}<TimeDerivative")
    it = Changing(editor, accented)
    assert await it.errors() == []

    for kind in ("a parameter", "a constant", "an input", "a derived variable"):
        it.show(accented.replace("J * tau", "gain * tau"))
        assert "RML201" in await it.errors()
        await it.act("gain * tau", f"declare 'gain' as {kind}")
        assert set(await it.errors()) <= {"RML503", "RML601"}, kind

    it.show(accented)
    await it.act("lorentz + 2 * V * r", "extract to derived variable")
    assert 'value="(r_part1) / tau"' in it.text
    assert await it.errors() == []
    await it.act("(r_part1)"[1:-1], "put 'r_part1' into its 1 use")
    assert "r_part1" not in it.text
    assert await it.errors() == []

    it.show("\n".join(line for line in accented.split("\n") if '<TimeDerivative variable="V"' not in line))
    assert "RML304" in await it.errors()
    await it.act('<StateVariable name="V"', "add the derivative of 'V'")
    assert "RML304" not in await it.errors()

    it.show(accented.replace(' J="14.5"', ""))
    await it.act('<Component id="mpr"', "give every parameter a value")
    assert await it.errors() == []

    it.show(accented.replace("(lorentz + 2 * V * r) / tau", "(lorentz + 2 * V * r) / 3 ms"))
    assert await it.errors() == ["RML121"]
    await it.act("3 ms", "declare '3 ms' as a constant")
    assert await it.errors() == []

    it.show(accented.replace("lorentz + 2 * V * r", "lorentz - 2 * V * r + r"))
    assert "RML622" in {d.code for d in await it.me.diagnostics(it.uri)}
    await it.act("lorentz - 2 * V * r + r", "put it in parentheses")
    assert await it.me.diagnostics(it.uri) == []

    fixed = re.sub(r' *<Parameter name="D_V"[^>]*>\n', "", accented).replace(' D_V="4e-3 per_ms"', "")
    it.show(fixed.replace('rml:diffusion="D_V"', 'rml:diffusion="4e-3 per_ms"'))
    assert await it.errors() == ["RML121"]
    await it.act('rml:diffusion="4e-3 per_ms"', "declare '4e-3 per_ms' as a constant")
    await it.act('rml:diffusion="constant1"', "make the noise on 'V' a parameter")
    assert 'D_V="4e-3 per_ms"' in it.text
    assert 'rml:diffusion="D_V"' in it.text
    assert await it.errors() == []


@pytest.mark.asyncio
async def test_a_comment_silences_advice(editor: LanguageClient, shipped) -> None:
    idle = '<Constant name="idle" dimension="none" value="1"/>\n        '
    text = shipped("montbrio.xml").replace('<Constant name="MSEC"', f'{idle}<Constant name="MSEC"')
    it = Changing(editor, text)
    assert [d.code for d in await it.me.diagnostics(it.uri)] == ["RML610"]
    await it.act('name="idle"', "silence RML610 here")
    assert "<!-- rateml: ignore RML610 -->" in it.text
    assert await it.me.diagnostics(it.uri) == []


@pytest.mark.asyncio
async def test_formatting(editor: LanguageClient, shipped) -> None:
    good = shipped("montbrio.xml")
    options = lsp.FormattingOptions(4, True)
    messy = good.replace('    <Dimension name="time" t="1"/>', '  <Dimension  t="1" name="time"  />')
    messy = messy.replace("        <Parameter name=", "   <Parameter name=")
    it = Changing(editor, messy)

    range = it.range('<Dimension  t="1" name="time"  />')
    params = lsp.DocumentRangeFormattingParams(it.document, range, options)
    edits = await editor.text_document_range_formatting_async(params)
    assert applied(messy, edits, it.encoding) == good.replace("        <Parameter name=", "   <Parameter name=")
    edits = await editor.text_document_formatting_async(lsp.DocumentFormattingParams(it.document, options))
    assert applied(messy, edits, it.encoding) == good

    opened = good.replace("<OnStart>\n", "<OnStart>\n\n", 1)
    it.show(opened)
    at = it.me.position(it.uri, "<OnStart>\n", len("<OnStart>\n"))
    params = lsp.DocumentOnTypeFormattingParams(it.document, at, "\n", options)
    edits = await editor.text_document_on_type_formatting_async(params)
    assert applied(opened, edits, it.encoding) == good.replace("<OnStart>\n", "<OnStart>\n" + " " * 16 + "\n", 1)
