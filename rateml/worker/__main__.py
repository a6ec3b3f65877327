"""The loop: a request ``{"id", "method", "params"}`` a line in, an answer ``{"id", "result" | "error"}`` a line out."""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, TextIO

from rateml.errors import UserError
from rateml.worker.asked import BadRequest

_MOST_WAITING: Final = 100


def main() -> None:
    """Answer until the input ends."""
    answers = sys.stdout
    # What a library prints must not end up among the answers.
    sys.stdout = sys.stderr
    serve(sys.stdin, answers)
    # Threads of libraries must not keep a process alive whose editor is gone.
    answers.flush()
    os._exit(0)


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answer one request after the other; what is cancelled before its turn is left out."""
    lines: SimpleQueue[str] = SimpleQueue()
    Thread(target=_read, args=(requests, lines), daemon=True).start()
    waiting: deque[Mapping[str, Any]] = deque()
    ended = False
    while True:
        while not ended and (not waiting or not lines.empty()):
            line = lines.get()
            ended = not line
            if line:
                enter(line, waiting, answers)
        if not waiting:
            return
        request = waiting.popleft()
        answers.write(json.dumps({"id": request["id"], **answer(request)}, allow_nan=False) + "\n")
        answers.flush()


def _read(requests: TextIO, lines: SimpleQueue[str]) -> None:
    """Take requests in while another one is being answered; an empty line stands for the end."""
    for line in requests:
        if line.strip():
            lines.put(line)
    lines.put("")


def enter(line: str, waiting: deque[Mapping[str, Any]], answers: TextIO) -> None:
    """Let a request wait for its turn, or take back or refuse one."""
    try:
        request = json.loads(line)
    except ValueError:
        request = None
    if isinstance(request, dict) and "cancel" in request:
        kept = [r for r in waiting if r["id"] != request["cancel"]]
        waiting.clear()
        waiting.extend(kept)
        return
    number = request.get("id") if isinstance(request, dict) else None
    if not isinstance(request, dict) or not isinstance(number, int):
        _refuse(number, "a line is one request with a number 'id'", answers)
    elif len(waiting) >= _MOST_WAITING:
        _refuse(number, f"{_MOST_WAITING} requests are waiting already; ask again when some are answered", answers)
    else:
        waiting.append(request)


def _refuse(number: object, why: str, answers: TextIO) -> None:
    answers.write(json.dumps({"id": number, "error": why}) + "\n")
    answers.flush()


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """The result of a request, or the error that there is instead."""
    method = _methods().get(str(request.get("method")))
    params = request.get("params")
    if method is None or not isinstance(params, dict):
        return {"error": f"there is no method '{request.get('method')}'"}
    try:
        return {"result": method(params)}
    except (UserError, BadRequest) as error:
        return {"error": str(error)}
    except Exception as error:  # a fault of ours must not end the process that other answers come from
        return {"error": f"internal error: {type(error).__name__}: {error}"}


def _methods() -> dict[str, Callable[[Mapping[str, Any]], Any]]:
    from rateml.worker.delays import delays
    from rateml.worker.dynamics import dynamics
    from rateml.worker.equations import equations, formula
    from rateml.worker.parameters import parameters
    from rateml.worker.preview import preview, targets

    return {
        "preview": preview,
        "targets": targets,
        "equations": equations,
        "formula": formula,
        "parameters": parameters,
        "delays": delays,
        "dynamics": dynamics,
        "ping": lambda params: {},
    }


if __name__ == "__main__":
    main()
