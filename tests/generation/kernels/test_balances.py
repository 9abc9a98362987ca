"""Sums over runs of chains, against dealing every chain by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.balances import NO_SHIFTS
from datasynth.generation.kernels.balances import add_chains, reach_before, reach_single
from datasynth.generation.kernels.counts import CLASSES
from tests.generation.kernels.test_dealing import dealt, shifted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.generation.ground import Ground


def leaf_of(ground: Ground, document_type: str) -> int:
    """Return the first company's leaf of a document type."""
    return next(
        at
        for at, leaf in enumerate(ground.schedule.leaves)
        if leaf.company == 0 and leaf.document_type == document_type
    )


def by_hand(ground: Ground, at: int, reach: Sequence[int]) -> list[int]:
    """Deal the first chains of every class one by one and add up their lines."""
    sheet = ground.sheet
    totals = [0] * len(sheet.accounts[at])
    for number, chains in enumerate(reach):
        for nth in range(chains):
            chain = nth * CLASSES + number
            card = dealt(int(sheet.leaf_key[at]), chain, 1 << int(sheet.leaf_bits[at]))
            row = int(sheet.leaf_row[at]) + card
            begin, end = int(sheet.rows.offsets[row]), int(sheet.rows.offsets[row + 1])
            sides = int(sheet.rows.debits[row])
            shift = 0
            if sheet.leaf_shift[at] >= 0:
                largest = int(sheet.shifts[sheet.leaf_shift[at] + card])
                shift = shifted(int(sheet.leaf_key[at]), chain, largest)
            for place in range(end - begin):
                amount = int(sheet.rows.amount[begin + place]) + (shift if place in {0, sides} else 0)
                totals[int(sheet.slot[begin + place])] += amount if place < sides else -amount
    return totals


def added(ground: Ground, at: int, reach: Sequence[int], sign: int = 1) -> list[int]:
    """Add up the first chains of every class with the kernel."""
    sheet = ground.sheet
    totals = np.zeros(len(sheet.accounts[at]), dtype=np.int64)
    varies = bool(sheet.leaf_shift[at] >= 0)
    add_chains(
        totals,
        sign,
        np.array(reach, dtype=np.int64),
        sheet.leaf_key[at],
        int(varies),
        sheet.shifts[int(sheet.leaf_shift[at]) :] if varies else NO_SHIFTS,
        sheet.rows.offsets,
        sheet.rows.debits,
        sheet.slot,
        sheet.rows.amount,
        int(sheet.leaf_row[at]),
        int(sheet.leaf_bits[at]),
        sheet.prefix[at],
    )
    return [int(total) for total in totals]


@pytest.mark.parametrize("document_type", ["RV", "PY", "ZV", "SA"])
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_sums_of_any_run_are_those_of_dealing(
    ground: Ground, document_type: str, data: st.DataObject
) -> None:
    """However many chains of each class, over cycles and checkpoints, the sums are exact."""
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


def test_prefix_sums_end_with_the_whole_class(ground: Ground) -> None:
    """The last checkpoint of each class has all of its cards."""
    sheet = ground.sheet
    at = leaf_of(ground, "RE")
    cards = 1 << int(sheet.leaf_bits[at])
    for number in (0, CLASSES - 1):
        first = int(sheet.leaf_row[at]) + number * cards
        totals = [0] * len(sheet.accounts[at])
        for row in range(first, first + cards):
            begin = int(sheet.rows.offsets[row])
            for line in range(begin, int(sheet.rows.offsets[row + 1])):
                debit = line - begin < sheet.rows.debits[row]
                totals[sheet.slot[line]] += int(sheet.rows.amount[line]) * (1 if debit else -1)

        assert totals == sheet.prefix[at][number, -1].tolist()


@given(st.integers(0, 1_000))
def test_reach_of_single_documents_is_counted(documents: int) -> None:
    """Each class has every sixty-fourth of the first so many documents."""
    reach = np.empty(CLASSES, dtype=np.int64)
    reach_single(documents, reach)

    assert [len(range(number, documents, CLASSES)) for number in range(CLASSES)] == reach.tolist()


def test_reach_of_chains_is_the_schedule_s_count(ground: Ground) -> None:
    """Over all classes, chains whose step is before a day are those the schedule counted."""
    schedule = ground.schedule
    at = leaf_of(ground, "DZ")
    starts = schedule.starts[0, schedule.leaves[at].chain]
    window = schedule.windows[schedule.leaf_window[at]]
    reach, opening = (np.empty(CLASSES, dtype=np.int64) for _ in range(2))
    reach_before(starts, window, 0, opening)
    for day in (1, 40, schedule.horizon.days):
        reach_before(starts, window, day, reach)

        assert schedule.before[day, at] == (reach - opening).sum()
