"""The random numbers are those of docs/random-numbers.md, in the reference and in generated code.

Three statements are compared: a plain one in Python's integers and ``math`` that follows the page, ``ir.philox``,
and the functions of the generated module.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rateml.ir import philox

PAGE = Path(__file__).parents[2] / "docs" / "random-numbers.md"
ONES = 0xFFFFFFFF
PRECISIONS = ("float64", "float32")

KNOWN_ANSWERS = {
    "zero": ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    "ones": ((ONES,) * 4, (ONES, ONES), "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    "pi": (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
}  # fmt: skip
"""Counter, key, result: philox4x32 10 of Random123's kat_vectors."""


def plain_philox(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & ONES, (p0 >> 32) ^ c3 ^ k1, p0 & ONES
        k0, k1 = (k0 + 0x9E3779B9) & ONES, (k1 + 0xBB67AE85) & ONES
    return c0, c1, c2, c3


def plain_words(seed: int, c0: int, region: int, c2: int, point: int) -> tuple[int, ...]:
    return plain_philox((c0, region, c2, point), (seed & ONES, seed >> 32))


def plain_normal(words: tuple[int, ...], step: int, precision: str) -> float:
    def rounded(x: float) -> float:
        return x if precision == "float64" else float(struct.unpack("f", struct.pack("f", x))[0])

    w, v = words[:2] if step % 4 < 2 else words[2:]
    u1, u2 = rounded(w + 1) / 2**32, rounded(v) / 2**32
    quarters = math.floor(4.0 * u2 + 0.5)
    angle = 2.0 * math.pi * (u2 - quarters / 4)
    turned = complex(math.cos(angle), math.sin(angle)) * (1, 1j, -1, -1j)[quarters % 4]
    return rounded(math.sqrt(-2.0 * math.log(u1)) * (turned.imag if step % 2 else turned.real))


def table(name: str) -> list[list[str]]:
    """The cells of the table that follows ``<!-- name -->`` on the page."""
    lines = PAGE.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")[2].splitlines()[2:]
    rows = lines[: next((k for k, line in enumerate(lines) if not line.startswith("|")), len(lines))]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def ulps(a: Any, b: Any) -> float:
    """The largest difference in units of the last place of the larger value."""
    a, b = np.asarray(a), np.asarray(b)
    assert a.dtype == b.dtype
    assert np.isfinite(a).all()
    assert np.isfinite(b).all()
    return float((np.abs(a - b) / np.spacing(np.maximum(np.abs(a), np.abs(b)))).max())


def drawn(
    module: SimpleNamespace, real: Any, step: int, seed: int, point: int, trial: int, regions: Iterable[int]
) -> np.ndarray[Any, Any]:
    """The normals (noisy state, 4, region) of the four steps that ``step`` is among, by the generated module."""
    out = []
    stream = np.uint64(seed), np.array([point], np.uint64), np.array([trial], np.uint64)
    parts = tuple(np.empty((rows, 1), np.uint64) for rows in (2, 1, 2))
    module.share_rounds(step >> 2, *stream, *parts[:2])
    for region in regions:
        u = tuple(np.empty((1, 1), real) for _ in range(4))
        z = np.empty((1, 4, 2, 1, 1), real)
        module.draw(step >> 2, region, stream[0], parts, u, z, 0)
        out.append(z[0, :, :, 0, 0].T)
    return np.stack(out, axis=-1)


@pytest.mark.parametrize("case", KNOWN_ANSWERS)
def test_known_answers(generated: Callable[[str], SimpleNamespace], case: str) -> None:
    """Random123's own vectors, for the plain statement, the reference and generated code of both precisions."""
    counter, key, answer = KNOWN_ANSWERS[case]
    expected = [int(word, 16) for word in answer.split()]
    seed = key[0] | key[1] << 32
    assert list(plain_philox(counter, key)) == expected
    assert philox.words(seed, *counter).tolist() == expected
    for precision in PRECISIONS:
        words = generated(precision).philox(np.uint64(seed), *map(np.uint64, counter))
        assert [int(word) for word in words] == expected


def test_published_normals(generated: Callable[[str], SimpleNamespace]) -> None:
    """Each row of the page: its words exactly, its normals to 4 ulp, by all three statements."""
    rows = table("normals")
    assert len(rows) >= 8
    for row in rows:
        seed, point, trial, step, region, state = map(int, row[:6])
        words = plain_words(seed, step // 4, region, state + (trial << 16), point)
        assert " ".join(f"{word:08x}" for word in words) == row[6]
        for precision, cell in zip(PRECISIONS, row[7:], strict=True):
            real = np.dtype(precision).type
            published = real(float.fromhex(cell))
            assert ulps(published, real(plain_normal(words, step, precision))) <= 4
            assert ulps(published, philox.normals(seed, step, region, state, point, trial, real)) <= 4
            if state < 2:
                z = drawn(generated(precision), real, step, seed, point, trial, [region])
                assert ulps(published, z[state, step % 4, 0]) <= 4


def test_published_uniforms(generated: Callable[[str], SimpleNamespace]) -> None:
    """Each row of the page, exactly, by all three statements."""
    rows = table("uniforms")
    assert len(rows) >= 3
    for row in rows:
        seed, point, trial, occurrence, region, state = map(int, row[:6])
        published = float.fromhex(row[6])
        c2 = state + (1 << 12) + (trial << 16)
        assert plain_words(seed, occurrence, region, c2, point)[0] / 2**32 == published
        assert philox.uniforms(seed, occurrence, region, state, point, trial) == published
        for precision in PRECISIONS:
            stream = np.uint64(seed), occurrence, region, state, np.uint64(point), np.uint64(trial)
            assert generated(precision).uniform(*stream) == published


@pytest.mark.parametrize("precision", PRECISIONS)
def test_generated_normals(generated: Callable[[str], SimpleNamespace], precision: str) -> None:
    """100,000 draws of the generated module, 2 states x 4 steps x 12,500 regions, equal the reference to 4 ulp."""
    real = np.dtype(precision).type
    seed, point, trial, step = 0x123456789ABCDEF0, 77, 9, 4_000_000_004
    z = drawn(generated(precision), real, step, seed, point, trial, range(12_500))
    state, lag, region = np.ogrid[:2, :4, :12_500]
    reference = philox.normals(seed, step + lag, region, state, point, trial, real)
    assert ulps(z, reference) <= 4
    assert ulps(z, philox.normals(seed, step + 4 + lag, region, state, point, trial, real)) > 1e3


@pytest.mark.parametrize("precision", PRECISIONS)
def test_generated_normals_of_extreme_words(generated: Callable[[str], SimpleNamespace], precision: str) -> None:
    """The ends and the quarter turns of the words' range, where Box and Muller's formula is most delicate."""
    real = np.dtype(precision).type
    edges = [0, 2**30, 2**31, 3 * 2**30, 2**32]
    words = sorted({min(max(edge + d, 0), ONES) for edge in edges for d in (-129, -128, -2, -1, 0, 1, 2, 128, 129)})
    pairs = list(product(words, words))
    w, v = np.array(pairs, dtype=np.uint32).T
    unit = real(2.0**-32)
    uniforms = [(real(np.uint64(a) + np.uint64(1)) * unit, real(b) * unit) for a, b in pairs]
    ours = np.array([generated(precision).box_muller(*u) for u in uniforms], real)
    reference = np.stack(philox.box_muller(w, v, real), axis=1)
    plain = np.array([[plain_normal((*pair, 0, 0), step, precision) for step in (0, 1)] for pair in pairs], real)
    assert ulps(ours, reference) <= 4
    assert ulps(ours, plain) <= 4


@pytest.mark.parametrize("precision", PRECISIONS)
def test_generated_uniforms(generated: Callable[[str], SimpleNamespace], precision: str) -> None:
    """random() of generated code is float64 in both precisions and equals the reference bit for bit."""
    uniform = generated(precision).uniform
    region = np.arange(2_000)
    for occurrence, state, point, trial in ((0, 0, 0, 0), (3, 1, 2**32 - 1, 65_535)):
        stream = np.uint64(point), np.uint64(trial)
        ours = np.array([uniform(np.uint64(99), occurrence, i, state, *stream) for i in region.tolist()])
        np.testing.assert_array_equal(ours, philox.uniforms(99, occurrence, region, state, point, trial))
        assert ours.min() >= 0.0
        assert ours.max() < 1.0
