"""A machine that types: insertions, deletions, pastes and undos over real models, and questions at random places.

At every edit what the server believes the text to be must be the text, and its diagnostics and its answer to a question
must be those of a workspace that sees this text for the first time; every thousand edits those of a new server process
to a question of each kind. Nothing may raise, and memory must not grow.

RATEML_TYPED_EDITS says how many edits (the long test 2,000 without it), RATEML_TYPED_SEED where the dice start:

    RATEML_TYPED_EDITS=100000 python -m pytest -m long -s tests/lsp/test_typist.py
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.workspace import Workspace
from rateml_lsp.documents import Documents
from rateml_lsp.server import Server, make_server

from rateml.text import kept

MODELS = tuple(sorted(p.name for p in (files("rateml") / "models").iterdir() if p.name.endswith(".xml")))
OLD = Path(__file__).parent.parent / "legacy" / "files" / "mpr.xml"
URI = "untitled:typed.xml"
KEYS = (
    *"abcxyzVJt0123456789 .,;:=+-*/^()<>\"'&!_\n\t",
    *("é", "τ", "😀", "\r\n", "\r", "\u2028", "\x0b", "</", "/>", '="', "<!--", "-->", "&lt;", ".lt.", "<![CDATA["),
    *(
        "<Parameter ",
        ' name="',
        'value="',
        "exp(",
        "<TimeDerivative ",
        "rml:",
        " dimension=",
        "</Dynamics>",
        "<?",
        "<!",
    ),
)


def begin(encoding: str) -> Server:
    """A server in this process, as it is after ``initialize``."""
    server = make_server()
    pulls = lsp.TextDocumentClientCapabilities(diagnostic=lsp.DiagnosticClientCapabilities())
    server.protocol.client_capabilities = lsp.ClientCapabilities(text_document=pulls)
    server.protocol._workspace = Workspace(None, position_encoding=encoding)
    return server


def open_in(server: Server, text: str) -> None:
    server.handler(lsp.TEXT_DOCUMENT_DID_OPEN)(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(URI, "xml", 1, text)))


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Work everything out anew inside; what was kept before is there again after it."""
    before = [(k, k._entries, k._characters) for k in kept._every]
    for k, entries, _ in before:
        k._entries, k._characters = type(entries)(), 0
    try:
        yield
    finally:
        for k, entries, characters in before:
            k._entries, k._characters = entries, characters


