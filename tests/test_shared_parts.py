"""Parts that builds share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.shared_parts import OF_ENTRY, SharedParts

ROOMY = 1 << 30


def never() -> str:
    """Fail the test: the part should have been there."""
    pytest.fail("made again")


def test_a_part_is_made_once() -> None:
    """Whoever asks next gets the same part."""
    parts = SharedParts(ROOMY)
    first = parts.take("key", lambda: "part", len)

    assert first is parts.take("key", never, len)
    assert len("part") + OF_ENTRY == parts.nbytes


def test_other_keys_have_other_parts() -> None:
    """A part is only found under what it was made from."""
    parts = SharedParts(ROOMY)

    assert ["a", "b", "a"] == [parts.take(key, key.lower, len) for key in ("a", "b", "a")]


def test_parts_used_longest_ago_go_first() -> None:
    """When the bound is reached, what was used last stays."""
    parts = SharedParts(3 * (OF_ENTRY + 1))
    for key in ("a", "b", "c"):
        parts.take(key, key.lower, len)
    parts.take("a", never, len)
    parts.take("d", lambda: "d", len)

    assert ["a", "c", "d"] == [parts.take(key, never, len) for key in ("a", "c", "d")]
    assert "again" == parts.take("b", lambda: "again", lambda _: 1)


def test_a_part_that_is_too_large_is_not_kept() -> None:
    """It is made each time, and drives nothing else out."""
    parts = SharedParts(2_000)
    parts.take("small", lambda: "s", len)
    found = [parts.take("large", lambda: "l", lambda _: 2_000) for _ in range(2)]

    assert ["l", "l"] == found
    assert "s" == parts.take("small", never, len)
    assert 1 + OF_ENTRY == parts.nbytes


def test_what_fails_leaves_nothing_behind() -> None:
    """The fault is passed on, and the next one makes the part."""
    parts = SharedParts(ROOMY)

    def fail() -> str:
        message = "stopped"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError, match="stopped"):
        parts.take("key", fail, len)

    assert 0 == parts.nbytes
    assert "part" == parts.take("key", lambda: "part", len)


def test_cleared_parts_are_made_anew() -> None:
    """When memory is low, everything goes."""
    parts = SharedParts(ROOMY)
    parts.take("key", lambda: "old", len)
    parts.clear()

    assert 0 == parts.nbytes
    assert "new" == parts.take("key", lambda: "new", len)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 900)), max_size=30), st.integers(0, 4_000))
def test_what_is_kept_stays_within_the_bound(asked: list[tuple[int, int]], bound: int) -> None:
    """Whatever is asked for in whatever order, the bytes counted are those kept, and never too many."""
    parts = SharedParts(bound)
    for key, size in asked:
        assert size == parts.take((key, size), partial(int, size), int)
        assert 0 <= parts.nbytes <= bound


def test_equal_parts_wanted_at_once_are_one() -> None:
    """Two builds that make the same part at the same time go on with the same."""
    parts = SharedParts(ROOMY)
    both = Barrier(2)

    def make() -> list[int]:
        both.wait(10)
        return [7]

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: parts.take("key", make, len), range(2))

    assert one is other
    assert 1 + OF_ENTRY == parts.nbytes
