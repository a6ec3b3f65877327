"""The loop: a question in, an answer or a readable error out."""

from __future__ import annotations

import json
import math
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, NoReturn

_QUESTIONS: Final[Mapping[str, str]] = {
    "library": "models", "model": "models", "copy": "models",
    "code": "building", "write": "building",
    "plan": "planning",
    "history": "stores", "follow": "stores", "ask": "stores", "command": "stores",
    "describe": "maps", "cells": "maps", "best": "maps", "series": "maps", "picture": "maps", "table": "maps",
}  # fmt: skip
"""Which module answers what; it is imported when it is first asked."""


def main() -> None:
    """Answer until standard input ends, which it does when the dashboard dies."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    with suppress(OSError):
        os.nice(5)  # a sweep goes first
    questions: SimpleQueue[str] = SimpleQueue()
    Thread(target=_read, args=(questions,), daemon=True).start()
    while True:
        question = json.loads(questions.get())
        answers.write(json.dumps({"id": question["id"], **_answer(question)}) + "\n")
        answers.flush()


def _read(questions: SimpleQueue[str]) -> NoReturn:
    """Hand the questions over, and end the process with the dashboard, whatever it works on by then."""
    for line in sys.stdin:
        questions.put(line)
    os._exit(0)


def _answer(question: Mapping[str, Any]) -> dict[str, Any]:
    from rateml.errors import RatemlError

    try:
        module = import_module(f"rateml_tui.clerk.{_QUESTIONS[question['ask']]}")
        ask: Callable[..., Any] = getattr(module, question["ask"])
        return {"answer": plain(ask(**question["given"]))}
    except RatemlError as error:
        return {"error": str(error)}
    except OSError as error:
        return {"error": f"{error.filename or question['ask']}: {error.strerror or error}"}
    except Exception as error:
        traceback.print_exc()
        return {"error": f"rateml has a fault: {type(error).__name__}: {error}. Its trace is in the dashboard's log"}


def plain(value: Any) -> Any:
    """A value as JSON has it: infinity as the text ``inf``, NaN as null."""
    match value:
        case float():
            return value if math.isfinite(value) else None if math.isnan(value) else str(value)
        case Mapping():
            return {str(k): plain(v) for k, v in value.items()}
        case list() | tuple():
            return [plain(v) for v in value]
        case bool() | int() | str() | None:
            return value
        case _:
            return str(value)


if __name__ == "__main__":
    main()
