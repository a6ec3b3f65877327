"""The scanner's tree, its spans, and the nesting it keeps in broken text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rateml.syntax.tree import LEMS, RML, Document
from rateml.syntax.xml import scan
from rateml.text import SourceFile, Span

_HEAD = f'<Lems xmlns="{LEMS}" xmlns:r="{RML}">'


def _scan(text: str) -> Document:
    return scan(SourceFile("f.xml", text))


def test_names_and_namespaces() -> None:
    document = _scan(f'{_HEAD}<A r:min="1" min="2"/></Lems>')
    assert document.root is not None
    assert document.diagnostics == ()
    (a,) = document.root.children
    assert (a.name.local, a.name.namespace) == ("A", LEMS)
    assert [(x.name.local, x.name.namespace, x.value) for x in a.attributes] == [("min", RML, "1"), ("min", "", "2")]


def test_spans_after_wide_characters() -> None:
    text = f"{_HEAD}<!-- é 😀 --><B  a = 'x y'></B ></Lems>"
    document = _scan(text)
    assert document.root is not None
    (b,) = document.root.children
    (a,) = b.attributes

    def cut(span: Span | None) -> str:
        assert span is not None
        return text[span.start : span.end]

    assert cut(b.span) == "<B  a = 'x y'></B >"
    assert cut(b.tag_span) == "<B  a = 'x y'>"
    assert (cut(b.name_span), cut(b.close_span)) == ("B", "B")
    assert (cut(a.name_span), cut(a.value_span), cut(a.span)) == ("a", "x y", "a = 'x y'")


def test_entities_keep_their_offsets() -> None:
    text = '<a b="x&lt;&#65;&#x1F600;&amp;y"/>'
    document = _scan(text)
    assert document.root is not None
    (b,) = document.root.attributes
    assert b.value == "x<A😀&y"
    assert [text[b.offsets.at(i)] for i in range(len(b.value))] == list("x&&&&y")
    assert b.offsets.span(1, 2) == Span(text.index("&lt;"), text.index("&#65;"), "f.xml")


def test_nesting_survives_an_open_quote() -> None:
    document = _scan('<a>\n<b c="1>\n<d e="2"/>\n</b>\n</a>')
    assert document.root is not None
    (b,) = document.root.children
    assert [child.name.text for child in b.children] == ["d"]
    assert len(document.diagnostics) == 1


def test_nesting_survives_an_open_element() -> None:
    document = _scan("<a><b><c></b><d/></a>")
    assert document.root is not None
    assert [child.name.text for child in document.root.children] == ["b", "d"]
    assert len(document.diagnostics) == 1


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from([*"<>/='\"&; \n!?-abé", "<a", "</a>", "<!--", "-->", 'x="1"', "&lt;", "]]>", "<![CDATA["]),
        max_size=60,
    )
)
def test_any_text_gives_spans_within_it(pieces: list[str]) -> None:
    text = "".join(pieces)
    document = _scan(text)
    for d in document.diagnostics:
        assert 0 <= d.span.start <= d.span.end <= len(text)
    for element in document.root.walk() if document.root else ():
        for span in (element.span, element.tag_span, element.name_span, *(a.span for a in element.attributes)):
            assert 0 <= span.start <= span.end <= len(text)
