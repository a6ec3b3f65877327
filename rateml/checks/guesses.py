"""Which repairs of the text decide something that only the author knows: these are offered and never applied.

Scanning and parsing do not know what a value is for, so their fixes are judged here, where the schema is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace as with_fields
from typing import Final

from rateml.checks.cascade import innermost, within
from rateml.checks.vocabulary import Entry, vocabulary
from rateml.diagnostics import Code, Diagnostic, Fix, closest, replace
from rateml.syntax.tree import RML, Document
from rateml.text import SourceFile, Span

_ALWAYS: Final = (
    Code.UNKNOWN_UNIT,
    Code.UNCLOSED_PARENTHESIS,
    Code.RELATION_CHAIN,
    Code.ATTRIBUTE_OF_OTHER_ROLE,
    Code.DUPLICATE_ATTRIBUTE,
)
_ARROWS: Final = ("→", "->", "=>")


def marked(found: Iterable[Diagnostic], documents: Sequence[Document]) -> Iterator[Diagnostic]:
    """The diagnostics with every fix that is not certain marked as a guess."""
    known = {d.source.name: d for d in documents}
    sources = {name: d.source for name, d in known.items()}
    for d in found:
        fixes = d.fixes
        document = known.get(d.span.file)
        if d.code is Code.RAW_CHARACTER and document is not None:
            fixes = _raw(fixes, d.span, document, _is_expression(document, d.span))
        fixes = tuple(with_fields(fix, guess=fix.guess or _is_guess(d.code, fix, sources)) for fix in fixes)
        yield d if fixes == d.fixes else with_fields(d, fixes=fixes)


def _is_guess(code: Code, fix: Fix, sources: Mapping[str, SourceFile]) -> bool:
    if code in _ALWAYS:
        return True
    if code not in (Code.UNEXPECTED_TOKEN, Code.BAD_BINDING, Code.CLOSING_TAG_MISMATCH):
        return False
    edit = fix.edits[0]
    source = sources.get(edit.span.file)
    old = source.slice(edit.span) if source else ""
    match code:
        case Code.UNEXPECTED_TOKEN:  # only the sign '+' may go: it means nothing
            return old != "+" or edit.text != ""
        case Code.BAD_BINDING:  # which way an arrow points is not agreed upon
            return any(arrow in old for arrow in _ARROWS)
        case _:
            return closest(old, [edit.text]) is None


def _raw(fixes: tuple[Fix, ...], span: Span, document: Document, expression: bool) -> tuple[Fix, ...]:
    """The operator where there is an expression, the entity where there is none; the other one is a guess."""
    after = Span(span.start, span.start + 2, span.file)
    if document.source.text.startswith("<=", span.start):
        fixes = tuple(replace(after, ".leq.") if f.edits[0].text == ".lt." else f for f in fixes)
    return tuple(with_fields(f, guess=f.edits[0].text.startswith(".") and not expression) for f in fixes)


def _is_expression(document: Document, span: Span) -> bool:
    """Whether a place lies in the value of an attribute that holds an expression."""
    if document.root is None:
        return False
    element = innermost([document.root], span)
    meanings = vocabulary().get(element.name.local, Entry(element.name.local)).attributes
    for attribute in element.attributes:
        if within(span, attribute.value_span):
            prefix = "rml:" if attribute.name.namespace == RML else ""
            return meanings.get(prefix + attribute.name.local, "").startswith("an expression")
    return False
