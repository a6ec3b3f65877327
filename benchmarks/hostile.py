"""How soon the language server answers on files made to do harm: diagnostics of what opens, and six kinds of question.

Run it with `make bench-editor`; the goal is a second for each answer. Each file has a server of its own, over standard
input and output. Times are wall times; beside them stand the processor time of all answers together and the memory held
afterwards. What such files are told, and that they execute and read nothing, is tested in
`tests/checks/test_hostile.py` and `tests/lsp/test_hostile.py`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from typing import Any, Final

from keystrokes import Session
from merged import merged

_URI: Final = "untitled:hostile.xml"
_HEAD: Final = '<Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">'
_GOAL: Final = 1.0
_ASKED: Final = ("completion", "hover", "documentSymbol", "semanticTokens/full", "foldingRange", "codeAction")


def hostile() -> Iterator[tuple[str, str]]:
    """What each file is, and its text; none is over the 4 MB that are read but the last."""
    model = merged()
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    yield (
        "entity bomb",
        f'<!DOCTYPE Lems [<!ENTITY l0 "ha">{bomb}]>{model.replace("name=", "description=&l11; name=", 1)}',
    )
    outside = '<!DOCTYPE Lems [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    yield "entity of a local file", outside + model.replace("<Dynamics>", "<Dynamics>&x;", 1)
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    yield "XInclude", model.replace("<Dynamics>", f"<Dynamics>{include}", 1)
    yield "1,000 Includes of other places", _HEAD + '<Include file="../../etc/passwd"/>' * 1000 + "</Lems>"
    yield "an attribute of 3 MB", _HEAD + f'<ComponentType name="{"x" * 3_000_000}"/></Lems>'
    yield "an expression of 3 MB", model.replace('value="', f'value="{"1+" * 1_500_000}', 1)
    yield "an expression of 20,000 characters", _derivative("1+" * 9_990 + "1")
    yield "1,000 nested parentheses", _derivative("(" * 1_000 + "1" + ")" * 1_000)
    yield "19,000 nested parentheses", _derivative("(" * 19_000)
    yield "5,000 nested calls", _derivative("exp(" * 5_000)
    yield "15,000 minus signs", _derivative("-" * 15_000 + "1")
    yield "1,000,000 elements inside each other", "<a>" * 1_000_000
    yield "1,000,000 elements beside each other", _HEAD + "<a/>" * 900_000
    yield "10,000 derived variables", _derivative("1", _chain(9_000))
    yield "300,000 attributes", "<a " + "b='1' " * 300_000 + "/>"
    yield "100,000 namespaces", "<a " + " ".join(f"xmlns:p{i}=''" for i in range(100_000)) + "><b/></a>"
    yield "300,000 closing tags", _HEAD + "</x>" * 300_000
    yield "500,000 comments that begin", _HEAD + "<!--" * 500_000
    yield "1,000,000 tags that begin", "<" * 1_000_000
    yield "1,000,000 ampersands", _HEAD + "&" * 1_000_000
    yield "1,000,000 NUL characters", "\x00" * 1_000_000
    yield "1,000,000 lines", _HEAD + "\n" * 1_000_000
    yield "names that look like code", model.replace('name="tau"', "name=\"__import__('os').system('true')\"")
    yield "8 MB", "x" * 8 * 2**20


def _chain(count: int) -> str:
    links = (f'<DerivedVariable name="d{n}" dimension="none" value="d{n - 1} + 1"/>' for n in range(1, count))
    return '<DerivedVariable name="d0" dimension="none" value="1"/>' + "\n".join(links)


def _derivative(expression: str, more: str = "") -> str:
    return (
        f'{_HEAD}\n<ComponentType name="M" rml:role="model"><Dynamics><StateVariable name="x" dimension="none"/>'
        f'\n{more}<TimeDerivative variable="x" value="{expression}"/></Dynamics></ComponentType></Lems>'
    )


def answer(name: str, text: str) -> float:
    """The slowest answer on a text, in seconds; a line with all of them is printed."""
    session = Session(sys.executable, "-m", "rateml_lsp")
    session.start()
    session.ask("workspace/symbol", {"query": "x"})  # what is loaded once is no part of it
    middle = text.find('value="') + 7 if 'value="' in text else min(len(text), len(text) // 2)
    before = text[:middle]
    at = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
    document = {"uri": _URI}
    times = []
    used = session.seconds()
    begun = time.perf_counter()
    session.send(
        "textDocument/didOpen", {"textDocument": {**document, "languageId": "xml", "version": 1, "text": text}}
    )
    session.until("textDocument/publishDiagnostics", 1)
    times.append(time.perf_counter() - begun)
    for method in _ASKED:
        params: dict[str, Any] = {"textDocument": document, "position": at}
        if method == "codeAction":
            params |= {"range": {"start": at, "end": at}, "context": {"diagnostics": []}}
        begun = time.perf_counter()
        session.ask(f"textDocument/{method}", params)
        times.append(time.perf_counter() - begun)
    late = "  over the goal" if max(times) > _GOAL else ""
    shown = "".join(f"{t * 1e3:>9.0f}" for t in times)
    print(f"{name:40}{shown}{(session.seconds() - used) * 1e3:>9.0f}{session.megabytes():>8.0f}{late}", flush=True)
    session.end()
    return max(times)


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    columns = ("told", "complete", "hover", "symbols", "tokens", "folds", "actions")
    print(f"{'ms':40}{''.join(f'{c:>9}' for c in columns)}{'CPU':>9}{'MB':>8}")
    slowest = max(answer(name, text) for name, text in hostile())
    print(f"slowest answer {slowest:.2f} s (goal {_GOAL:.0f} s)")


if __name__ == "__main__":
    main()
