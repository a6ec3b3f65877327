"""Validation against the schema by lxml, its findings told in plain words at exact places."""

from __future__ import annotations

import copy
import re
from collections.abc import Hashable, Iterable, Iterator
from itertools import islice
from typing import Final, cast

from lxml import etree

from rateml.checks.vocabulary import Entry, compiled_schema, vocabulary
from rateml.diagnostics import Code, Diagnostic, Edit, Fix, closest, did_you_mean, rename, replace
from rateml.syntax.tree import LEMS, RML, Document, Element, XmlAttribute
from rateml.text import Position, Span
from rateml.text.kept import Kept

_STEP: Final = re.compile(r"/([^/\[]+)(?:\[(\d+)\])?")
_ATTRIBUTE: Final = re.compile(r"attribute '(?:\{([^}]*)\})?([^']+)'")
_VALUE_FAULTS: Final = ("PATTERN_VALID", "ENUMERATION_VALID", "DATATYPE_VALID", "VALID_1_2")

_CROWD: Final = 1000
"""More children than a model has."""

_MOST: Final = 400
"""Entries of the log that are translated; more than a person reads."""


_right: Final[Kept[tuple[Hashable, str], bool]] = Kept()
"""Elements directly inside <Lems>, by the prefixes around them, that the schema had nothing against.

It lets them come in any order, so what is right stays right whatever else changes.
"""


def validate(document: Document) -> tuple[Diagnostic, ...]:
    """What the schema has against a well-formed document."""
    root = document.root
    if root is None:
        return ()
    text = document.source.text
    prefixes = tuple((a.name.text, a.value) for a in root.attributes if a.name.text.startswith("xmlns"))
    keys = {child.span: (prefixes, document.source.slice(child.span)) for child in root.children}
    known = [span for span, key in keys.items() if _right.get(key)]
    if known and _is_valid(_without(text, known)):
        return ()
    found = _faults(document, root)
    if not found:
        for key in keys.values():
            _right.keep(key, True, len(key[1]))
    return found


def foreign_namespace(document: Document) -> Diagnostic | None:
    """The prefix ``rml`` of another namespace than RateML's: then nothing of RateML in the file is what it seems."""
    root = document.root
    declared = [a for a in root.attributes if a.name.prefix == "xmlns"] if root and root.name.local == "Lems" else []
    if any(a.value == RML for a in declared):
        return None
    for a in declared:
        if a.name.local == "rml" or a.value.startswith("urn:rateml:"):
            name, expected = a.name.text, f"the namespace of RateML is {RML}"
            help, fixes = f'write {name}="{RML}"', (replace(a.value_span, RML),)
            return Code.BAD_VALUE.at(
                a.value_span, value=_shown(a.value), name=name, expected=expected, help=help, fixes=fixes
            )
    return None


def _shown(value: str) -> str:
    return value if len(value) <= 40 else value[:40] + "…"


def _without(text: str, spans: Iterable[Span]) -> str:
    """The text that is left when pieces are cut out."""
    left, at = [], 0
    for span in spans:
        left.append(text[at : span.start])
        at = span.end
    return "".join((*left, text[at:]))


def _is_valid(text: str) -> bool:
    try:
        return bool(compiled_schema().validate(_parsed(text)))
    except etree.XMLSyntaxError:
        return False


