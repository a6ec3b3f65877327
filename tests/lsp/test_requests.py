"""Every other request: what one looks up in each editor, the rest in Visual Studio Code."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient


def whole(text: str) -> lsp.Range:
    return lsp.Range(lsp.Position(0, 0), lsp.Position(text.count("\n") + 1, 0))


@pytest.mark.asyncio
async def test_looking_around(editor: LanguageClient, shipped) -> None:
    client, me = editor, editor.editor
    text = shipped("montbrio.xml")
    uri = me.open("montbrio.xml", text)
    document = lsp.TextDocumentIdentifier(uri)

    symbols = await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(document))
    model = next(s for s in symbols if s.name == "MontbrioPazoRoxin")
    assert {"tau", "J", "V"} <= {c.name for c in model.children}
    found = await client.workspace_symbol_async(lsp.WorkspaceSymbolParams("mntbro"))
    assert [s.name for s in found] == ["MontbrioPazoRoxin"]

    folds = await client.text_document_folding_range_async(lsp.FoldingRangeParams(document))
    assert (12, 47) in {(f.start_line, f.end_line) for f in folds} or len(folds) > 4

    at = me.position(uri, "J * tau * r", 1)
    (selection,) = await client.text_document_selection_range_async(lsp.SelectionRangeParams(document, [at]))
    sizes = []
    while selection is not None:
        sizes.append(selection.range)
        selection = selection.parent
    assert sizes[0].end.character - sizes[0].start.character == 1
    assert sizes[-1].start == lsp.Position(0, 0)

    tokens = await client.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(document))
    assert len(tokens.data) % 5 == 0
    assert len(tokens.data) > 500
    ranged = await client.text_document_semantic_tokens_range_async(
        lsp.SemanticTokensRangeParams(document, whole(text))
    )
    assert ranged.data == tokens.data

    hints = await client.text_document_inlay_hint_async(lsp.InlayHintParams(document, whole(text)))
    assert "= 0.222817 1/ms" in [h.label for h in hints]

    lenses = await client.text_document_code_lens_async(lsp.CodeLensParams(document))
    assert {"1 use", "generated code"} <= {lens.command.title for lens in lenses}

    at = me.position(uri, "random(3.5)", 8)
    signature = await client.text_document_signature_help_async(lsp.SignatureHelpParams(document, at))
    assert signature.signatures[0].label == "random(a)"

    at = me.position(uri, 'name="pitr"', 6)
    (item,) = await client.text_document_prepare_call_hierarchy_async(lsp.CallHierarchyPrepareParams(document, at))
    callers = await client.call_hierarchy_incoming_calls_async(lsp.CallHierarchyIncomingCallsParams(item))
    assert [c.from_.name for c in callers] == ["V"]
    callees = await client.call_hierarchy_outgoing_calls_async(lsp.CallHierarchyOutgoingCallsParams(item))
    assert {c.to.name for c in callees} == {"pi", "tau", "r"}

    at = me.position(uri, "</Dynamics>", 3)
    linked = await client.text_document_linked_editing_range_async(lsp.LinkedEditingRangeParams(document, at))
    assert len(linked.ranges) == 2
    at = me.position(uri, 'name="tau" dimension="time"', 25)
    typed = await client.text_document_type_definition_async(lsp.TypeDefinitionParams(document, at))
    assert typed.range.start.line == 3
    highlights = await client.text_document_document_highlight_async(
        lsp.DocumentHighlightParams(document, me.position(uri, 'name="tau"', 7))
    )
    assert sum(h.kind == lsp.DocumentHighlightKind.Write for h in highlights) == 1
    assert len(highlights) == 7


@pytest.mark.asyncio
async def test_pulled_diagnostics_say_when_nothing_changed(code: LanguageClient, shipped) -> None:
    me = code.editor
    uri = me.open("m.xml", shipped("montbrio.xml").replace("J * tau", "K * tau"))
    document = lsp.TextDocumentIdentifier(uri)
    first = await code.text_document_diagnostic_async(lsp.DocumentDiagnosticParams(document))
    assert [d.code for d in first.items] == ["RML201"]
    again = await code.text_document_diagnostic_async(
        lsp.DocumentDiagnosticParams(document, previous_result_id=first.result_id)
    )
    assert isinstance(again, lsp.RelatedUnchangedDocumentDiagnosticReport)
    me.change(uri, shipped("montbrio.xml"))
    fresh = await code.text_document_diagnostic_async(
        lsp.DocumentDiagnosticParams(document, previous_result_id=first.result_id)
    )
    assert isinstance(fresh, lsp.RelatedFullDocumentDiagnosticReport)
    assert not [d for d in fresh.items if d.severity == 1]


@pytest.mark.asyncio
async def test_diagnostics_of_every_model_of_the_folder(pulling: LanguageClient, shipped) -> None:
    me = pulling.editor
    assert pulling.server_capabilities_.diagnostic_provider.workspace_diagnostics
    bad = shipped("montbrio.xml").replace("J * tau", "K * tau")
    for name, text in (("bad.xml", bad), ("good.xml", shipped("montbrio.xml")), ("page.xml", "<html>")):
        (me.folder / name).write_text(text)
    opened = me.open("open.xml", bad)

    async def pull(previous=()):
        ids = [lsp.PreviousResultId(r.uri, r.result_id) for r in previous]
        found = await pulling.workspace_diagnostic_async(lsp.WorkspaceDiagnosticParams(ids))
        return {r.uri.rsplit("/", 1)[1]: r for r in found.items}

    first = await pull()
    assert set(first) == {"bad.xml", "good.xml", "open.xml"}
    assert {n: [d.code for d in r.items if d.severity == 1] for n, r in first.items()} == {
        "bad.xml": ["RML201"],
        "good.xml": [],
        "open.xml": ["RML201"],
    }
    assert (first["open.xml"].version, first["bad.xml"].version) == (1, None)
    again = await pull(first.values())
    assert {r.kind for r in again.values()} == {"unchanged"}
    me.change(opened, shipped("montbrio.xml"))
    (me.folder / "bad.xml").unlink()
    change = lsp.FileEvent((me.folder / "bad.xml").as_uri(), lsp.FileChangeType.Deleted)
    pulling.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([change]))
    last = await pull(again.values())
    assert {name: report.kind for name, report in last.items()} == {
        "bad.xml": "full",
        "good.xml": "unchanged",
        "open.xml": "full",
    }
    assert not last["bad.xml"].items
    assert not [d for d in last["open.xml"].items if d.severity == 1]


@pytest.mark.asyncio
async def test_the_folder_is_only_offered_to_those_who_would_ask(editor: LanguageClient) -> None:
    workspace = editor.capabilities.workspace
    offered = editor.server_capabilities_.diagnostic_provider.workspace_diagnostics
    assert offered == bool(editor.editor.pulls and workspace and workspace.diagnostics)


@pytest.mark.asyncio
async def test_a_renaming_that_cannot_be_says_why(code: LanguageClient, shipped) -> None:
    me = code.editor
    uri = me.open("m.xml", shipped("montbrio.xml"))
    params = lsp.RenameParams(lsp.TextDocumentIdentifier(uri), me.position(uri, "J * tau"), "exp")
    with pytest.raises(JsonRpcException, match="reserved: it is a function"):
        await code.text_document_rename_async(params)


@pytest.mark.asyncio
async def test_severities_of_the_settings_and_of_the_folder(code: LanguageClient, shipped) -> None:
    me = code.editor
    (me.folder / "rateml.toml").write_text('[severity]\nRML610 = "error"\n')
    text = shipped("montbrio.xml").replace(
        '<Constant name="pi"', '<Constant name="unused" dimension="none" value="1"/>\n        <Constant name="pi"'
    )
    uri = me.open("m.xml", text)
    found = [d for d in await me.diagnostics(uri) if d.code == "RML610"]
    assert [d.severity for d in found] == [lsp.DiagnosticSeverity.Error]
    assert list(found[0].tags) == [lsp.DiagnosticTag.Unnecessary]
    (me.folder / "rateml.toml").unlink()
    change = lsp.FileEvent((me.folder / "rateml.toml").as_uri(), lsp.FileChangeType.Deleted)
    code.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([change]))
    await me.until(uri, lambda told: [d.severity for d in told if d.code == "RML610"] == [lsp.DiagnosticSeverity.Hint])
    code.set_configuration({"rateml": {"severity": {"RML610": "off", "RML201": "hint"}}})
    code.workspace_did_change_configuration(lsp.DidChangeConfigurationParams({}))
    await me.until(uri, lambda told: not [d for d in told if d.code == "RML610"])
    for _ in range(6000):
        if code.messages:
            break
        await asyncio.sleep(0.02)
    assert "RML201 cannot be 'hint'" in code.messages[0].message
    code.set_configuration({})
    code.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(None))
    await me.until(uri, lambda told: bool([d for d in told if d.code == "RML610"]))


@pytest.mark.asyncio
async def test_included_files_are_followed_and_looked_at_again(code: LanguageClient, shipped) -> None:
    me = code.editor
    text = shipped("montbrio.xml")
    unit = '    <Unit symbol="per_ms3" dimension="per_time3" power="9"/>\n'
    head = text[: text.index("description=")].rstrip() + ">\n"
    (me.folder / "units.xml").write_text(head + unit + "</Lems>\n")
    main = text.replace(unit, "").replace("    <Dimension", '    <Include file="units.xml"/>\n    <Dimension', 1)
    uri = me.open("m.xml", main)
    document = lsp.TextDocumentIdentifier(uri)
    assert not [d for d in await me.diagnostics(uri) if d.severity == 1]
    (link,) = await code.text_document_document_link_async(lsp.DocumentLinkParams(document))
    assert link.target == me.uri("units.xml")
    at = me.position(uri, '0 per_ms3"', 4)
    place = await code.text_document_definition_async(lsp.DefinitionParams(document, at))
    assert place.uri == me.uri("units.xml")
    edit = await code.text_document_rename_async(lsp.RenameParams(document, at, "per_milli3"))
    changed = {d.text_document.uri for d in edit.document_changes}
    assert changed == {uri, me.uri("units.xml")}
    other = me.open("units.xml", head + unit.replace("power", "pover") + "</Lems>\n")
    told = await me.until(uri, lambda told: any(d.severity == 1 for d in told))
    assert told[0].message.startswith("in units.xml:")
    assert told[0].related_information[0].location.uri == other


OLD = Path(__file__).parent.parent / "legacy" / "files" / "mpr.xml"


@pytest.mark.asyncio
async def test_an_old_file_can_be_migrated(code: LanguageClient) -> None:
    me = code.editor
    text = OLD.read_text()
    uri = me.open("old.xml", text)
    document = lsp.TextDocumentIdentifier(uri)
    told = await me.diagnostics(uri)
    (old,) = [d for d in told if d.code == "RML801"]
    assert list(old.tags) == [lsp.DiagnosticTag.Deprecated]
    actions = await code.text_document_code_action_async(
        lsp.CodeActionParams(document, whole(text), lsp.CodeActionContext([]))
    )
    action = next(a for a in actions if a.title.startswith("migrate"))
    if action.edit is None:
        action = await code.code_action_resolve_async(action)
    new = _applied(text, action.edit)
    me.change(uri, new)
    assert not [d for d in await me.diagnostics(uri) if d.code == "RML801" or d.severity == 1]


@pytest.mark.asyncio
async def test_everything_that_can_be_fixed_at_once(code: LanguageClient, shipped) -> None:
    me = code.editor
    text = (
        shipped("montbrio.xml")
        .replace("V^2", "V**2")
        .replace("pitr^2", "pitr**2")
        .replace("r .lt. zero", "r &lt; zero")
    )
    uri = me.open("m.xml", text)
    document = lsp.TextDocumentIdentifier(uri)
    assert {d.code for d in await me.diagnostics(uri)} == {"RML123"}
    only = lsp.CodeActionContext([], only=[lsp.CodeActionKind.SourceFixAll])
    (action,) = await code.text_document_code_action_async(lsp.CodeActionParams(document, whole(text), only))
    if action.edit is None:
        action = await code.code_action_resolve_async(action)
    assert _applied(text, action.edit) == shipped("montbrio.xml")


def _applied(text: str, edit: lsp.WorkspaceEdit) -> str:
    """The text after the edits of an ASCII file."""
    changes = edit.changes
    edits = next(iter(changes.values())) if changes else edit.document_changes[0].edits
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for e in sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True):
        start, end = (starts[p.line] + p.character for p in (e.range.start, e.range.end))
        text = text[:start] + e.new_text + text[end:]
    return text
