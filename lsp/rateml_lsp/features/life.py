"""The life of a session: settings, workspace folders, watched files, documents that open, change and close."""

from __future__ import annotations

import asyncio

from lsprotocol import types as lsp

from rateml_lsp.documents import file_of
from rateml_lsp.features.diagnostics import publish_soon, withdraw
from rateml_lsp.features.preview import changed as preview_changed
from rateml_lsp.server import Server
from rateml_lsp.settings import read_settings

_WATCH = "rateml-watch"


def register(server: Server) -> None:
    _begin(server, server.begun_with)

    @server.handles(lsp.INITIALIZED)
    async def initialized(params: lsp.InitializedParams) -> None:
        del params
        _tell_faults(server)
        _register_watcher(server)
        await _pull_settings(server)
        server.status("ok")

    @server.handles(lsp.SHUTDOWN)
    def shutdown(params: None) -> None:
        del params
        server.worker.stop()

    @server.handles(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configuration(params: lsp.DidChangeConfigurationParams) -> None:
        if not await _pull_settings(server):
            _use(server, params.settings or server.begun_with.initialization_options)
            _refresh(server)
        _tell_faults(server)

    @server.handles(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: lsp.DidChangeWatchedFilesParams) -> None:
        del params
        server.documents.refresh()
        _refresh(server)

    @server.handles(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        gone = {file_of(f.uri) for f in params.event.removed}
        kept = [f for f in server.documents.workspace.folders if f not in gone]
        new = [file_of(f.uri) for f in params.event.added]
        server.documents.workspace = server.documents.workspace.with_folders(tuple(dict.fromkeys([*kept, *new])))

    @server.handles(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        file = server.documents.open(document.uri, document.version, document.text)
        fault = server.documents.workspace.settings_fault(file)
        if fault:
            server.tell(f"rateml: {fault}")
        _look_again(server, file)

    @server.handles(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        file = server.documents.change(document.uri, document.version, params.content_changes)
        if file is not None:
            _look_again(server, file)
            preview_changed(server, file)

    @server.handles(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        del params

    @server.handles(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        withdraw(server, server.documents.close(params.text_document.uri))


def _begin(server: Server, params: lsp.InitializeParams) -> None:
    """What the client said at the very start."""
    server.documents.encoding = server.workspace.position_encoding or lsp.PositionEncodingKind.Utf16
    folders = [f.uri for f in params.workspace_folders or ()] or ([params.root_uri] if params.root_uri else [])
    server.documents.workspace = server.documents.workspace.with_folders(tuple(map(file_of, folders)))
    _use(server, params.initialization_options)


def _look_again(server: Server, changed: str) -> None:
    """Check a file that has changed, and those that include it."""
    publish_soon(server, changed)
    for file in server.documents.files:
        if file != changed and not server.documents.workspace.is_looked_at(file):
            publish_soon(server, file)


def _use(server: Server, data: object) -> None:
    server.settings = read_settings(_plain(data))
    server.documents.workspace = server.documents.workspace.with_severities(server.settings.severities)


def _plain(data: object) -> object:
    """A JSON value; the protocol library makes objects of those it has no type for."""
    if hasattr(data, "_asdict"):
        return {key: _plain(value) for key, value in data._asdict().items()}
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    return data


def _refresh(server: Server) -> None:
    """Everything that is shown may have changed."""
    for file in server.documents.files:
        publish_soon(server, file)
    workspace = server.client_capabilities.workspace
    if server.pulls_diagnostics and workspace and workspace.diagnostics and workspace.diagnostics.refresh_support:
        server.workspace_diagnostic_refresh(None)


def _tell_faults(server: Server) -> None:
    for fault in server.settings.faults:
        server.tell(fault)


async def _pull_settings(server: Server) -> bool:
    """Ask the client for the section ``rateml``; False when there is nothing in it, or no more."""
    workspace = server.client_capabilities.workspace
    if workspace is None or not workspace.configuration:
        return False
    params = lsp.ConfigurationParams([lsp.ConfigurationItem(section="rateml")])
    try:
        found = await asyncio.wait_for(server.workspace_configuration_async(params), 5)
    except TimeoutError:  # it is busy, and its settings are what they were
        return True
    except Exception:  # a client without an answer is one without settings
        return False
    data = _plain(found[0]) if found else None
    if not isinstance(data, dict) or not data:
        return False
    before = server.settings
    _use(server, data)
    _tell_faults(server)
    if server.settings != before:
        _refresh(server)
    return True


def _register_watcher(server: Server) -> None:
    """Ask to be told when models, or the severities of a folder, change on the disk."""
    workspace = server.client_capabilities.workspace
    watched = workspace.did_change_watched_files if workspace else None
    if watched is None or not watched.dynamic_registration:
        return
    watchers = [lsp.FileSystemWatcher(pattern) for pattern in ("**/*.xml", "**/rateml.toml", "**/pyproject.toml")]
    options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
    registration = lsp.Registration(_WATCH, lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    server.client_register_capability(lsp.RegistrationParams([registration]))
