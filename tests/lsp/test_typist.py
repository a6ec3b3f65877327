"""A machine that types: insertions, deletions, pastes and undos over real models, and questions at random places.

Nothing may raise, what the server believes the text to be must be the text, and its answers must be those of a server
that sees this text for the first time.
"""

from __future__ import annotations

import gc
import os
import random
import resource
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.workspace import Workspace
from rateml_lsp.server import Server, make_server

from rateml.text.kept import forget

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


class Typist:
    """``text`` is what the person sees; the server is told of every change as an editor would."""

    def __init__(self, seed: int, text: str, encoding: str) -> None:
        self.random = random.Random(seed)
        self.text, self.encoding = text, encoding
        self.start = text
        self.undo: list[str] = []
        self.version = 1
        self.server = begin(encoding)
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

    def question(self) -> tuple[str, Any]:
        """A request at a random place."""
        document = lsp.TextDocumentIdentifier(URI)
        at = self.position(self.random.randrange(len(self.text) + 1))
        other = self.position(self.random.randrange(len(self.text) + 1))
        range = lsp.Range(*sorted((at, other), key=lambda p: (p.line, p.character)))
        options = lsp.FormattingOptions(4, True)
        return self.random.choice(
            (
                (lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionParams(document, at)),
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
            )
        )

    def renaming(self) -> tuple[str, Any]:
        at = self.position(self.random.randrange(len(self.text) + 1))
        return lsp.TEXT_DOCUMENT_RENAME, lsp.RenameParams(lsp.TextDocumentIdentifier(URI), at, "another")


def _splits(text: str, offset: int) -> bool:
    """Whether an offset is between a CR and its LF: no editor has its cursor there."""
    return text[offset - 1 : offset + 1] == "\r\n"


def ask(server: Server, method: str, params: Any) -> Any:
    from pygls.exceptions import JsonRpcException

    try:
        return server.handler(method)(params)
    except JsonRpcException as refused:
        return str(refused)


def type_for_a_while(seed: int, name: str, encoding: str, edits: int, fresh_every: int) -> None:
    text = OLD.read_text() if name == "old" else (files("rateml") / "models" / name).read_text(encoding="utf-8")
    typist = Typist(seed, text, encoding)
    for number in range(edits):
        typist.edit()
        method, params = typist.renaming() if number % 10 == 9 else typist.question()
        answer = ask(typist.server, method, params)
        if number % fresh_every == fresh_every - 1:
            forget()
            fresh = begin(encoding)
            open_in(fresh, typist.text)
            assert ask(fresh, method, params) == answer, (number, method, params)


@pytest.mark.parametrize(("encoding", "seed"), [("utf-8", 1), ("utf-16", 2), ("utf-32", 3)])
def test_a_few_edits(encoding: str, seed: int) -> None:
    for k, name in enumerate(("kuramoto.xml", "old", "linear.xml")):
        type_for_a_while(10 * seed + k, name, encoding, 120, 7)


@pytest.mark.long
def test_thousands_of_edits() -> None:
    """Over every model, a thousand edits at a time, RATEML_TYPED_EDITS in all; memory must not grow with them."""
    rng = random.Random(20)
    seen: list[int] = []
    for block in range(int(os.environ.get("RATEML_TYPED_EDITS", "3000")) // 1000):
        name = rng.choice((*MODELS, "old"))
        type_for_a_while(1000 + block, name, rng.choice(("utf-8", "utf-16", "utf-32")), 1000, 25)
        # Every server freezes what is loaded when it starts, here the servers before it too.
        gc.unfreeze()
        gc.collect()
        seen.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    assert seen[-1] < 1.5 * seen[len(seen) // 5], seen
