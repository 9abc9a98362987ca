"""Rows of lines."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.cards.rows import Rows, join, split, swapped
from datasynth.generation.draws import make_key
from datasynth.ledger.processes import Posting, Step

KEYS = st.integers(0, 2**64 - 1)


def rows(*documents: tuple[int, tuple[int, ...]]) -> Rows:
    """Lay documents out: how many debits each has, and all of its amounts; every debit varies."""
    amounts = [amount for _, lines in documents for amount in lines]
    lengths = [len(lines) for _, lines in documents]
    on_debit = [place < debits for debits, lines in documents for place in range(len(lines))]
    return Rows(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.array([debits for debits, _ in documents], dtype=np.int32),
        np.arange(len(amounts), dtype=np.int16),
        np.array([0 if debit else 1 for debit in on_debit], dtype=np.int16),
        np.array(amounts, dtype=np.int64),
        np.array([3 if debit else 0 for debit in on_debit], dtype=np.int32),
    )


def test_totals_are_the_debits_of_each_row() -> None:
    """A row's total is what its debit lines sum to, and varies as they do."""
    sheet = rows((1, (500, 500)), (2, (100, 23, 123)), (1, (9, 4, 5)))

    assert [500, 123, 9] == sheet.totals().tolist()
    assert [3, 6, 3] == sheet.total_scales().tolist()


def test_joined_rows_follow_one_another() -> None:
    """Rows keep their lines, debits and order when they are laid behind others."""
    first, second = rows((1, (500, 500)), (2, (100, 23, 123))), rows((1, (9, 4, 5)))
    both = join([first, second])

    assert [0, 2, 5, 8] == both.offsets.tolist()
    assert [1, 2, 1] == both.debits.tolist()
    for name in ("account", "posting", "amount", "scale"):
        assert [*getattr(first, name).tolist(), *getattr(second, name).tolist()] == getattr(
            both, name
        ).tolist()


def test_joining_nothing_to_rows_leaves_them() -> None:
    """Rows without lines may be among those that are joined."""
    only = rows((1, (500, 500)))

    assert [0, 2] == join([rows(), only, rows()]).offsets.tolist()


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 10**8)), min_size=1, max_size=20), KEYS)
def test_parts_sum_to_their_total_and_are_above_zero(wanted: list[tuple[int, int]], key: int) -> None:
    """However many lines a total is split into, none is nil and none is lost."""
    lines = np.array([count for count, _ in wanted])
    totals = np.array([count + more for count, more in wanted])
    row = np.repeat(np.arange(len(lines)), lines)
    nth = np.concatenate([np.arange(count) for count in lines])
    parts = split(totals, lines, row, nth, key)

    assert parts.min() >= 1
    assert totals.tolist() == np.bincount(row, parts).astype(np.int64).tolist()


def test_splitting_nothing_gives_nothing() -> None:
    """Postings that no card has leave no parts."""
    empty = np.zeros(0, dtype=np.int64)

    assert 0 == len(split(np.array([5, 7]), np.array([0, 0]), empty, empty, make_key(1)))


def test_first_lines_are_larger() -> None:
    """The line that varies has most of the total, so that much variation is possible."""
    count = 2_000
    row, nth = np.repeat(np.arange(count), 4), np.tile(np.arange(4), count)
    parts = split(np.full(count, 100_000), np.full(count, 4), row, nth, make_key(1)).reshape(count, 4)

    assert parts[:, 0].mean() > 1.5 * parts[:, 1:].mean(axis=0).max()


def step(debits: int, credits_: int) -> Step:
    """Return a step of so many postings."""
    sides = [tuple(Posting("bank", "gross", "") for _ in range(size)) for size in (debits, credits_)]
    return Step("R2R", "SA", "", "journal", "gl.accountant", "batch.ledger", sides[0], sides[1])


def test_swapped_rows_have_their_credits_first() -> None:
    """Lines of each side keep their order; postings count on in the other step's order."""
    original = rows((1, (500, 500)), (2, (100, 23, 123)), (1, (9, 4, 5)))
    back = swapped(original, step(1, 1))

    assert [0, 2, 5, 8] == back.offsets.tolist()
    assert [1, 1, 2] == back.debits.tolist()
    assert [500, 500, 123, 100, 23, 4, 5, 9] == back.amount.tolist()
    assert [1, 0, 4, 2, 3, 6, 7, 5] == back.account.tolist()
    assert [0, 1, 0, 1, 1, 0, 0, 1] == back.posting.tolist()
    assert [0, 3, 0, 3, 3, 0, 0, 3] == back.scale.tolist()


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 1_000)), min_size=1, max_size=10)
)
def test_swapping_twice_changes_nothing(wanted: list[tuple[int, int, int]]) -> None:
    """What takes a reversal back is the original."""
    original = rows(
        *((debits, tuple(range(amount, amount + debits + more))) for debits, more, amount in wanted)
    )
    again = swapped(swapped(original, step(1, 1)), step(1, 1))

    for name in ("offsets", "debits", "account", "posting", "amount", "scale"):
        assert getattr(original, name).tolist() == getattr(again, name).tolist()
