"""Sums up to each of many days, against documents summed one after the other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.books.leaf_books import NO_WINDOWS
from datasynth.generation.kernels.snapshots import CardLines, sum_days, sum_deck
from datasynth.generation.schedule.leaves import LeafKind
from tests.generation.kernels.test_balances import leaf_of, lines_of
from tests.generation.looked import look
from tests.naive.schedule import step_days

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground

DAYS = (0, 1, 30, 31, 31, 92, 123)


@pytest.mark.parametrize("document_type", ["RV", "HR", "BV"])
def test_sums_of_many_days_are_those_of_listing(ground: Ground, document_type: str) -> None:
    """Before each day, everything that was posted so far, lead days included, by account and side."""
    sheet, schedule = ground.sheet, ground.schedule
    at = leaf_of(ground, document_type)
    leaf = schedule.leaves[at]
    chained = leaf.kind is LeafKind.CHAIN
    upto = schedule.starts[leaf.origin, leaf.chain] if chained else schedule.before[:, at].copy()
    windows = schedule.windows[schedule.leaf_window[at]] if chained else NO_WINDOWS
    totals = np.zeros((len(DAYS), len(sheet.sides[at])), dtype=np.int64)
    bits = int(sheet.leaf_bits[at])
    reached = np.empty((64, (1 << bits) + 1, totals.shape[1]), dtype=np.int64)
    lines = CardLines(sheet.rows.offsets, sheet.slot, sheet.rows.amount, sheet.rows.scale)
    sum_deck(lines, int(sheet.leaf_row[at]), reached)
    sum_days(
        totals,
        np.array(DAYS),
        upto,
        windows,
        sheet.leaf_key[at],
        sheet.shifts[int(sheet.leaf_shift[at]) :],
        lines,
        int(sheet.leaf_row[at]),
        bits,
        reached,
    )
    posted = step_days(schedule, at) if chained else _of_days(ground, at)
    for place, day in enumerate(DAYS):
        listed = Counter[int]()
        for number, on in posted.items():
            if on < day:
                for slot, amount in lines_of(ground, at, number):
                    listed[slot] += amount

        assert [listed[slot] for slot in range(totals.shape[1])] == totals[place].tolist()


def _of_days(ground: Ground, at: int) -> dict[int, int]:
    """Return the day of each of a leaf's single documents."""
    before = ground.schedule.before[:, at].tolist()
    return {number: day for day in range(len(before) - 1) for number in range(before[day], before[day + 1])}


@pytest.mark.parametrize("document_type", ["RV", "DZ", "HR", "BV"])
def test_sums_of_one_account_are_those_of_all(ground: Ground, document_type: str) -> None:
    """What is summed for one account's sides alone is what all its documents move it by."""
    at = leaf_of(ground, document_type)
    followed = {int(side) // 2 for side in ground.sheet.sides[at]}
    books = look(ground, DAYS, followed)
    days = np.array(DAYS)
    for account in sorted(followed):
        debit, credit = (books.posted_before(0, 2 * account + side, days) for side in (0, 1))
        assert books.movements(0)[:, account].tolist() == (debit - credit).tolist()