def _parsed(text: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8")
    return etree.fromstring(text.encode("utf-8"), parser)


def _faults(document: Document, root: Element) -> tuple[Diagnostic, ...]:
    """What the schema has against the whole of a document."""
    try:
        tree = _parsed(document.source.text)
    except etree.XMLSyntaxError as error:
        return (_not_well_formed(document, error),)
    schema = compiled_schema()
    crowded = [element for element in tree.iter("*") if len(element) > _CROWD]
    if crowded:
        # Each fault costs libxml2 time for every sibling: look at the first children, and at all if those are right.
        start = copy.deepcopy(tree)
        for element in [e for e in start.iter("*") if len(e) > _CROWD]:
            del element[_CROWD:]
        if not schema.validate(start):
            tree = start
    if schema.validate(tree):
        return ()
    # The log is a sequence, which lxml's type stubs do not know.
    log = cast("Iterable[etree._LogEntry]", schema.error_log)
    return tuple(d for entry in islice(log, _MOST) for d in _translate(entry, root))


def _not_well_formed(document: Document, error: etree.XMLSyntaxError) -> Diagnostic:
    line, column = error.position
    source = document.source
    start = source.offset(Position(max(1, min(line or 1, source.line_count)), max(1, column or 1)))
    end = min(start + 1, len(source.text))
    return Code.MALFORMED_XML.at(Span(start, end, source.name), problem=f"this is not well-formed XML ({error.msg})")


def _locate(root: Element, path: str) -> tuple[Element, Element | None]:
    """The element that libxml2 calls ``path``, and the element around it."""
    element, parent = root, None
    for step in list(_STEP.finditer(path))[1:]:
        name, index = step[1], int(step[2] or 1)
        same = element.children if name == "*" else (c for c in element.children if c.name.text == name)
        inner = next(islice(same, index - 1, None), None)
        if inner is None:
            break
        element, parent = inner, element
    return element, parent


def _translate(entry: etree._LogEntry, root: Element) -> Iterator[Diagnostic]:
    kind = entry.type_name
    element, parent = _locate(root, entry.path or "")
    known = vocabulary().get(element.name.local, Entry(element.name.local))
    if kind.endswith("CVC_IDC"):
        return  # two of one name: the rules say where the first one is
    if kind.endswith("CVC_ELT_1"):
        yield _wrong_root(element)
    elif kind.endswith(("COMPLEX_TYPE_3_2_1", "COMPLEX_TYPE_3_2_2")):
        yield from _unknown_attribute(element, known, entry.message)
    elif kind.endswith("COMPLEX_TYPE_4"):
        yield from _missing_attribute(element, known, entry.message)
    elif any(fault in kind for fault in _VALUE_FAULTS):
        yield from _bad_value(element, known, entry.message)
    elif kind.endswith("ELEMENT_CONTENT") and "Missing child" in entry.message:
        child = known.children[0] if known.children else "child"
        yield Code.MISSING_CHILD.at(element.name_span, element=element.name.text, child=child)
    elif kind.endswith("ELEMENT_CONTENT"):
        yield _unknown_element(element, parent or root)
    elif kind.endswith("COMPLEX_TYPE_2_1") and element.children:
        yield _unknown_element(element.children[0], element)
    else:
        span = (*element.text_spans, element.name_span)[0]
        help = "remove it, or make it a comment: <!-- … -->"
        yield Code.UNEXPECTED_TEXT.at(span, element=element.name.text, help=help, fixes=_comment(span))


def _comment(span: Span) -> tuple[Fix, ...]:
    start, end = Span(span.start, span.start, span.file), Span(span.end, span.end, span.file)
    return (Fix("make it a comment", (Edit(start, "<!-- "), Edit(end, " -->"))),)


def _wrong_root(element: Element) -> Diagnostic:
    if element.name.local == "Lems":
        xmlns = element.attribute("xmlns", "http://www.w3.org/2000/xmlns/")
        span = xmlns.value_span if xmlns else element.name_span
        after = Span(element.name_span.end, element.name_span.end, element.span.file)
        fix = replace(span, LEMS) if xmlns else replace(after, f' xmlns="{LEMS}"')
        help = f'write <Lems xmlns="{LEMS}" xmlns:rml="{RML}" …>'
        return Code.WRONG_ROOT.at(span, namespace=LEMS, help=help, fixes=(fix,))
    fixes = rename(element.name_span, element.name.text, ["Lems"])
    return Code.WRONG_ROOT.at(element.name_span, namespace=LEMS, fixes=fixes)


def _find(element: Element, message: str) -> XmlAttribute | None:
    match = _ATTRIBUTE.search(message)
    return element.attribute(match[2], match[1] or "") if match else None


def _unknown_attribute(element: Element, known: Entry, message: str) -> Iterator[Diagnostic]:
    attribute = _find(element, message)
    if attribute is None:
        return
    name, at = attribute.name.text, attribute.name_span
    missing = [a for a in known.attributes if not _given(element, a)]
    twin = f"rml:{attribute.name.local}"
    candidates = [twin] if twin in missing and not attribute.name.prefix else missing
    help = did_you_mean(name, candidates)
    if not help:
        help = "its attributes are " + ", ".join(known.attributes) if known.attributes else "it has no attributes"
    fixes = rename(at, name, candidates)
    if element.name.local == "Parameter" and name in ("value", "default"):
        own = element.attribute("name")
        given = f'{own.value if own else "…"}="{_shown(attribute.value)}"'
        help, fixes = f"the Component gives the value: {given}; what never changes is a <Constant>", ()
    yield Code.UNKNOWN_ATTRIBUTE.at(at, element=element.name.text, name=name, help=help, fixes=fixes)


def _given(element: Element, name: str) -> bool:
    namespace = RML if name.startswith("rml:") else ""
    return element.attribute(name.removeprefix("rml:"), namespace) is not None


def _missing_attribute(element: Element, known: Entry, message: str) -> Iterator[Diagnostic]:
    match = re.search(r"attribute '(?:\{([^}]*)\})?([^']+)' is required", message)
    if match is None:
        return
    name = f"rml:{match[2]}" if match[1] == RML else match[2]
    missing = [a for a in known.attributes if not _given(element, a)]
    misspelt = [a.name.text for a in element.attributes if a.name.text not in known.attributes]
    twins = [*(closest(a, missing) for a in misspelt), *(f"rml:{a}" for a in misspelt)]
    if name not in twins:
        help = f"{name} is {known.attributes[name]}" if name in known.attributes else ""
        value = _only_value(element, name)
        if name == "rml:version":
            help = f'write {name}="{value}", the version of the language'
        fixes: tuple[Fix, ...] = ()
        if value:
            at = max((a.span.end for a in element.attributes), default=element.name_span.end)
            fixes = (
                replace(
                    Span(at, at, element.span.file),
                    f' {name}="{value}"',
                    f'add {name}="{value}"',
                    guess=value == "coupling",
                ),
            )
        elif name == "dimension":
            help = 'write dimension="none" for a plain number, or a dimension such as "time"'
        at_name = element.name_span
        yield Code.MISSING_ATTRIBUTE.at(at_name, element=element.name.text, name=name, help=help, fixes=fixes)


def _only_value(element: Element, name: str) -> str:
    """The value that a missing attribute must have, where what stands inside shows it."""
    if name == "rml:version":
        return "1.0"
    if name == "rml:role":
        inside = {e.name.local for e in element.walk()}
        names = [a.value for e in element.walk() if (a := e.attribute("name"))]
        if "StateVariable" in inside:
            return "model"
        if any(n.endswith("_j") or n in ("pre", "post", "gx") for n in names):
            return "coupling"
    return ""


def _bad_value(element: Element, known: Entry, message: str) -> Iterator[Diagnostic]:
    attribute = _find(element, message)
    if attribute is None:
        return
    name, value = attribute.name.text, attribute.value
    key = f"rml:{attribute.name.local}" if attribute.name.namespace == RML else name
    expected = known.attributes.get(key, "see the description of the language")
    choices = expected.removeprefix("one of ").split(", ") if expected.startswith("one of ") else []
    if key == "rml:version":
        choices = ["1.0"]
    yield Code.BAD_VALUE.at(
        attribute.value_span,
        value=_shown(value),
        name=name,
        expected=expected,
        help=did_you_mean(value, choices),
        fixes=(replace(attribute.value_span, choices[0], guess=value.strip() not in ("1", "v1", "v1.0", "1.0")),)
        if len(choices) == 1
        else rename(attribute.value_span, value, choices),
    )


def _unknown_element(element: Element, parent: Element) -> Diagnostic:
    table = vocabulary()
    allowed = table.get(parent.name.local, Entry(parent.name.local)).children
    name = element.name.local
    homes = [entry.name for entry in table.values() if name in entry.children]
    help = f"it belongs inside <{homes[0]}>" if homes and name not in allowed else did_you_mean(name, allowed)
    if not help:
        help = f"<{parent.name.text}> may hold " + (", ".join(allowed) or "nothing")
    fixes = rename(element.name_span, name, allowed) if not homes else ()
    if fixes and element.close_span:
        extra = rename(element.close_span, name, allowed)[0].edits
        fixes = (Fix(fixes[0].title, fixes[0].edits + extra, fixes[0].guess),)
    return Code.UNKNOWN_ELEMENT.at(
        element.name_span, name=element.name.text, parent=parent.name.text, help=help, fixes=fixes
    )
