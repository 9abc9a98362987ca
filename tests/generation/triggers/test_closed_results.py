"""What year-end closes have moved from accounts of income and expense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.generation.invariants.test_ties import after_closes, random_positions

if TYPE_CHECKING:
    from datasynth.generation.journal import Journal
    from tests.generation.seen import Seen

CLOSING = "Closing of income and expense accounts"


def closed(seen: Seen, position: int) -> list[list[int]]:
    """Add up the lines of closing entries before a position, known by their text."""
    chart = seen.journal.chart
    sums = [[0] * len(chart.accounts) for _ in seen.words.companies]
    for entry in np.flatnonzero(np.char.startswith(seen.header_texts[:position], CLOSING)).tolist():
        for line in range(int(seen.block.first_line[entry]), int(seen.block.first_line[entry + 1])):
            account = int(seen.block.account[line])
            if chart.accounts[account].of_result:
                sums[int(seen.block.company[entry])][account] += int(seen.block.local_amount[line])
    return sums


def test_closed_results_are_the_lines_of_closing_entries(seen: Seen) -> None:
    """The calendar's closes, triggered ones and true-ups count, each from the position after it on."""
    closing = np.flatnonzero(np.char.startswith(seen.header_texts, CLOSING))
    for position in {
        *random_positions(seen),
        *after_closes(seen),
        *closing.tolist(),
        *(closing + 1).tolist(),
    }:
        assert closed(seen, position) == seen.journal.closed_results(position).tolist(), position


def test_a_close_leaves_nothing_of_the_year(small: Journal) -> None:
    """At the end of the fiscal year, what was posted to income and expense is what was closed."""
    position = small.entries_through(small._plan.schedule.horizon.first_day + 91)
    of_result = [at for at, account in enumerate(small.chart.accounts) if account.of_result]
    balances, moved = small.balances(position), small.closed_results(position)[:, of_result]

    assert moved.any(axis=1).all()
    assert not (balances.debit - balances.credit)[:, of_result].any()


def test_nothing_is_closed_before_the_close(small: Journal) -> None:
    """During the year, income and expense accounts keep all that was posted."""
    assert not small.closed_results(small.entries_through(20_052)).any()
