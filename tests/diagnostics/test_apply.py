"""Fixes applied to text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rateml.diagnostics import Code, Diagnostic, Edit, Fix, replace
from rateml.diagnostics.apply import ROUNDS, apply_edits, choose, repair
from rateml.text import Span


def _edit(start: int, end: int, text: str, file: str = "m") -> Edit:
    return Edit(Span(start, end, file), text)


def _word(text: str, word: str, new: str, code: Code = Code.MALFORMED_XML) -> list[Diagnostic]:
    """A fault at every ``word`` whose fix writes ``new``."""
    found, at = [], text.find(word)
    while at >= 0:
        span = Span(at, at + len(word), "m")
        found.append(code.at(span, problem=f"{word}", name=word, place="m", fixes=(replace(span, new),)))
        at = text.find(word, at + 1)
    return found


def test_edits_are_made_whatever_their_order() -> None:
    assert apply_edits("one two", [_edit(4, 7, "2"), _edit(0, 3, "1")]) == "1 2"


def test_line_breaks_become_those_of_the_text() -> None:
    assert apply_edits("a\r\nb", [_edit(3, 4, "c\nd")]) == "a\r\nc\r\nd"
    assert apply_edits("a\nb", [_edit(2, 3, "c\r\nd")]) == "a\nc\nd"


@pytest.mark.parametrize("edits", [[_edit(0, 2, ""), _edit(1, 3, "")], [_edit(0, 9, "")]])
def test_edits_that_overlap_or_leave_the_text_are_a_fault_of_ours(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps"):
        apply_edits("one", edits)


@given(
    st.text(max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5), st.text(max_size=3)), max_size=8)
)
def test_whatever_is_chosen_can_be_applied(text: str, places: list[tuple[int, int, str]]) -> None:
    found = [
        Code.MALFORMED_XML.at(
            Span(at, min(len(text), at + n), "m"),
            problem="p",
            fixes=(Fix("t", (_edit(at, min(len(text), at + n), new),)),),
        )
        for at, n, new in places
        if at <= len(text)
    ]
    chosen = choose(found, "m")
    apply_edits(text, [e for _, fix in chosen for e in fix.edits])
    assert bool(chosen) == bool(found)


def test_only_the_first_of_overlapping_fixes_and_of_several_is_chosen() -> None:
    span = Span(0, 3, "m")
    both = Code.MALFORMED_XML.at(span, problem="p", fixes=(replace(span, "a"), replace(span, "b")))
    inside = Code.MALFORMED_XML.at(span, problem="q", fixes=(Fix("t", (_edit(1, 2, "c"),)),))
    assert [fix.title for _, fix in choose([both, inside], "m")] == ["write 'a'"]


def test_the_same_repair_of_two_faults_is_made_once() -> None:
    fix = Fix("t", (_edit(0, 0, "x"),))
    faults = [Code.MALFORMED_XML.at(Span(k, k, "m"), problem="p", fixes=(fix,)) for k in range(2)]
    assert len(choose(faults, "m")) == 1


def test_other_files_are_left_alone() -> None:
    fix = Fix("t", (_edit(0, 1, "x"), _edit(0, 1, "x", "other")))
    assert choose([Code.MALFORMED_XML.at(Span(0, 1, "m"), problem="p", fixes=(fix,))], "m") == []


def test_rounds_until_nothing_is_left() -> None:
    repaired = repair("a a\na", "m", lambda text: [*_word(text, "a", "b"), *_word(text, "b", "c")])
    assert repaired.text == "c c\nc"
    assert [mark.line for mark in repaired.applied] == [1, 1, 2] * 2
    assert repaired.stable
    assert repaired.refused == ()


def test_what_is_known_is_not_checked_again_and_enough_ends_the_work() -> None:
    texts: list[str] = []

    def check(text: str) -> list[Diagnostic]:
        texts.append(text)
        return _word(text, "a", "b") or _word(text, "b", "c")

    done = repair("a", "m", check, _word("a", "a", "b"), lambda applied: len(applied) == 1)
    assert (done.text, len(done.applied), texts) == ("b", 1, ["b"])


def test_fixes_that_undo_each_other_end() -> None:
    repaired = repair("a", "m", lambda text: [*_word(text, "a", "b"), *_word(text, "b", "a")])
    assert not repaired.stable
    assert len(repaired.applied) == ROUNDS


def test_a_fix_that_makes_it_worse_is_refused_and_the_others_are_made() -> None:
    def check(text: str) -> list[Diagnostic]:
        return [*_word(text, "a", "b"), *_word(text, "x", "yyy"), *_word(text, "y", "y")]

    repaired = repair("a x", "m", check)
    assert repaired.text == "b x"
    assert [mark.fix.title for mark in repaired.refused] == ["write 'yyy'"]


def test_faults_behind_a_mended_one_may_come_to_light() -> None:
    def check(text: str) -> list[Diagnostic]:
        return _word(text, "<", ".lt.") or _word(text, "q", "q", Code.UNDEFINED_NAME)

    assert repair("q < q q", "m", check).text == "q .lt. q q"


def test_a_fix_that_breaks_the_xml_is_refused() -> None:
    def check(text: str) -> list[Diagnostic]:
        return _word(text, "<", "<") or _word(text, "q", "<", Code.UNDEFINED_NAME)

    repaired = repair("q q", "m", check)
    assert repaired.text == "q q"
    assert len(repaired.refused) == 1
