"""Types that are kept from one keystroke to the next: what is told is what a first reading tells."""

from __future__ import annotations

import random
from importlib.resources import files

import pytest

from rateml.checks import check_model, no_includes
from rateml.checks.run import check_read, read_model
from rateml.diagnostics import Diagnostic
from rateml.syntax.xml import scan
from rateml.text import SourceFile
from rateml.text.kept import forget

MODELS = ("montbrio.xml", "epileptor.xml", "couplings.xml", "zerlaut_first_order.xml")


def told(text: str) -> tuple[Diagnostic, ...]:
    return check_model(text, reader=no_includes).diagnostics


@pytest.mark.parametrize("name", MODELS)
def test_what_is_told_while_someone_types(name: str) -> None:
    rng = random.Random(name)
    text = (files("rateml") / "models" / name).read_text(encoding="utf-8")
    forget()
    for _ in range(25):
        at = rng.randrange(len(text))
        new = text[:at] + rng.choice(["x", " ", "1", ")", '"', "/>", "ms"]) + text[at:]
        kept = told(new)
        again = told(new)
        forget()
        assert kept == again == told(new)
        text = rng.choice((text, new)) if not any(d.severity == 1 for d in kept) else text


@pytest.mark.parametrize("name", MODELS)
def test_what_was_moved_is_what_is_read_there(name: str) -> None:
    """Trees and models to the last span; equality of expressions does not look at spans, their text does."""
    rng = random.Random(name)
    text = (files("rateml") / "models" / name).read_text(encoding="utf-8")
    forget()
    for _ in range(25):
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(["x", " ", "\n", "1", "+ 1", "<!-- c -->", "&lt;"]) + text[at:]
        if rng.random() < 0.6:
            text = text.replace("<!-- c -->", "", 1).replace("&lt;", "", 1)
        source = SourceFile("m.xml", text)
        kept = read_model(scan(source), no_includes)
        forget()
        fresh = read_model(scan(source), no_includes)
        forget()
        assert kept.main == fresh.main
        assert repr(kept.built) == repr(fresh.built)
        assert check_read(kept).diagnostics == check_read(fresh).diagnostics
        # What the next text finds kept was made of this one.
        read_model(scan(source), no_includes)


def test_a_changed_unit_is_seen_by_the_types_before_it() -> None:
    text = (files("rateml") / "models" / "montbrio.xml").read_text(encoding="utf-8")
    assert not [d for d in told(text) if d.severity == 1]
    # As long as before, so that everything stands where it stood.
    other = text.replace('<Unit symbol="per_ms3"', '<Unit symbol="per_ms4"')
    assert {d.code.id for d in told(other)} >= {"RML402"}


def test_a_type_before_a_change_is_the_same_object() -> None:
    text = (files("rateml") / "models" / "montbrio.xml").read_text(encoding="utf-8")
    one = check_model(text, reader=no_includes).model
    other = check_model(text.replace('eta="-4.6"', 'eta="-4.75"'), reader=no_includes).model
    assert one is not None
    assert other is not None
    assert one.types[0] is other.types[0]
