"""How long an editor waits: a change until its diagnostics are there, completion, hover, and the start of the server.

Run it with `make bench-editor`. An expression grows by one character a key, so that no text comes twice, over standard
input and output, as an editor does it; a preview is waited for after a digit. Times are wall times with their
percentiles; beside them stands the processor time that the server took for each key. The start is compared with that of
a bare pygls server in the same run.
LemMinX, the XML server, would be the peer for the rest: neither npm nor PyPI has it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from merged import merged

_BARE: Final = """
from pygls.lsp.server import LanguageServer
LanguageServer("bare", "1").start_io()
"""
_ANYWHERE: Final = 'value="(V'
_CONSTANT: Final = 'value="3.'
"""Behind it stands a digit, and another one is other code."""
_TYPED: Final = " + 2 * V"
"""What is typed, over and over."""
_URI: Final = "file:///tmp/rateml-bench/merged.xml"


class Session:
    """A server process and the messages between."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.number = 0

    def send(self, method: str, params: Any, *, answered: bool = False) -> int:
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        if answered:
            self.number += 1
            message["id"] = self.number
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        self.process.stdin.flush()
        return self.number

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        found: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return found

    def ask(self, method: str, params: Any) -> Any:
        """The answer to a request; what comes before it is passed over."""
        number = self.send(method, params, answered=True)
        messages = iter(self.receive, None)  # notices and the server's own questions among them
        return next(m.get("result") for m in messages if m.get("id") == number and "method" not in m)

    def until(self, method: str, version: int) -> None:
        """Read on to a notice about a version of the document."""
        while True:
            message = self.receive()
            if message.get("method") == method and message["params"].get("version") == version:
                return

    def start(self) -> None:
        self.ask("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": {}})
        self.send("initialized", {})

    def seconds(self) -> float:
        """Processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def end(self) -> None:
        self.ask("shutdown", None)
        self.send("exit", None)
        self.process.wait(10)


def longer(text: str, copies: int) -> str:
    """A file with the types of a text that many times, each copy under names of its own."""
    start, end = text.index("    <ComponentType "), text.index("    <Component ")
    types = text[start:end]
    names = re.findall(r'<ComponentType name="(\w+)"', types)
    made = [types]
    for number in range(1, copies):
        copy = types
        for name in names:
            copy = copy.replace(f'<ComponentType name="{name}"', f'<ComponentType name="{name}{number}"')
        made.append(copy)
    return text[:start] + "".join(made) + text[end:]


def percentiles(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    at = (ordered[min(len(ordered) - 1, int(len(ordered) * q))] for q in (0.5, 0.95, 0.99))
    return "".join(f"{value * 1e3:>9.1f}" for value in at)


def keys(name: str, text: str, count: int) -> None:
    """Type, first waiting for the diagnostics of each key, then asking for a completion and a hover after each."""
    session = Session(sys.executable, "-m", "rateml_lsp")
    session.start()
    item = {"uri": _URI, "languageId": "xml", "version": 1, "text": text}
    session.send("textDocument/didOpen", {"textDocument": item})
    _published(session, 1)
    at = text.index(_ANYWHERE) + len(_ANYWHERE)
    row = text.count("\n", 0, at)
    column = at - text.rfind("\n", 0, at) - 1
    document = {"uri": _URI}
    told, completed, hovered = [], [], []
    before = session.seconds()
    for number in range(2, count + 2):
        change = _key(row, column, number)
        begun = time.perf_counter()
        session.send(
            "textDocument/didChange",
            {"textDocument": {"uri": _URI, "version": number}, "contentChanges": [change]},
        )
        _published(session, number)
        told.append(time.perf_counter() - begun)
    processor = (session.seconds() - before) / count
    for number in range(count + 2, 2 * count + 2):
        change = _key(row, column, number)
        after = {"line": row, "character": column + number - 1}
        for method, times in (("completion", completed), ("hover", hovered)):
            begun = time.perf_counter()
            if times is completed:
                session.send(
                    "textDocument/didChange",
                    {"textDocument": {"uri": _URI, "version": number}, "contentChanges": [change]},
                )
            session.ask(f"textDocument/{method}", {"textDocument": document, "position": after})
            times.append(time.perf_counter() - begun)
    lines = text.count("\n")
    _row(f"{name}: change to diagnostics, {lines} lines", told, f"{processor * 1e3:>9.1f}")
    _row(f"{name}: change and completion", completed)
    _row(f"{name}: hover after that", hovered)
    print(f"{name}: memory {session.megabytes():.0f} MB")
    session.end()


def _key(row: int, column: int, number: int) -> dict[str, Any]:
    """The next character of a sum that never ends, behind those before it; keys count from 2."""
    at = {"line": row, "character": column + number - 2}
    return {"range": {"start": at, "end": at}, "text": _TYPED[(number - 2) % len(_TYPED)]}


def _published(session: Session, version: int) -> None:
    session.until("textDocument/publishDiagnostics", version)


def _row(name: str, seconds: list[float], more: str = "") -> None:
    print(f"{name:52}{percentiles(seconds)}{more}", flush=True)


def previews(text: str, count: int) -> None:
    """Write one digit of a constant over another and wait for the code that has it."""
    session = Session(sys.executable, "-m", "rateml_lsp")
    session.start()
    uri = "file:///tmp/rateml-bench/preview.xml"
    item = {"uri": uri, "languageId": "xml", "version": 1, "text": text}
    session.send("textDocument/didOpen", {"textDocument": item})
    session.ask("rateml/preview", {"uri": uri, "version": 1, "target": "numba"})
    at = text.index(_CONSTANT) + len(_CONSTANT)
    row, column = text.count("\n", 0, at), at - text.rfind("\n", 0, at) - 1
    place, after = {"line": row, "character": column}, {"line": row, "character": column + 1}
    made = []
    for number in range(2, count + 2):
        change = {"range": {"start": place, "end": after}, "text": str(number % 10)}
        begun = time.perf_counter()
        session.send(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": number}, "contentChanges": [change]},
        )
        session.until("rateml/previewChanged", number)
        answer = session.ask("rateml/preview", {"uri": uri, "version": number, "target": "numba"})
        made.append(time.perf_counter() - begun)
        assert answer["version"] == number
        assert not answer["stale"]
    _row("last key to the preview (numba; goal 300)", made)
    session.end()


def starts(repeats: int) -> None:
    """From the start of the process to the answer to ``initialize``, by turns with a bare pygls server."""
    own, bare = [], []
    for _ in range(repeats):
        for command, times in ((("-m", "rateml_lsp"), own), (("-c", _BARE), bare)):
            begun = time.perf_counter()
            session = Session(sys.executable, *command)
            session.start()
            times.append(time.perf_counter() - begun)
            session.end()
    _row("start to initialized", own)
    _row("start to initialized, bare pygls server", bare)
    print(f"ratio of the medians {sorted(own)[repeats // 2] / sorted(bare)[repeats // 2]:.2f} (goal 1.4)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=300, help="how many keys (default: %(default)s)")
    parser.add_argument("--starts", type=int, default=9, help="how many starts of each server (default: %(default)s)")
    options = parser.parse_args()
    print(f"{'ms':52}{'p50':>9}{'p95':>9}{'p99':>9}{'CPU/key':>9}")
    keys("200", merged(), options.keys)
    keys("2,000", longer(merged(), 11), max(20, options.keys // 5))
    previews((files("rateml") / "models" / "montbrio.xml").read_text(encoding="utf-8"), max(20, options.keys // 10))
    starts(options.starts)


if __name__ == "__main__":
    main()
