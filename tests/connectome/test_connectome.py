"""The data classes: read-only, checked, picklable, with a digest that sees every change that matters."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import rateml.connectome
from rateml.connectome import Connectome, Tracts, load_connectome
from rateml.errors import UserError

ONES = np.ones((2, 2))


def make(**changes: object) -> Connectome:
    fields: dict[str, object] = {
        "labels": ("A", "B"),
        "centres": None,
        "tracts": {"structural": Tracts([[0, 1], [2, 0]], ONES)},
        "source": "test",
        **changes,
    }
    return Connectome(**fields)  # type: ignore[arg-type]  # faulty fields are the point


def test_public_names_are_sorted_and_exist() -> None:
    names = rateml.connectome.__all__
    assert sorted(names, key=lambda n: (not n.isupper(), n[0].islower(), n)) == names
    assert all(hasattr(rateml.connectome, name) for name in names)


def test_arrays_are_read_only_copies() -> None:
    given = np.array([[0.0, 1.0], [1.0, 0.0]])
    c = make(tracts={"structural": Tracts(given, ONES)}, centres=np.zeros((2, 3)))
    given[0, 1] = 5
    assert c.weights[0, 1] == 1
    for array in (c.weights, c.lengths, c.centres):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1
    with pytest.raises(TypeError):
        c.tracts["more"] = c.tracts["structural"]  # type: ignore[index]  # that it is refused is the point


def test_pickling_keeps_everything() -> None:
    c = load_connectome("synthetic:12:1,scale=max")
    copy = pickle.loads(pickle.dumps(c))
    assert (copy.digest(), copy.labels, copy.source, copy.transform) == (c.digest(), c.labels, c.source, c.transform)
    assert not copy.weights.flags.writeable
    np.testing.assert_array_equal(copy.centres, c.centres)


def test_digest_sees_what_a_simulation_sees() -> None:
    base = make()
    changed = [
        make(labels=("A", "C")),
        make(labels=("AB", "B")),
        make(tracts={"structural": Tracts([[0, 2], [1, 0]], ONES)}),
        make(tracts={"structural": Tracts([[0, 1], [2, 0]], 2 * ONES)}),
        make(tracts={**base.tracts, "more": Tracts(ONES, ONES)}),
        make(tracts={**base.tracts, "other": Tracts(ONES, ONES)}),
    ]
    assert len({c.digest() for c in (base, *changed)}) == len(changed) + 1
    pair = Tracts(np.asfortranarray([[-0.0, 1], [2, 0]]), ONES.astype(np.float32))
    same = make(tracts={"structural": pair}, source="other", centres=np.zeros((2, 3)), transform=("log1p",))
    assert same.digest() == base.digest()
    more = {"a": Tracts(ONES, ONES), "b": Tracts(ONES, ONES)}
    assert make(tracts={**base.tracts, **more}).digest() == make(tracts={**more, **base.tracts}).digest()


def test_digest_is_fixed() -> None:
    """Stores keep it: a change of the canonical bytes breaks --resume and needs a new version mark."""
    assert make().digest() == "bd5afb7ba6ff7ea09498d50bdab68a01f2ef79841ee48911f76bf559dccddbdb"


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"tracts": {}}, "named 'structural'"),
        ({"labels": ("A",)}, "1 labels for 2"),
        ({"labels": ("A", "A")}, "names regions 1 and 2"),
        ({"centres": np.zeros((3, 3))}, "expected 2 x 3"),
        ({"centres": [[0, 0, 0], [0, 0, np.nan]]}, "row 2, z"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, object], part: str) -> None:
    with pytest.raises(UserError, match=part):
        make(**changes)


@pytest.mark.parametrize(
    ("weights", "lengths", "part"),
    [
        ([[0, 1]], ONES, "square"),
        (np.zeros((0, 0)), np.zeros((0, 0)), "square"),
        ([[0, 1], [1]], ONES, "differ in length"),
        (ONES, np.ones((3, 3)), "lengths is 3 x 3 but weights is 2 x 2"),
        ([[0, np.nan], [1, 0]], ONES, "row 1, column 2"),
        (ONES, -ONES, "negative"),
    ],
)
def test_tracts_are_checked(weights: object, lengths: object, part: str) -> None:
    with pytest.raises(UserError, match=part):
        Tracts(weights, lengths)  # type: ignore[arg-type]  # faulty fields are the point