class Typist:
    """``text`` is what the person sees; the server is told of every change as an editor would."""

    def __init__(self, random: random.Random, server: Server, encoding: str) -> None:
        self.random, self.server, self.encoding = random, server, encoding
        self.text = self.start = ""
        self.undo: list[str] = []
        self.version = 1

    def begin(self, text: str) -> None:
        """Close what is open, open another text."""
        close = lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(URI))
        self.server.handler(lsp.TEXT_DOCUMENT_DID_CLOSE)(close)
        self.text = self.start = text
        self.undo, self.version = [], 1
        open_in(self.server, text)

    def position(self, offset: int) -> lsp.Position:
        """The protocol's position of an offset, worked out in another way than the server's."""
        before = self.text[:offset]
        if before.endswith("\r") and self.text[offset : offset + 1] == "\n":
            before = before[:-1]
        rows = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        line = rows[-1]
        width = {"utf-8": lambda s: len(s.encode()), "utf-16": lambda s: len(s.encode("utf-16-le")) // 2, "utf-32": len}
        return lsp.Position(len(rows) - 1, width[self.encoding](line))

    def edit(self) -> None:
        """One change, sent as the range it replaces."""
        rng, text = self.random, self.text
        start = rng.randrange(len(text) + 1)
        choice = rng.random()
        if choice < 0.5:
            end, new = start, rng.choice(KEYS)
        elif choice < 0.75:
            end, new = min(len(text), start + rng.choice((1, 1, 1, 2, 5, 40))), ""
        elif choice < 0.85:
            source = rng.randrange(len(text) + 1)
            end, new = start, text[source : source + rng.randrange(200)]
        elif choice < 0.95 and self.undo:
            start, end, new = 0, len(text), self.undo.pop()
        else:
            start, end, new = 0, len(text), self.start
        if _splits(text, start) or _splits(text, end):
            return
        self.undo = [*self.undo[-20:], text]
        range = lsp.Range(self.position(start), self.position(end))
        self.version += 1
        self.text = text[:start] + new + text[end:]
        self.server.handler(lsp.TEXT_DOCUMENT_DID_CHANGE)(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.version, URI),
                [lsp.TextDocumentContentChangePartial(range, new)],
            )
        )
        assert self.server.documents.workspace.texts[URI] == self.text

    def questions(self) -> list[tuple[str, Any]]:
        """A request of each kind at a random place."""
        document = lsp.TextDocumentIdentifier(URI)
        at = self.position(self.random.randrange(len(self.text) + 1))
        other = self.position(self.random.randrange(len(self.text) + 1))
        range = lsp.Range(*sorted((at, other), key=lambda p: (p.line, p.character)))
        options = lsp.FormattingOptions(4, True)
        return [
            (lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionParams(document, at)),
            (lsp.TEXT_DOCUMENT_HOVER, lsp.HoverParams(document, at)),
            (lsp.TEXT_DOCUMENT_DEFINITION, lsp.DefinitionParams(document, at)),
            (lsp.TEXT_DOCUMENT_TYPE_DEFINITION, lsp.TypeDefinitionParams(document, at)),
            (lsp.TEXT_DOCUMENT_REFERENCES, lsp.ReferenceParams(lsp.ReferenceContext(True), document, at)),
            (lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, lsp.DocumentHighlightParams(document, at)),
            (lsp.TEXT_DOCUMENT_SIGNATURE_HELP, lsp.SignatureHelpParams(document, at)),
            (lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL, lsp.DocumentSymbolParams(document)),
            (lsp.TEXT_DOCUMENT_FOLDING_RANGE, lsp.FoldingRangeParams(document)),
            (lsp.TEXT_DOCUMENT_SELECTION_RANGE, lsp.SelectionRangeParams(document, [at, other])),
            (lsp.TEXT_DOCUMENT_LINKED_EDITING_RANGE, lsp.LinkedEditingRangeParams(document, at)),
            (lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, lsp.SemanticTokensParams(document)),
            (lsp.TEXT_DOCUMENT_INLAY_HINT, lsp.InlayHintParams(document, range)),
            (lsp.TEXT_DOCUMENT_CODE_LENS, lsp.CodeLensParams(document)),
            (lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionParams(document, range, lsp.CodeActionContext([]))),
            (lsp.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, lsp.CallHierarchyPrepareParams(document, at)),
            (lsp.TEXT_DOCUMENT_FORMATTING, lsp.DocumentFormattingParams(document, options)),
            (lsp.TEXT_DOCUMENT_RANGE_FORMATTING, lsp.DocumentRangeFormattingParams(document, range, options)),
            (
                lsp.TEXT_DOCUMENT_ON_TYPE_FORMATTING,
                lsp.DocumentOnTypeFormattingParams(document, at, "\n", options),
            ),
            (lsp.TEXT_DOCUMENT_DIAGNOSTIC, lsp.DocumentDiagnosticParams(document)),
            (lsp.TEXT_DOCUMENT_PREPARE_RENAME, lsp.PrepareRenameParams(document, at)),
            (lsp.TEXT_DOCUMENT_RENAME, lsp.RenameParams(document, at, "another")),
        ]


def _splits(text: str, offset: int) -> bool:
    """Whether an offset is between a CR and its LF: no editor has its cursor there."""
    return text[offset - 1 : offset + 1] == "\r\n"


def ask(server: Server, method: str, params: Any) -> Any:
    try:
        return server.handler(method)(params)
    except JsonRpcException as refused:
        return refused.message


PULL = lsp.TEXT_DOCUMENT_DIAGNOSTIC, lsp.DocumentDiagnosticParams(lsp.TextDocumentIdentifier(URI))


