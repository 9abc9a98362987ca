"""Numbers that vendors give their invoices."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.draws import make_key
from datasynth.generation.kernels.columns.vendor_numbers import (
    LEAST_PACE,
    MOST_PACE,
    VendorStyles,
    billing_age,
    fill_vendor_numbers,
    printed_number,
    vendor_number,
)
from datasynth.ledger.references import VENDOR_STYLES
from tests.naive import vendor_numbers as naive

COUNT = len(VENDOR_STYLES)
STYLES = st.builds(VendorStyles, st.integers(0, 2**64 - 1).map(np.uint64), st.integers(1, 64))
VENDORS = st.integers(0, 2**31 - 1)
RANKS = st.lists(st.integers(1, 10**10), min_size=2, max_size=20, unique=True)


def printed(styles: VendorStyles, vendor: int, rank: int) -> tuple[int, int]:
    """Return kind and number as Python has them."""
    kind, number = vendor_number(styles, vendor, rank)
    return int(kind), int(number)


def styled(seed: int) -> VendorStyles:
    """Return the styles of a seed."""
    return VendorStyles(np.uint64(make_key(seed, "vendor numbers")), COUNT)


@given(STYLES, VENDORS, st.integers(1, 60))
def test_numbers_are_those_of_the_plain_twin(styles: VendorStyles, vendor: int, count: int) -> None:
    """Counting up from the first rank gives what the kernel finds at once."""
    kind, numbers = naive.numbers(styles, vendor, count)
    found = [printed(styles, vendor, rank) for rank in range(1, count + 1)]

    assert [(kind, number) for number in numbers] == found


@given(STYLES, VENDORS, RANKS)
def test_numbers_increase(styles: VendorStyles, vendor: int, ranks: list[int]) -> None:
    """A later invoice has a higher number, from 1 on, which no other of the vendor has; the style is one."""
    found = [printed(styles, vendor, rank) for rank in sorted(ranks)]
    numbers = [number for _, number in found]

    assert {found[0][0]} == {kind for kind, _ in found}
    assert 0 <= found[0][0] < styles.size
    assert 1 <= numbers[0]
    assert all(lower < higher for lower, higher in pairwise(numbers))
    assert numbers[-1] <= 5_000_000 + max(ranks) * MOST_PACE


@given(STYLES, st.lists(st.tuples(VENDORS, st.integers(1, 10**9)), min_size=1, max_size=9))
def test_columns_are_numbered_one_by_one(styles: VendorStyles, invoices: list[tuple[int, int]]) -> None:
    """Many invoices at a time, and one beside numbers of the company, are what each is by itself."""
    vendor, rank = np.array(invoices, dtype=np.int64).T.copy()
    kind, number = np.empty_like(rank), np.empty_like(rank)
    fill_vendor_numbers(styles, vendor, rank, kind, number)
    expected = [printed(styles, *invoice) for invoice in invoices]

    assert expected == list(zip(kind.tolist(), number.tolist(), strict=True))
    for invoice, found in zip(invoices, expected, strict=True):
        assert [*found] == [*map(int, printed_number(styles, 0, *invoice))]
        own = printed_number(styles, styles.size, *invoice)
        assert [styles.size, invoice[1]] == [*map(int, own)]


def test_no_step_repeats() -> None:
    """Between neighbouring ranks a vendor's steps are spread evenly around its pace."""
    for vendor in range(20):
        numbers = [printed(styled(7), vendor, rank)[1] for rank in range(1, 4_002)]
        steps = Counter(later - earlier for earlier, later in pairwise(numbers))
        pace = round((numbers[-1] - numbers[0]) / 4_000)

        assert LEAST_PACE <= pace <= MOST_PACE
        assert set(steps) <= set(range(1, 2 * pace))
        # The difference of two numbers that are uniform over the pace has a chance of 1 / pace to be nil.
        assert max(steps.values()) < 4_000 / pace + 5 * (4_000 / pace) ** 0.5


def test_a_number_tells_nothing_of_its_place() -> None:
    """Modulo anything, numbers are as evenly spread as chance has it, whatever the rank is modulo that."""
    for modulus in (2, 7, 64, 128, 1_024):
        counts = np.zeros((2, modulus), dtype=np.int64)
        for rank in range(20_000):
            # Invoices of one outcome, were ranks to tell it, and the others.
            kind = int(rank % modulus < modulus // 2)
            counts[kind, printed(styled(3), rank * 7_919 % 997, rank + 1)[1] % modulus] += 1
        expected = counts.sum(axis=0) * (counts.sum(axis=1) / counts.sum())[:, None]
        deviation = ((counts - expected) ** 2 / np.maximum(expected, 1)).sum()

        assert deviation < modulus + 5 * (2 * modulus) ** 0.5


def test_all_styles_occur_and_vendors_differ() -> None:
    """Each style is that of about as many vendors; the first numbers have 1 to 7 digits."""
    first = [printed(styled(7), vendor, 1) for vendor in range(4_800)]
    kinds = Counter(kind for kind, _ in first)
    digits = Counter(len(str(number)) for _, number in first)

    assert set(range(COUNT)) == set(kinds)
    assert 120 < min(kinds.values()) <= max(kinds.values()) < 280
    assert {1, 2, 3, 4, 5, 6, 7} == set(digits)
    assert digits[1] < 100


def test_seeds_and_vendors_have_numbers_of_their_own() -> None:
    """Neither the next vendor nor another seed has the same numbers; asked again, a vendor has."""
    found = {
        (seed, vendor): tuple(printed(styled(seed), vendor, rank) for rank in range(1, 50))
        for seed in (1, 2)
        for vendor in range(50)
    }

    assert 100 == len(set(found.values()))
    assert found[2, 17] == tuple(printed(styled(2), 17, rank) for rank in range(1, 50))


def test_invoices_are_dated_in_the_order_in_which_they_are_posted() -> None:
    """No vendor dates a later posting earlier; ages go up to the most, and most vendors have several."""
    days, styles = range(20_000, 20_100), styled(3)
    ages = [[int(billing_age(styles, vendor, day, 6)) for day in days] for vendor in range(200)]
    for vendor, found in enumerate(ages):
        dated = [day - age for day, age in zip(days, found, strict=True)]
        assert dated == sorted(dated)
        assert found == [naive.billing_age(styles, vendor, day, 6) for day in days]

    assert set(range(7)) == {age for found in ages for age in found}
    assert 80 < sum(len(set(found)) > 3 for found in ages) < 140
