"""The tolerant XML scanner: any text becomes an element tree with exact spans, and its faults diagnostics.

The nesting survives what an editor sees while someone types: an open quote ends with its line, an open tag
at the next ``<``, an open element where something around it closes. DTDs, entities of their own and
processing instructions are refused: they are neither read nor followed.
"""

from __future__ import annotations

import re
from typing import Final

from rateml.diagnostics import Code, Diagnostic, Fix, closest, replace
from rateml.syntax.limits import MAX_ATTRIBUTES, MAX_CHARACTERS, MAX_DEPTH, MAX_ELEMENTS, MAX_FAULTS
from rateml.syntax.tree import RML, Comment, Document, Element
from rateml.syntax.xml_known import Place, keep_piece, known_piece
from rateml.syntax.xml_open import Open, OpenAttribute, Scope
from rateml.syntax.xml_value import decode, reference
from rateml.text import SourceFile, Span

_WORD: Final = r"[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?"
_NAME: Final = re.compile(_WORD + "|:")
_PLAIN: Final = re.compile(rf"""[ \t\r\n]++({_WORD})[ \t\r\n]*=[ \t\r\n]*(?:"([^"<&\n]*)"|'([^'<&\n]*)')""")
"""An attribute without a fault, an entity or a line break: nearly all are, and a check reads hundreds per keystroke."""
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_EQUALS: Final = re.compile(r"[ \t\r\n]*=[ \t\r\n]*")
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OPEN_END: Final = re.compile(r"[ \t]*/?>?[ \t]*$")
_BARE: Final = re.compile(r"[^\s<>\"'/=]*")
_ENCODING: Final = re.compile(r"encoding\s*=\s*[\"']([^\"']*)[\"']")


def scan(source: SourceFile, elements: int = MAX_ELEMENTS) -> Document:
    """The element tree of a file with everything that keeps the file from being well-formed.

    ``elements`` is how many it may have.
    """
    return _Scanner(source, elements).run()