class Comparison:
    """``server`` sees every edit; ``first`` is made to forget all documents each time it is asked."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self.server, self.first = begin(encoding), begin(encoding)

    def expect_as_new(self, typist: Typist) -> None:
        """Diagnostics and one answer are those of a workspace that holds nothing but this text."""
        rng = typist.random
        questions = [rng.choice(typist.questions()), PULL]
        analysis = self.server.analysis(URI)
        assert analysis is not None
        if rng.random() < 0.3:  # a check that the next key or question finds half done
            for _ in zip(range(rng.randrange(12)), analysis.check_in_steps(), strict=False):
                pass
        if rng.random() < 0.5:
            questions.reverse()
        answers = [ask(self.server, *question) for question in questions]
        with nothing_kept():
            self.first.documents = Documents()
            self.first.documents.encoding = self.encoding
            open_in(self.first, typist.text)
            for question, answer in zip(questions, answers, strict=True):
                assert ask(self.first, *question) == answer, (typist.text, question)

    async def expect_as_new_process(self, typist: Typist) -> None:
        """Every kind of question is answered as by a server that was started for it."""
        questions = [*typist.questions(), PULL]
        plain = self.server.protocol._converter.unstructure
        answers = [json.loads(json.dumps(plain(ask(self.server, *question)))) for question in questions]
        other = await NewServer.start(self.encoding, typist.text)
        for (method, params), answer in zip(questions, answers, strict=True):
            assert await other.ask(method, plain(params)) == answer, (typist.text, method, params)
        await other.end()


class NewServer:
    """A server process that has one text open; its messages are read here as they are written."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process, self._in, self._out = process, process.stdin, process.stdout
        self._number = 0

    @classmethod
    async def start(cls, encoding: str, text: str) -> NewServer:
        pipe = asyncio.subprocess.PIPE
        self = cls(await asyncio.create_subprocess_exec(sys.executable, "-m", "rateml_lsp", stdin=pipe, stdout=pipe))
        capabilities = {"textDocument": {"diagnostic": {}}, "general": {"positionEncodings": [encoding]}}
        await self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
        self._send({"method": "initialized", "params": {}})
        item = {"uri": URI, "languageId": "xml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": item}})
        return self

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._in.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    async def ask(self, method: str, params: Any) -> Any:
        """The result, or the message of the error."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while True:
            head = await self._out.readuntil(b"\r\n\r\n")
            length = next(int(h[15:]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:"))
            message = json.loads(await self._out.readexactly(length))
            if message.get("id") == self._number and "method" not in message:
                return message["error"]["message"] if "error" in message else message["result"]

    async def end(self) -> None:
        await self.ask("shutdown", None)
        self._send({"method": "exit"})
        assert await self.process.wait() == 0


def text_of(name: str) -> str:
    return OLD.read_text() if name == "old" else (files("rateml") / "models" / name).read_text(encoding="utf-8")


def megabytes() -> float:
    """Memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def type_for_a_while(seed: int, encoding: str, names: tuple[str, ...], edits: int, each: int) -> list[float]:
    """``each`` edits of one text, then another one's, in one server; the megabytes after each text."""
    comparison = Comparison(encoding)
    rng = random.Random(seed)
    typist = Typist(rng, comparison.server, encoding)
    seen = []
    for number in range(edits):
        if number % each == 0:
            typist.begin(text_of(rng.choice(names)))
        typist.edit()
        comparison.expect_as_new(typist)
        if number % each == each - 1:
            await comparison.expect_as_new_process(typist)
            gc.collect()
            seen.append(megabytes())
            print(f"{encoding} {number + 1} edits, {seen[-1]:.0f} MB", flush=True)
    return seen


@pytest.mark.asyncio
@pytest.mark.parametrize(("encoding", "seed"), [("utf-8", 1), ("utf-16", 2), ("utf-32", 3)])
async def test_a_few_edits(encoding: str, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    await type_for_a_while(seed, encoding, ("kuramoto.xml", "old", "linear.xml"), 100, 50)
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING]


@pytest.mark.long
@pytest.mark.asyncio
async def test_thousands_of_edits(caplog: pytest.LogCaptureFixture) -> None:
    """Over every model; RATEML_TYPED_EDITS in all, by thousands."""
    edits = int(os.environ.get("RATEML_TYPED_EDITS", "2000"))
    seed = int(os.environ.get("RATEML_TYPED_SEED", "20"))
    encoding = ("utf-16", "utf-8", "utf-32")[seed % 3]
    seen = await type_for_a_while(seed, encoding, (*MODELS, "old"), edits, 1000)
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING]
    early = seen[len(seen) // 5]
    assert max(seen) < 1.2 * early + 20, seen
