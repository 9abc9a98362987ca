"""Sums over runs of chains, against dealing every chain by hand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.kernels.balances import (
    add_chains,
    add_first,
    reach_before,
    reach_single,
)
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.schedule.leaves import LeafKind
from tests.naive.dealing import card_and_shift, posted
from tests.naive.schedule import step_days

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.generation.ground import Ground

TYPES = ["RV", "ZV", "SA", "AB", "HR", "BV"]


def leaf_of(ground: Ground, document_type: str) -> int:
    """Return the first company's first leaf of a document type in its own currency."""
    return next(
        at
        for at, leaf in enumerate(ground.schedule.leaves)
        if leaf.company == 0 and leaf.document_type == document_type and leaf.chain_kind.abroad < 0
    )


def lines_of(ground: Ground, at: int, chain: int) -> list[tuple[int, int]]:
    """Return slots and amounts of the lines of a chain's document."""
    sheet = ground.sheet
    sides = len(ground.schedule.leaves[at].posted.debit)
    postings = posted(ground, at, chain)
    row = int(sheet.leaf_row[at]) + card_and_shift(ground, at, chain)[0]
    accounts = sheet.rows.account[int(sheet.rows.offsets[row]) : int(sheet.rows.offsets[row + 1])].tolist()
    slots = sheet.sides[at].tolist()
    return [
        (slots.index(2 * account + (posting >= sides)), amount)
        for account, (posting, amount) in zip(accounts, postings, strict=True)
    ]


def by_hand(ground: Ground, at: int, reach: Sequence[int]) -> list[int]:
    """Deal the first chains of every class one by one and add up their lines."""
    totals = [0] * len(ground.sheet.sides[at])
    for number, chains in enumerate(reach):
        for nth in range(chains):
            for slot, amount in lines_of(ground, at, nth * CLASSES + number):
                totals[slot] += amount
    return totals


def added(ground: Ground, at: int, reach: Sequence[int], sign: int = 1) -> list[int]:
    """Add up the first chains of every class with the kernel."""
    sheet = ground.sheet
    totals = np.zeros(len(sheet.sides[at]), dtype=np.int64)
    add_chains(
        totals,
        sign,
        np.array(reach, dtype=np.int64),
        sheet.leaf_key[at],
        sheet.shifts[int(sheet.leaf_shift[at]) :],
        sheet.rows.offsets,
        sheet.slot,
        sheet.rows.amount,
        sheet.rows.scale,
        int(sheet.leaf_row[at]),
        int(sheet.leaf_bits[at]),
        sheet.prefix[at],
    )
    return [int(total) for total in totals]


@pytest.mark.parametrize("document_type", TYPES)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_sums_of_any_run_are_those_of_dealing(
    ground: Ground, document_type: str, data: st.DataObject
) -> None:
    """However many chains of each class, over cycles and checkpoints, both sides' sums are exact."""
    few = st.lists(st.integers(0, 70), min_size=3, max_size=3)
    reach = [0] * CLASSES
    for number, chains in zip((0, 17, CLASSES - 1), data.draw(few), strict=True):
        reach[number] = chains
    at = leaf_of(ground, document_type)

    assert by_hand(ground, at, reach) == added(ground, at, reach)


def test_taking_away_is_adding_the_other_way(ground: Ground) -> None:
    """With the sign -1 the same amounts come off."""
    at = leaf_of(ground, "RV")
    reach = list(range(CLASSES))

    assert added(ground, at, reach) == [-total for total in added(ground, at, reach, -1)]


def test_prefix_sums_are_plain_sums(ground: Ground) -> None:
    """The first so many cards of a class come to what adding each of them comes to."""
    sheet = ground.sheet
    at = leaf_of(ground, "RE")
    bits = int(sheet.leaf_bits[at])
    for number in (0, CLASSES - 1):
        plain = [0] * len(sheet.sides[at])
        for nth in range((1 << bits) + 1):
            totals = np.zeros(len(plain), dtype=np.int64)
            add_first(
                totals,
                1,
                nth,
                number,
                sheet.rows.offsets,
                sheet.slot,
                sheet.rows.amount,
                int(sheet.leaf_row[at]),
                bits,
                sheet.prefix[at],
            )
            assert plain == totals.tolist()
            if nth < 1 << bits:
                row = int(sheet.leaf_row[at]) + (number << bits) + nth
                for line in range(int(sheet.rows.offsets[row]), int(sheet.rows.offsets[row + 1])):
                    plain[int(sheet.slot[line])] += int(sheet.rows.amount[line])
        assert plain == sheet.prefix[at][number, -1].tolist()


@given(st.integers(0, 1_000))
def test_reach_of_single_documents_is_counted(documents: int) -> None:
    """Each class has every sixty-fourth of the first so many documents."""
    reach = np.empty(CLASSES, dtype=np.int64)
    reach_single(documents, reach)

    assert [len(range(number, documents, CLASSES)) for number in range(CLASSES)] == reach.tolist()


def test_reach_of_chains_is_counted_by_listing(ground: Ground) -> None:
    """Of each class, as many chains have a step before a day as a list of all chains has."""
    schedule = ground.schedule
    for at, leaf in enumerate(schedule.leaves):
        if leaf.kind is not LeafKind.CHAIN or leaf.document_type not in {"DZ", "ZC"}:
            continue
        listed = step_days(schedule, at)
        for day in (0, 1, 40, schedule.horizon.days):
            reach = np.empty(CLASSES, dtype=np.int64)
            window = schedule.windows[schedule.leaf_window[at]]
            reach_before(schedule.starts[leaf.origin, leaf.chain], window, day, reach)
            counted = Counter(chain % CLASSES for chain, on in listed.items() if on < day)

            assert [counted[number] for number in range(CLASSES)] == reach.tolist()


def test_chains_of_a_class_are_posted_in_the_order_of_their_numbers(ground: Ground) -> None:
    """Within a class, reach and numbers say the same: the first so many chains are those posted so far."""
    schedule = ground.schedule
    for at, leaf in enumerate(schedule.leaves):
        if leaf.kind is LeafKind.CHAIN and leaf.company == 0:
            days = step_days(schedule, at)
            for number in (0, 31, CLASSES - 1):
                mine = [days[chain] for chain in sorted(days) if chain % CLASSES == number]
                assert sorted(mine) == mine
                assert not mine or mine[0] >= -LEAD_DAYS
