"""Numbers in runs, numbered values, and values as Parquet has them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.encoding.kernels.parquet_pages import (
    NOBODY,
    keep_present,
    number_values,
    number_words,
    put_decimals,
    put_hybrid,
    put_runs,
    put_texts,
)
from tests.encoding.slices import unhurried
from tests.naive.parquet_pages import numbered, read_hybrid

MAYBE = st.none() | st.integers(0, 5)


@st.composite
def numbers_of_some_width(draw: st.DrawFn) -> tuple[int, list[int]]:
    """Numbers that come once, a few times and often in a row, and the bits that they take."""
    width = draw(st.integers(1, 21))
    some = st.tuples(st.integers(0, 2**width - 1), st.sampled_from([1, 1, 1, 2, 7, 8, 9, 30, 700]))
    return width, [number for number, times in draw(st.lists(some, max_size=80)) for _ in range(times)]


@unhurried
@given(numbers_of_some_width())
def test_a_hybrid_is_read_back(drawn: tuple[int, list[int]]) -> None:
    """Numbers of any width come back; at most one group is filled up with zeros."""
    width, numbers = drawn
    out = np.zeros(len(numbers) * width // 8 + len(numbers) // 2 + 64, dtype=np.uint8)
    size = put_hybrid(out, np.array(numbers, dtype=np.int32), width)
    found = read_hybrid(out[:size].tobytes(), width)

    assert numbers == found[: len(numbers)]
    assert set(found[len(numbers) :]) <= {0}
    assert len(found) - len(numbers) < 8


@pytest.mark.parametrize("width", [*range(1, 18), 20, 31])
def test_packed_groups_of_each_width(width: int) -> None:
    """The largest and the smallest numbers of a width stand side by side, in more groups than a run has."""
    numbers = [(2**width - 1) >> place % width if place % 3 else 0 for place in range(1_011)]
    out = np.zeros(8_000, dtype=np.uint8)
    size = put_hybrid(out, np.array(numbers, dtype=np.int32), width)

    assert numbers == read_hybrid(out[:size].tobytes(), width)[:1_011]
    assert size < 1_016 * width / 8 + 10


def test_long_runs_are_short() -> None:
    """A constant column is one run, however long it is."""
    out = np.zeros(80_064, dtype=np.uint8)

    assert 4 == put_hybrid(out, np.full(80_000, 5, dtype=np.int32), 3)


@unhurried
@given(st.lists(st.tuples(st.none() | st.integers(0, 600), st.sampled_from([0, 1, 2, 3, 70, 20_000]))))
def test_runs_of_entries(entries: list[tuple[int | None, int]]) -> None:
    """Each number comes as often as its entry has lines; entries without one are left out."""
    first_line = np.cumsum([0, *(lines for _, lines in entries)], dtype=np.int64)
    numbers = np.array([NOBODY if number is None else number for number, _ in entries], dtype=np.int32)
    out = np.zeros(12 * len(entries) + 1, dtype=np.uint8)
    size = put_runs(out, numbers, first_line, 10)

    expected = [number for number, lines in entries if number is not None for _ in range(lines)]
    assert expected == read_hybrid(out[:size].tobytes(), 10)


@given(st.lists(MAYBE))
def test_numbered_words(words: list[int | None]) -> None:
    """Words are numbered as they come, and absent ones are not."""
    expected, different = numbered(list(words))
    codes = np.array([NOBODY if word is None else word for word in words], dtype=np.int32)
    numbers, used = np.empty_like(codes), np.empty_like(codes)
    count = number_words(numbers, used, np.empty(7, dtype=np.int32), codes)

    assert different == used[:count].tolist()
    assert expected == [None if number < 0 else number for number in numbers.tolist()]


@given(st.lists(st.none() | st.tuples(*[st.integers(-2, 2) | st.integers(-(2**63), 2**63 - 1)] * 2)))
def test_numbered_pairs(pairs: list[tuple[int, int] | None]) -> None:
    """So are pairs of any two numbers."""
    expected, different = numbered(list(pairs))
    numbers = np.array([NOBODY if pair is None else 0 for pair in pairs], dtype=np.int32)
    high, low = (
        np.array([0 if pair is None else pair[half] for pair in pairs], dtype=np.int64) for half in (0, 1)
    )
    first_places, table = np.empty_like(numbers), np.full(2 << len(pairs).bit_length(), NOBODY, np.int32)
    # Interpreted, the hash overflows on purpose.
    with np.errstate(over="ignore"):
        count = number_values(numbers, first_places, table, high, low)

    whole: list[object] = [*pairs]
    assert [whole.index(pair) for pair in different] == first_places[:count].tolist()
    assert expected == [None if number < 0 else number for number in numbers.tolist()]


def test_a_full_table_finds_a_place_for_each() -> None:
    """Values whose hashes are alike are told apart."""
    high = np.arange(5_000, dtype=np.int64) << np.int64(40)
    numbers, first_places = np.zeros(5_000, dtype=np.int32), np.empty(5_000, dtype=np.int32)
    with np.errstate(over="ignore"):
        count = number_values(numbers, first_places, np.full(16_384, NOBODY, dtype=np.int32), high, high)

    assert 5_000 == count
    assert list(range(5_000)) == numbers.tolist()


@given(st.lists(MAYBE))
def test_present_numbers(numbers: list[int | None]) -> None:
    """They move up to the places of those that are absent."""
    codes = np.array([NOBODY if number is None else number for number in numbers], dtype=np.int32)
    kept = np.empty(len(codes) + 1, dtype=np.int32)
    count = keep_present(kept, codes)

    assert [number for number in numbers if number is not None] == kept[:count].tolist()


@given(st.lists(st.binary(max_size=300)), st.data())
def test_texts(texts: list[bytes], data: st.DataObject) -> None:
    """Each that is wanted stands behind its length of four octets."""
    places = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=9) if texts else st.just([]))
    starts = np.cumsum([0, *map(len, texts)], dtype=np.int32)
    expected = b"".join(len(texts[place]).to_bytes(4, "little") + texts[place] for place in places)
    out = np.zeros(len(expected), dtype=np.uint8)
    text = np.array(bytearray(b"".join(texts)), dtype=np.uint8)
    size = put_texts(out, text, starts, np.array(places, dtype=np.int32))

    assert expected == out[:size].tobytes()


@given(st.lists(st.integers(-(10**23) + 1, 10**23 - 1)), st.sampled_from([10, 12, 16]))
def test_decimals(numbers: list[int], width: int) -> None:
    """They are signed numbers of so many octets, the highest octet first."""
    whole = b"".join(number.to_bytes(16, "little", signed=True) for number in numbers)
    out = np.zeros((len(numbers), width), dtype=np.uint8)
    put_decimals(out, np.frombuffer(bytearray(whole), dtype=np.int64).reshape(-1, 2))

    assert [number.to_bytes(width, "big", signed=True) for number in numbers] == [
        row.tobytes() for row in out
    ]
