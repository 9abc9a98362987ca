"""Sums up to each of many days, against documents summed one after the other."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.books.leaf_books import NO_WINDOWS
from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.snapshots import reach_day, sum_days
from datasynth.generation.schedule.leaves import LeafKind
from tests.generation.kernels.test_balances import leaf_of, lines_of
from tests.generation.kernels.test_valued import foreign_leaves, summed
from tests.naive.schedule import step_days

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground
    from tests.naive.headers import Headers

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
    sum_days(
        totals,
        np.array(DAYS),
        np.empty(CLASSES, dtype=np.int64),
        upto,
        windows,
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


def test_valued_sums_of_many_days_are_those_of_one_after_the_other(ground: Ground, headers: Headers) -> None:
    """From each day to the next, foreign documents and settlements come to what each is worth."""
    days = (10, 31, 92, 123)
    for at in foreign_leaves(ground):
        spans = list(pairwise((0, *days)))
        by_span = [summed(headers, at, low, high) for low, high in spans]
        for side in set().union(*by_span):
            moved = ground.chains.sums.moved_daily(at, side)

            assert [found[side] for found in by_span] == [int(moved[low:high].sum()) for low, high in spans]


def test_reach_of_a_day_is_that_of_its_kind(ground: Ground) -> None:
    """Chains reach as far as their windows say, single documents as far as they are counted."""
    schedule = ground.schedule
    for document_type in ("DZ", "BV"):
        at = leaf_of(ground, document_type)
        leaf = schedule.leaves[at]
        reach = np.empty(CLASSES, dtype=np.int64)
        if leaf.kind is LeafKind.CHAIN:
            windows = schedule.windows[schedule.leaf_window[at]]
            reach_day(schedule.starts[leaf.origin, leaf.chain], windows, 60, reach)
        else:
            reach_day(schedule.before[:, at].copy(), NO_WINDOWS, 60, reach)

        assert ground.chains.reach(at, 60).tolist() == reach.tolist()
