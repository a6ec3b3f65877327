"""The page of every diagnostic: what is wrong and why, an example, and what to do.

The docstring of the module that reports a code is its page. Codes that reading a file reports, before there
are rules, have theirs in the modules of this package.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from inspect import cleandoc
from textwrap import dedent
from types import MappingProxyType
from typing import Final

from rateml.checks.pages import (
    expressions,
    including,
    legacy,
    limits,
    plain_lems,
    schema,
    suppressing,
    targets,
    values,
    xml,
)
from rateml.checks.registry import RULES

_START: Final = re.compile(r"^(RML\d{3}): ", re.MULTILINE)
_PARTS: Final = re.compile(r"(?P<body>.*?)\n\nExample::\n\n(?P<example>(?:(?: .*)?\n)+)\nFix: (?P<fix>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """``example`` is XML that fires the code; ``body`` and ``fix`` are paragraphs with ``code`` in them."""

    code: str
    title: str
    body: str
    example: str
    fix: str


@lru_cache(maxsize=1)
def pages() -> Mapping[str, Page]:
    """Every page by its code, in the order of the codes."""
    documents = {module.__name__: module.__doc__ for module in (xml, limits, including, schema, expressions, values)}
    documents |= {module.__name__: module.__doc__ for module in (suppressing, targets, legacy, plain_lems)}
    documents |= {rule.__module__: sys.modules[rule.__module__].__doc__ for rule in RULES}
    found = (page for text in documents.values() for page in read_pages(text or ""))
    return MappingProxyType({page.code: page for page in sorted(found, key=lambda page: page.code)})


def read_pages(text: str) -> Iterator[Page]:
    """The pages in a docstring; what is not of the form of a page is left out."""
    text = cleandoc(text)
    starts = list(_START.finditer(text))
    for number, start in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        title, _, rest = text[start.end() : end].strip().partition("\n\n")
        parts = _PARTS.fullmatch(rest)
        if parts is not None:
            example = dedent(parts["example"]).strip()
            yield Page(start[1], " ".join(title.split()), parts["body"].strip(), example, parts["fix"].strip())
