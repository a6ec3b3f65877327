"""The text of a model card: numbers, units, ranges, what a description cites, and escapes for Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from rateml.codegen.targets.docs.context import Reference
from rateml.model.dimension import UNITS, Dimension, Unit, base_unit

_SUPERSCRIPTS: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_FACTOR: Final = re.compile(r"([A-Za-z]+)([0-9]?)")
_YEAR: Final = re.compile(r"(?<![\w.])(?:1[89]|20)[0-9]{2}(?![\w.]*[0-9])")
_DOI: Final = re.compile(r"\b10\.[0-9]{4,9}/[^\s<>\"'`|)\]]+")
_ADDRESS: Final = re.compile(r"\bhttps?://[^\s<>\"'`|)\]]+")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]#|$~])")
_STARTS: Final = re.compile(r"^([0-9]*)([-+.)])(?= |$)")


def plain(text: str) -> str:
    """Text on one line, without what no page can show."""
    return _CONTROL.sub(" ", text).strip()


def markdown(text: str) -> str:
    """Text that Markdown shows as it is, in a paragraph or in a table; addresses in it are no links."""
    safe = _MARKDOWN.sub(r"\\\1", plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return _STARTS.sub(r"\1\\\2", safe.replace("://", ":&#47;/"))


def number(value: float) -> str:
    """The shortest text that is this number: ``−0.5``, ``5·10⁻⁵``."""
    short = f"{value:g}"
    digits, _, power = (short if float(short) == value else repr(value)).partition("e")
    digits = digits.replace("-", "−")
    if not power:
        return digits
    ten = f"10{str(int(power)).translate(_SUPERSCRIPTS)}"
    return ten if digits == "1" else f"{digits}·{ten}"


def unit(dimension: Dimension | None, units: Mapping[str, Unit]) -> str:
    """The base unit of a dimension: ``mV²/ms³`` where the file has a name for it."""
    if dimension is None or dimension.dimensionless:
        return "1"
    for found in units.values():
        in_base = found.dimension == dimension and found.power == dimension.base_power and found.scale == 1.0
        written = _written(found.symbol) if in_base and found.symbol not in UNITS else None
        if written is not None:
            return written
    return re.sub(r"\^([0-9]+)", lambda m: m[1].translate(_SUPERSCRIPTS), base_unit(dimension)).replace("*", "·")


def _written(symbol: str) -> str | None:
    """``mV2_per_ms3`` as ``mV²/ms³``; None for a name that is not made so."""
    over, *under = f"_{symbol}".split("_per_")
    factors = [part for part in over.split("_") if part]
    found = [_FACTOR.fullmatch(part) for part in (*factors, *under)]
    if not under or not all(found):
        return None
    drawn = [m[1] + m[2].translate(_SUPERSCRIPTS) for m in found if m]
    return ("·".join(drawn[: len(factors)]) or "1") + "".join(f"/{part}" for part in drawn[len(factors) :])


def bounds(low: float | None, high: float | None) -> str:
    """A range with one end or two; empty when there is none."""
    if low is None:
        return "" if high is None else f"≤ {number(high)}"
    return f"≥ {number(low)}" if high is None else f"{number(low)} … {number(high)}"


def references(texts: Iterable[str]) -> tuple[Reference, ...]:
    """The sentences that name a year, a DOI or an address, in the file's own words, each once."""
    found: dict[str, Reference] = {}
    for text in texts:
        for sentence in re.split(r"(?<=[.;]) (?=[A-Z])", plain(text)):
            addresses = [a.rstrip(".,;:") for a in _ADDRESS.findall(sentence)]
            dois = [d.rstrip(".,;:") for d in _DOI.findall(sentence)]
            links = [(a, a) for a in addresses]
            links += [(d, f"https://doi.org/{d}") for d in dois if not any(d in a for a in addresses)]
            if links or _YEAR.search(sentence):
                found.setdefault(sentence, Reference(sentence, tuple(links)))
    return tuple(found.values())
