"""Squaring called-for closes with the calendar's.

The calendar's closes know nothing of what a trigger inserts, and must not: no
other entry may change.  So the end of each fiscal year closes, in entries of
its own, whatever a call has left on accounts of income and expense.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.closes.facts import ClosingEntry, Line
from datasynth.ledger.closes import (
    SQUARE_CARRY,
    SQUARE_RESULT,
    SQUARE_SUMMARY,
    ClosingItem,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.generation.ground import Ground


def square_years(ground: Ground, entries: list[ClosingEntry], day: int) -> list[ClosingEntry]:
    """Make what later ends of fiscal years add for one company's called-for entries.

    Parameters
    ----------
    ground
        Of the journal.
    entries
        What the call posts in the company, at least one entry.
    day
        Day of the call. [days from the start]
    """
    company = entries[0].company
    squarer = _Squarer(ground, company)
    done = -1
    for last in _year_closes(ground, company, day):
        for entry in entries:
            if done < entry.day <= last:
                squarer.note(entry.lines)
        done = last
        squarer.close(last)
    return squarer.made


class _Squarer:
    """Keeps what a call has moved, and closes it."""

    def __init__(self, ground: Ground, company: int) -> None:
        chart = ground.chart
        self._company = company
        self._days = ground.schedule.horizon.days
        self._of_result = [at for at, account in enumerate(chart.accounts) if account.of_result]
        self._summary = chart.only("income_summary")
        self._retained = chart.only("retained_earnings")
        self._forward = chart.only("retained_earnings_brought_forward")
        self._moved = [0] * len(chart.accounts)
        self.made: list[ClosingEntry] = []

    def note(self, lines: Sequence[Line]) -> None:
        for account, amount in lines:
            self._moved[account] += amount

    def close(self, last: int) -> None:
        """Post what brings income and expense to zero on the last day of a year."""
        moved = self._moved
        result = [(account, -moved[account]) for account in self._of_result if moved[account]]
        if result:
            net = sum(amount for _, amount in result)
            self._post(SQUARE_RESULT, last, [*result, *([(self._summary, -net)] if net else [])])
        if through := moved[self._summary]:
            self._post(SQUARE_SUMMARY, last, [(self._summary, -through), (self._retained, through)])
        carried = moved[self._retained]
        if carried and last + 1 < self._days:
            self._post(SQUARE_CARRY, last + 1, [(self._retained, -carried), (self._forward, carried)])

    def _post(self, item: ClosingItem, day: int, lines: Sequence[Line]) -> None:
        self.note(lines)
        self.made.append(
            ClosingEntry(
                item,
                self._company,
                item.document_type,
                item.source,
                day,
                tuple(account for account, _ in lines),
                tuple(amount for _, amount in lines),
            )
        )


def _year_closes(ground: Ground, company: int, day: int) -> list[int]:
    """Return the days, from one on, on which the calendar closes a company's year."""
    return [
        close.last_day
        for close in ground.schedule.closes
        if close.company == company
        and close.last_day >= day
        and any(item.name == "close_result" for item in close.items)
    ]
