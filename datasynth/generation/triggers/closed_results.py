"""What year-end closes have moved from accounts of income and expense.

A close of a year, the calendar's or a triggered one, posts the balance of each account
of income and expense back to nil.  So balances alone no longer tell what was earned.
"""

from __future__ import annotations

from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.triggers.positions import (
    calendar_closes,
    inserted_before,
    schedule_position,
)
from datasynth.ledger.closes import Basis

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.closes.entries import ClosingEntry
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.triggers.segments import Segment
    from datasynth.generation.triggers.triggered_close import TriggeredClose


def closed_results(
    plan: JournalPlan,
    segments: tuple[Segment, ...],
    triggered: Sequence[TriggeredClose],
    position: int,
) -> NDArray[np.int64]:
    """Sum what the entries that close income and expense accounts have posted there before a position.

    Returns
    -------
    (companies, accounts) int64
        Debit positive, so that closing income is positive; 0 for all other accounts.
        [minor units of the company's currency]
    """
    accounts = plan.chart.accounts
    closed = np.zeros((len(plan.config.companies), len(accounts)), dtype=np.int64)
    calendar = calendar_closes(plan, schedule_position(segments, position))
    for entry in chain(calendar, _triggered_closes(segments, triggered, position)):
        if entry.item.basis is Basis.RESULT:
            for account, amount in entry.lines:
                if accounts[account].of_result:
                    closed[entry.company, account] += amount
    return closed


def _triggered_closes(
    segments: tuple[Segment, ...], triggered: Sequence[TriggeredClose], position: int
) -> Iterator[ClosingEntry]:
    """Yield the triggered closing entries before a position."""
    entries_of = {
        id(insertion): triggered_close.entries[first:last]
        for triggered_close in triggered
        for insertion, (first, last) in zip(triggered_close.insertions, _runs(triggered_close), strict=True)
    }
    for insertion, places in inserted_before(segments, position):
        yield from entries_of[id(insertion)][places.start : places.stop]


def _runs(triggered_close: TriggeredClose) -> Iterator[tuple[int, int]]:
    """Yield where the entries of each insertion begin and end among all of the trigger."""
    lengths = (len(insertion.placements.day) for insertion in triggered_close.insertions)
    return pairwise(accumulate(lengths, initial=0))
