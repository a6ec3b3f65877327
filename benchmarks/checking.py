"""How long checking takes: the file of a keystroke, the command from a cold start, and files at the limits.

Run it with `make bench-check`. Times are the best of several, in processor time; quote the ratios, for what else
the machine does changes both numbers of one. The peers run in between, in the same minute: lxml reading the same
text for checks in the process, and Python importing lxml for the command.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from floods import FLOODS
from lxml import etree
from merged import merged

from rateml.checks import check_model, no_includes

_KEYSTROKE = 0.015
_COLD = 0.5
_FLOOD = 1.0
"""Seconds that are aimed at."""
_LONG = 5.0


def main() -> None:
    print(f"{'':44}{'ms':>9}{'peer ms':>9}{'ratio':>9}{'goal ms':>9}")
    model = merged()
    lines = len(model.splitlines())
    _in_process(f"check {lines} lines", model, 100, _KEYSTROKE)
    with tempfile.TemporaryDirectory(prefix="rateml-bench-") as folder:
        file = Path(folder) / "merged.xml"
        file.write_text(model, encoding="utf-8")
        own, peer = _best(
            15,
            lambda: _command(["-m", "rateml", "check", str(file)]),
            lambda: _command(["-c", "import lxml.etree"]),
        )
    _row(f"rateml check, cold, {lines} lines", own, peer, _COLD)
    for name, make in FLOODS.items():
        _in_process(name, make(), 3, _FLOOD)


def _in_process(name: str, text: str, repeats: int, goal: float) -> None:
    data = text.encode()

    def read() -> None:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=True)
        etree.fromstring(data, parser)

    own, peer = _best(
        repeats,
        lambda: _timed(lambda: check_model(text, reader=no_includes)),
        lambda: _timed(read),
    )
    _row(name, own, peer, goal)


def _best(repeats: int, own: Callable[[], float], peer: Callable[[], float]) -> tuple[float, float]:
    """The shortest time of each, by turns; of what takes very long the first."""
    pairs = [(own(), peer())]
    while len(pairs) < repeats and pairs[0][0] < _LONG:
        pairs.append((own(), peer()))
    return min(a for a, _ in pairs), min(b for _, b in pairs)


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _command(arguments: Sequence[str]) -> float:
    """The processor time of a Python of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _row(name: str, own: float, peer: float, goal: float) -> None:
    over = "  over" if own > goal else ""
    ratio = f"{own / peer:,.1f}" if peer >= 1e-4 else "-"
    print(f"{name:44}{own * 1e3:>9,.1f}{peer * 1e3:>9,.2f}{ratio:>9}{goal * 1e3:>9,.0f}{over}", flush=True)


if __name__ == "__main__":
    main()
