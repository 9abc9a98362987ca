"""How many lines entries should have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.ledger.line_counts import (
    BINS,
    EQUAL_OF_EVEN,
    EQUAL_SHARE,
    EVEN_SHARE,
    FEW_SHARES,
    NATURAL_TAXED,
    TAIL_EVEN,
    TAXED_PULL,
    expected_line_counts,
)

UNBOUNDED = 47_059


def test_the_published_table_is_whole() -> None:
    """Shares of few lines and of the bins make up all entries, but for rounding."""
    assert 1.0 == pytest.approx(sum(FEW_SHARES) + sum(share for _, _, share in BINS), abs=0.002)


def test_even_entries_are_as_frequent_as_published() -> None:
    """Few lines as in the table, and the tail with its own share, make 88 % even."""
    even = sum(FEW_SHARES[::2]) + TAIL_EVEN * sum(share for _, _, share in BINS)

    assert even == pytest.approx(EVEN_SHARE, abs=0.001)


def test_entries_with_as_many_debits_as_credits_are_as_frequent_as_published() -> None:
    """Entries of two lines and a share of the other even ones make 82 %."""
    assert FEW_SHARES[0] + EQUAL_OF_EVEN * (EVEN_SHARE - FEW_SHARES[0]) == pytest.approx(
        EQUAL_SHARE, abs=0.002
    )


@pytest.mark.parametrize(
    ("lines", "percent"),
    [(2, 60.68), (3, 5.77), (4, 16.63), (5, 3.06), (6, 3.32), (7, 1.13), (8, 1.88), (9, 0.42)],
)
def test_few_lines_are_as_frequent_as_published(lines: int, percent: float) -> None:
    """Whatever the bound, small numbers of lines have their shares."""
    for most in (10, 100, 1_000):
        counts, shares = expected_line_counts(most, (), 0.0)
        if lines < most // 2:
            assert percent == pytest.approx(100 * float(shares[counts == lines][0]), abs=0.1)


@pytest.mark.parametrize(("low", "high", "share"), BINS)
def test_bins_are_as_frequent_as_published(low: int, high: int, share: float) -> None:
    """Unbounded, each larger bin has its share, and inside it falls as the power law has it."""
    counts, shares = expected_line_counts(UNBOUNDED, (), 0.0)
    inside = (counts >= low) & (counts <= high)
    ratio = float(shares[counts == 2 * low][0] / shares[counts == low][0])

    assert share == pytest.approx(float(shares[inside].sum()), rel=0.01)
    assert 2.0**-2.2 == pytest.approx(ratio)


def test_unbounded_entries_have_as_many_lines_as_published() -> None:
    """The mean of the whole table."""
    counts, shares = expected_line_counts(UNBOUNDED, (), 0.0)

    assert 6.55 == pytest.approx(float((counts * shares).sum()), abs=0.1)


@pytest.mark.parametrize("most", [10, 20, 100, 999])
def test_what_lies_above_the_bound_does_not_pile_up_on_it(most: int) -> None:
    """The mass above goes evenly to the upper half of what is allowed, even numbers to even ones."""
    counts, shares = expected_line_counts(most, (), 0.0)
    every_count, every = expected_line_counts(UNBOUNDED, (), 0.0)
    moved = shares - every[: len(shares)]
    upper = counts >= most // 2

    assert moved[~upper] == pytest.approx(np.zeros(np.count_nonzero(~upper)), abs=1e-9)
    for parity in (0, 1):
        alike = upper & (counts % 2 == parity)
        above = float(every[(every_count > most) & (every_count % 2 == parity)].sum())
        assert moved[alike] == pytest.approx(above / np.count_nonzero(alike))


@pytest.mark.parametrize("most", [50, 100, 999, UNBOUNDED])
def test_the_bound_leaves_the_even_share(most: int) -> None:
    """However many lines are allowed, 88 % of entries have an even number of them."""
    counts, shares = expected_line_counts(most, (), 0.0)

    assert float(shares[counts % 2 == 0].sum()) == pytest.approx(EVEN_SHARE, abs=0.002)


def test_the_default_bound_gives_the_mean_that_binds() -> None:
    """At most a hundred lines make four to five an entry."""
    counts, shares = expected_line_counts(100, (), 0.0)

    assert 4.3 < float((counts * shares).sum()) < 5.0


def test_many_taxed_entries_have_three_lines() -> None:
    """What is taxed beyond what the table can carry moves some more entries from two lines to three."""
    _, plain = expected_line_counts(100, (), NATURAL_TAXED)
    _, taxed = expected_line_counts(100, (), NATURAL_TAXED + 0.2)
    moved = 0.2 * TAXED_PULL

    assert TAXED_PULL >= 1
    assert [plain[0] - moved, plain[1] + moved] == pytest.approx(taxed[:2].tolist(), abs=1e-9)
    assert plain[2:] == pytest.approx(taxed[2:])


def test_all_entries_can_be_taxed() -> None:
    """There are never fewer than no entries of two lines."""
    _, shares = expected_line_counts(100, (), 1.0)

    assert shares.min() >= 0.0


@given(
    st.dictionaries(st.integers(2, 50), st.floats(0.001, 1.0), min_size=1, max_size=6),
    st.floats(0, 1),
)
def test_an_own_distribution_is_what_is_expected(wanted: dict[int, float], taxed: float) -> None:
    """Shares are scaled to one; neither the table nor the taxes play a part."""
    counts, shares = expected_line_counts(50, sorted(wanted.items()), taxed)
    whole = sum(wanted.values())

    assert {lines: share / whole for lines, share in wanted.items()} == pytest.approx(
        {int(lines): float(share) for lines, share in zip(counts, shares, strict=True) if share}
    )


@given(st.integers(10, 2_000), st.floats(0, 1))
def test_shares_make_up_the_whole(most: int, taxed: float) -> None:
    """Counts run from two to the bound, and their shares sum to one."""
    counts, shares = expected_line_counts(most, (), taxed)

    assert list(range(2, most + 1)) == counts.tolist()
    assert 1.0 == pytest.approx(float(shares.sum()))
