"""The command: its options, a TCP connection, and what it says without its libraries."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time


def _message(data: object) -> bytes:
    body = json.dumps(data).encode()
    return f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def _answer(stream) -> dict:
    length = 0
    while line := stream.readline().strip():
        if line.lower().startswith(b"content-length"):
            length = int(line.split(b":")[1])
    return json.loads(stream.read(length))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_over_tcp() -> None:
    port = _free_port()
    command = [sys.executable, "-m", "rateml_lsp", "--tcp", "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(1200):
                try:
                    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
                    break
                except OSError:
                    time.sleep(0.1)
            with connection, connection.makefile("rwb") as stream:
                params = {"processId": None, "rootUri": None, "capabilities": {}}
                stream.write(_message({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}))
                stream.flush()
                capabilities = _answer(stream)["result"]["capabilities"]
        finally:
            process.kill()
    assert capabilities["positionEncoding"] == "utf-16"
    assert capabilities["renameProvider"]
    assert capabilities["textDocumentSync"]["change"] == 2


def test_the_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rateml_lsp", "--version"], capture_output=True, text=True, timeout=300, check=True
    )
    assert done.stdout.startswith("rateml-lsp 0.")


def test_without_pygls_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['pygls'] = None; sys.argv = ['rateml-lsp']\n"
    code += "from rateml_lsp.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == 'rateml-lsp needs pygls: pip install "rateml[lsp]"'


def test_a_client_that_goes_away_ends_the_server_in_order() -> None:
    command = [sys.executable, "-m", "rateml_lsp"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        params = {"processId": os.getpid(), "rootUri": None, "capabilities": {}}
        process.stdin.write(_message({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}))
        process.stdin.flush()
        _answer(process.stdout)
        process.stdin.write(_message({"jsonrpc": "2.0", "method": "initialized", "params": {}}))
        process.stdin.close()
        assert process.wait(120) == 0
        assert b"Traceback" not in process.stderr.read()
