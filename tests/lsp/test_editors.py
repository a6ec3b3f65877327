"""A session in each editor: write, be told, complete, look up, rename, repair, format."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.uris import to_fs_path
from pytest_lsp import LanguageClient

NAMES = 'xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0"'


@pytest.mark.asyncio
async def test_a_session(editor: LanguageClient, shipped) -> None:
    client, me = editor, editor.editor
    text = shipped("montbrio.xml").replace("mean excitability", "mean τ😀 excitability")
    uri = me.open("montbrio.xml", text)
    document = lsp.TextDocumentIdentifier(uri)
    assert not [d for d in await me.diagnostics(uri) if d.severity == lsp.DiagnosticSeverity.Error]

    # A slip, as an incremental edit on the line of the emoji and on another one.
    start = me.position(uri, "mean τ😀", 7)
    me.edit(uri, lsp.Range(start, start), "!")
    here = me.position(uri, "+ eta + J", 2)
    end = lsp.Position(here.line, here.character + 3)
    me.edit(uri, lsp.Range(here, end), "etta")
    wrong = text.replace("τ😀 exc", "τ😀 !exc").replace("+ eta + J", "+ etta + J")
    me._texts[uri] = wrong
    told = await me.diagnostics(uri)
    assert [d.code for d in told if d.severity == 1] == ["RML201"]
    fault = next(d for d in told if d.code == "RML201")
    assert fault.range.start == here
    assert fault.range.end == lsp.Position(here.line, here.character + 4)
    assert fault.code_description is not None
    page = Path(to_fs_path(fault.code_description.href))
    assert page.name == "RML201.md"
    assert "not declared" in page.read_text(encoding="utf-8")

    context = lsp.CodeActionContext([fault])
    actions = await client.text_document_code_action_async(lsp.CodeActionParams(document, fault.range, context))
    titles = [a.title for a in actions]
    assert "write 'eta' (RML201)" in titles
    assert "declare 'etta' as a parameter" in titles
    fix = next(a for a in actions if a.title == "write 'eta' (RML201)")
    assert _changed(fix.edit, uri) == [(fault.range, "eta")]

    me.change(uri, text)
    assert not [d for d in await me.diagnostics(uri) if d.severity == 1]

    found = await client.text_document_completion_async(
        lsp.CompletionParams(document, me.position(uri, "J * tau * r", 1))
    )
    offered = {i.label: i for i in found.items}
    assert {"J", "tau", "r", "V", "eta", "exp", "c_r"} <= offered.keys()
    item = await client.completion_item_resolve_async(offered["eta"])
    assert "mean τ😀 excitability" in getattr(item.documentation, "value", item.documentation)
    snippets = client.editor.name != "neovim" or any(i.insert_text_format == 2 for i in found.items)
    assert snippets or all("$" not in i.text_edit.new_text for i in found.items)

    hover = await client.text_document_hover_async(lsp.HoverParams(document, me.position(uri, "J * tau * r")))
    assert "J" in hover.contents.value.replace("*", "").split()[1]
    assert "-25 … 25" in hover.contents.value

    at = me.position(uri, "J * tau * r")
    defined = await client.text_document_definition_async(lsp.DefinitionParams(document, at))
    assert defined.range.start == me.position(uri, 'name="J"', 6)
    places = await client.text_document_references_async(lsp.ReferenceParams(lsp.ReferenceContext(True), document, at))
    assert len(places) == 3

    ready = await client.text_document_prepare_rename_async(lsp.PrepareRenameParams(document, at))
    assert ready.placeholder == "J"
    edit = await client.text_document_rename_async(lsp.RenameParams(document, at, "weight"))
    assert sorted(new for _, new in _changed(edit, uri)) == ["weight"] * 3

    messy = text.replace('    <Dimension name="time" t="1"/>', '  <Dimension  t="1" name="time"  />')
    me.change(uri, messy)
    edits = await client.text_document_formatting_async(
        lsp.DocumentFormattingParams(document, lsp.FormattingOptions(4, True))
    )
    assert [e.new_text for e in edits] == ['    <Dimension name="time" t="1"/>\n']


def _changed(edit: lsp.WorkspaceEdit, uri: str) -> list[tuple[lsp.Range, str]]:
    if edit.changes is not None:
        return [(e.range, e.new_text) for e in edit.changes[uri]]
    return [(e.range, e.new_text) for d in edit.document_changes for e in d.edits]


@pytest.mark.asyncio
async def test_positions_are_counted_as_agreed(editor: LanguageClient) -> None:
    encoding = editor.server_capabilities_.position_encoding
    expected = {"visual_studio_code": "utf-16", "neovim": "utf-8", "emacs": "utf-32"}[editor.editor.name]
    assert encoding == expected
    me = editor.editor
    uri = me.open("a.xml", f"<Lems description='τ😀' oops='1' {NAMES}/>\r\n")
    told = await me.diagnostics(uri)
    wrong = [d for d in told if "oops" in d.message or d.code == "RML102"]
    assert [d.range.start.character for d in wrong] == [{"utf-16": 24, "utf-8": 27, "utf-32": 23}[expected]]
