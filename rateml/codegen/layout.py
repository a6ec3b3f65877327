"""The templates: they hold layout only, expressions come spelled."""

from __future__ import annotations

import functools
import re
from importlib import resources

import jinja2

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@functools.cache
def sources(folder: str) -> dict[str, str]:
    """The templates of a target by name."""
    found = resources.files("rateml.codegen").joinpath("templates", folder)
    return {file.name: file.read_text(encoding="utf-8") for file in found.iterdir() if file.name.endswith(".jinja")}


@functools.cache
def words(folder: str) -> frozenset[str]:
    """What the templates of a target call things, among other words."""
    return frozenset(word for source in sources(folder).values() for word in _WORD.findall(source))


@functools.cache
def templates(folder: str, *, escape: bool = False) -> jinja2.Environment:
    """The templates of a target; ``escape`` where text goes into HTML."""
    return jinja2.Environment(
        loader=jinja2.DictLoader(sources(folder)),
        undefined=jinja2.StrictUndefined,
        autoescape=escape,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