class _Scanner:
    """One pass over a text; ``stack`` holds the elements that are open, outermost first."""

    def __init__(self, source: SourceFile, most: int) -> None:
        self.source = source
        self.most = most
        self.text = source.text
        self.file = source.name
        self.faults: list[Diagnostic] = []
        self.comments: list[Comment] = []
        self.stack: list[Open] = []
        self.root: Element | None = None
        self.elements = 0
        self.content_start = 1 if self.text.startswith("\ufeff") else 0
        self.trailing = False
        self.prefixes: set[str] = set()
        self.untold = 0
        self.outside = Scope({"": "", "xml": "http://www.w3.org/XML/1998/namespace"})

    def span(self, start: int, end: int) -> Span:
        return Span(start, end, self.file)

    def run(self) -> Document:
        text = self.text
        if len(text) > MAX_CHARACTERS or len(text.encode("utf-8", "replace")) > MAX_CHARACTERS:
            fault = Code.FILE_TOO_LARGE.at(self.span(0, 0), limit=MAX_CHARACTERS // 2**20)
            return Document(self.source, None, (fault,))
        for illegal in _ILLEGAL.finditer(text):
            shown = f"U+{ord(illegal[0]):04X}"
            if len(self.faults) >= MAX_FAULTS:
                break
            at = self.span(*illegal.span())
            self.faults.append(Code.CONTROL_CHARACTER.at(at, char=shown, fixes=(replace(at, "", "remove it"),)))
        place = self.content_start
        while place >= 0 and len(self.faults) < MAX_FAULTS:
            place = self.step(place)
        whole = len(self.faults) < MAX_FAULTS
        while self.stack:
            if whole:
                self.close_unclosed(len(text))
            else:
                self.leave(len(text), None)
        if self.root is None and not self.faults:
            help = (
                'start with <Lems xmlns="http://www.neuroml.org/lems/0.7.6" xmlns:rml="urn:rateml:1" rml:version="1.0">'
            )
            self.faults.append(Code.NO_ROOT.at(self.span(0, 0), help=help))
        return Document(self.source, self.root, tuple(self.faults), tuple(self.comments))

    def step(self, at: int) -> int:
        """Read from ``at`` to after the next piece of markup; -1 at the end of what is read."""
        text = self.text
        mark = text.find("<", at)
        self.characters(at, mark if mark >= 0 else len(text))
        if mark < 0:
            return -1
        name = _NAME.match(text, mark + 1)
        if name is not None:
            return self.opening(mark, name)
        if text.startswith("<!--", mark):
            return self.comment(mark)
        if text.startswith("<![CDATA[", mark):
            return self.cdata(mark)
        if text.startswith(("<!", "<?"), mark):
            return self.forbidden(mark)
        if text.startswith("</", mark):
            return self.closing(mark)
        span = self.span(mark, mark + 1)
        self.faults.append(Code.RAW_CHARACTER.at(span, char="<", help="write '&lt;'", fixes=(replace(span, "&lt;"),)))
        return mark + 1

    def characters(self, start: int, end: int) -> None:
        """Text between two pieces of markup."""
        text = self.text
        at = _SPACE.match(text, start, end).end()  # type: ignore[union-attr]  # matches the empty text too
        if at == end:
            return
        stop = start + len(text[start:end].rstrip())
        span = self.span(at, stop)
        if self.stack:
            self.stack[-1].text.append(span)
        elif self.root is not None and not self.trailing:
            self.trailing = True
            self.faults.append(Code.SECOND_ROOT.at(span, root=self.root.name.text))
            return
        elif self.root is None:
            self.faults.append(Code.MALFORMED_XML.at(span, problem="text cannot stand before the <Lems> element"))
            return
        while (at := text.find("&", at, stop)) >= 0 and len(self.faults) < MAX_FAULTS:
            _, at, faults = reference(text, at, stop, self.file)
            self.faults.extend(faults)
        if (at := text.find("]]>", start, stop)) >= 0:
            self.faults.append(Code.MALFORMED_XML.at(self.span(at, at + 3), problem="']]>' cannot stand in text"))

    def comment(self, start: int) -> int:
        end = self.text.find("-->", start + 4)
        if end < 0:
            self.faults.append(Code.COMMENT_NOT_CLOSED.at(self.span(start, start + 4), what="comment"))
            return -1
        inner = self.text.find("--", start + 4, end)
        if inner >= 0 or (self.text[end - 1] == "-" and end > start + 4):
            at = inner if inner >= 0 else end - 1
            problem = "'--' cannot stand inside a comment"
            self.faults.append(Code.MALFORMED_XML.at(self.span(at, at + 2), problem=problem))
        self.comments.append(Comment(self.text[start + 4 : end], self.span(start, end + 3)))
        return end + 3

    def cdata(self, start: int) -> int:
        end = self.text.find("]]>", start)
        if end < 0:
            self.faults.append(Code.COMMENT_NOT_CLOSED.at(self.span(start, start + 9), what="CDATA section"))
            return -1
        span = self.span(start, end + 3)
        if self.stack:
            self.stack[-1].text.append(span)
        else:
            self.faults.append(Code.FORBIDDEN_MARKUP.at(span, what="CDATA outside the <Lems> element"))
        return end + 3

    def forbidden(self, start: int) -> int:
        """``<?…?>`` and ``<!…>``: only the XML declaration at the very start is welcome."""
        text = self.text
        instruction = text.startswith("<?", start)
        end = text.find("?>" if instruction else ">", start)
        end = len(text) if end < 0 else end + (2 if instruction else 1)
        doctype = text.startswith("<!DOCTYPE", start)
        if doctype and (subset := text.find("[", start, end)) >= 0:
            close = re.compile(r"\]\s*>").search(text, subset)
            end = close.end() if close else len(text)
        body = text[start:end]
        if start == self.content_start and re.match(r"<\?xml\s", body) and body.endswith("?>"):
            return self.declaration(start, body)
        if doctype:
            what = "a DOCTYPE (and with it every entity of a file's own)"
        elif text.startswith("<!ENTITY", start):
            what = "an ENTITY"
        else:
            what = "a processing instruction" if instruction else "this markup"
        shown = self.span(start, min(end, start + 9))
        closed = text[end - 1] == ">"
        fixes = (replace(self.span(start, end), "", "remove it"),) if closed else ()
        self.faults.append(Code.FORBIDDEN_MARKUP.at(shown, what=what, help="remove it", fixes=fixes))
        return end

    def declaration(self, start: int, body: str) -> int:
        encoding = _ENCODING.search(body)
        if encoding and encoding[1].upper() not in ("UTF-8", "UTF8", "US-ASCII", "ASCII"):
            span = self.span(start + encoding.start(1), start + encoding.end(1))
            fixes = (replace(span, "UTF-8"),)
            problem = f"the encoding '{encoding[1]}' is not supported: model files are UTF-8"
            self.faults.append(Code.MALFORMED_XML.at(span, problem=problem, fixes=fixes))
        return start + len(body)

    def opening(self, start: int, name: re.Match[str]) -> int:
        """An opening tag with its attributes; too many or too deep ends the reading."""
        if 0 < len(self.stack) < MAX_DEPTH and (end := self.known(start)):
            return end
        self.elements += 1
        element = Open(name[0], start, self.span(*name.span()))
        element.begins(len(self.faults) + self.untold, len(self.comments), self.elements - 1)
        if self.elements > self.most:
            self.faults.append(Code.TOO_MANY_ELEMENTS.at(element.name_span, limit=MAX_ELEMENTS))
            return -1
        if len(self.stack) >= MAX_DEPTH:
            self.faults.append(Code.ELEMENTS_TOO_DEEP.at(element.name_span, limit=MAX_DEPTH))
            return -1
        if not self.stack and self.root is not None and not self.trailing:
            self.trailing = True
            self.faults.append(Code.SECOND_ROOT.at(element.name_span, root=self.root.name.text))
        at, closed = self.attributes(element, name.end())
        element.tag_end = at if at >= 0 else name.end()
        self.resolve(element)
        self.stack.append(element)
        if closed:
            self.leave(at, None)
        return at

    def known(self, start: int) -> int:
        """Take over the element that starts here if it was read before; where it ends, else 0."""
        piece = known_piece(self.text, start, self.place())
        if piece is None or self.elements + piece.elements > self.most:
            return 0
        element, comments = piece.at(start)
        self.stack[-1].children.append(element)
        self.comments.extend(comments)
        self.elements += piece.elements
        return start + len(piece.text)

    def place(self) -> Place:
        return Place(self.file, self.stack[-1].scope.declared, len(self.stack) == 1)

    def keep(self, element: Open, done: Element, end: int) -> None:
        """Keep an element that ended by itself and without a fault."""
        closed = done.close_span is not None or (element.tag_end == end and self.text.startswith("/>", end - 2))
        if closed and element.faults_before == len(self.faults) + self.untold:
            comments = tuple(self.comments[element.comments_before :])
            keep_piece(self.text, self.place(), done, comments, self.elements - element.elements_before)

    def attributes(self, element: Open, at: int) -> tuple[int, bool]:
        """Read attributes up to the end of the tag: where it ends, and whether the tag closes itself."""
        text, found = self.text, element.attributes
        while True:
            plain = _PLAIN.match(text, at)
            if plain is not None and len(self.faults) < MAX_FAULTS and len(found) < MAX_ATTRIBUTES:
                start, name_end = plain.span(1)
                kind = plain.lastindex or 2
                value_start, value_end = plain.span(kind)
                at = plain.end()
                found.append(OpenAttribute(plain[1], plain[kind], start, name_end, value_start, value_end, at))
                continue
            before = at
            at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # matches the empty text too
            if at >= len(text) or text[at] == "<":
                element.told = True
                self.faults.append(Code.TAG_NOT_CLOSED.at(element.name_span, name=element.text_name))
                return before, False
            if text[at] == ">":
                return at + 1, False
            if text.startswith("/>", at):
                return at + 2, True
            name = _NAME.match(text, at)
            if len(self.faults) >= MAX_FAULTS:
                return at, False
            if name is None:
                problem = f"unexpected '{text[at]}' in the tag <{element.text_name}>"
                self.report(Code.MALFORMED_XML.at(self.span(at, at + 1), problem=problem))
                at += 1
                continue
            if before == at:
                problem = f"a space is missing before '{name[0]}'"
                self.report(Code.MALFORMED_XML.at(self.span(*name.span()), problem=problem))
            if len(found) >= MAX_ATTRIBUTES:
                self.faults.append(
                    Code.TOO_MANY_ATTRIBUTES.at(element.name_span, name=element.text_name, limit=MAX_ATTRIBUTES)
                )
                return -1, False
            at = self.attribute(element, name)

    def attribute(self, element: Open, name: re.Match[str]) -> int:
        text = self.text
        equals = _EQUALS.match(text, name.end())
        at = equals.end() if equals else name.end()
        if equals is None or at >= len(text) or text[at] not in "\"'":
            problem = f"'{name[0]}' has no value in quotes"
            help = f'write {name[0]}="…"'
            self.report(Code.MALFORMED_XML.at(self.span(*name.span()), problem=problem, help=help))
            bare = _BARE.match(text, at) if equals else None
            return bare.end() if bare else at
        start, end, following = at + 1, text.find(text[at], at + 1), 0
        newline = text.find("\n", start)
        newline = len(text) if newline < 0 else newline
        if end < 0 or (end > newline and re.search("[<>]", text[start:end])):
            unfinished = _OPEN_END.search(text[start:newline])
            end = start + (unfinished.start() if unfinished else newline - start)
            following = end
            fixes = (replace(self.span(end, end), text[at], "add the quote"),)
            self.faults.append(Code.QUOTE_NOT_CLOSED.at(self.span(at, end), name=name[0], fixes=fixes))
            value, table, _ = decode(text, start, end, self.file)
        else:
            following = end + 1
            value, table, faults = decode(text, start, end, self.file)
            self.faults.extend(faults)
        element.attributes.append(OpenAttribute(name[0], value, *name.span(), start, end, following, table))
        return following

    def closing(self, start: int) -> int:
        """A closing tag: it closes the innermost element of that name, and whatever is open inside that."""
        text = self.text
        name = _NAME.match(text, start + 2)
        end = _SPACE.match(text, name.end() if name else start + 2).end()  # type: ignore[union-attr]  # as above
        if name is None or end >= len(text) or text[end] != ">":
            span = self.span(*name.span()) if name else self.span(start, start + 2)
            self.faults.append(Code.TAG_NOT_CLOSED.at(span, name="/" + (name[0] if name else "")))
        else:
            end += 1
        if name is None:
            return end
        span = self.span(*name.span())
        if self.stack and self.stack[-1].text_name == name[0]:
            self.leave(end, span)
            return end
        depth = next((d for d, e in enumerate(reversed(self.stack)) if e.text_name == name[0]), None)
        if depth is None:
            current = self.stack[-1].text_name if self.stack else ""
            fixes = (replace(span, current),) if current else ()
            help = f"<{current}> is open here" if current else ""
            self.faults.append(Code.CLOSING_TAG_MISMATCH.at(span, name=name[0], help=help, fixes=fixes))
            if current and closest(name[0], [current]):
                self.leave(end, span)
            return end
        for _ in range(depth):
            self.close_unclosed(start)
        self.leave(end, span)
        return end

    def close_unclosed(self, end: int) -> None:
        element = self.stack[-1]
        if not element.told:
            hint = f"end it with '/>' or </{element.text_name}>"
            self.faults.append(Code.ELEMENT_NOT_CLOSED.at(element.name_span, name=element.text_name, help=hint))
        self.leave(end, None)

    def leave(self, end: int, close_span: Span | None) -> None:
        """Close the innermost open element at ``end``."""
        element = self.stack.pop()
        done = element.finish(end, close_span)
        if self.stack:
            self.stack[-1].children.append(done)
            if len(self.stack) == 1 or not done.children:
                self.keep(element, done, end)
        elif self.root is None:
            self.root = done

    def resolve(self, element: Open) -> None:
        """Resolve the names of a new element in the scope of what is around it and of its own declarations."""
        outer = self.stack[-1].scope if self.stack else self.outside
        if len({attribute.text_name for attribute in element.attributes}) < len(element.attributes):
            self.duplicates(element)
        for strange in element.resolve(outer):
            self.undeclared(strange)

    def duplicates(self, element: Open) -> None:
        """Tell of every attribute that an element has twice."""
        seen: set[str] = set()
        end = element.name_span.end
        for attribute in element.attributes:
            name = attribute.text_name
            if name in seen:
                fixes = (replace(self.span(end, attribute.end), "", f"remove the second {name}"),)
                at = self.span(attribute.start, attribute.name_end)
                self.report(Code.DUPLICATE_ATTRIBUTE.at(at, name=name, element=element.text_name, fixes=fixes))
            seen.add(name)
            end = attribute.end

    def undeclared(self, name: Span) -> None:
        """A prefix that nothing declares, told where it stands first."""
        prefix = self.text[name.start : name.end]
        if prefix in self.prefixes:
            self.untold += 1
            return
        self.prefixes.add(prefix)
        help = ""
        fixes: tuple[Fix, ...] = ()
        root = self.stack[0] if self.stack else None
        if prefix == "rml":
            help = f'declare it on <Lems>: xmlns:rml="{RML}"'
            if root is not None:
                at = self.span(root.name_span.end, root.name_span.end)
                fixes = (replace(at, f' xmlns:rml="{RML}"', "declare it"),)
        self.report(Code.UNDECLARED_PREFIX.at(name, prefix=prefix, help=help, fixes=fixes))

    def report(self, fault: Diagnostic) -> None:
        """A fault of which there may be very many."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(fault)
        else:
            self.untold += 1
