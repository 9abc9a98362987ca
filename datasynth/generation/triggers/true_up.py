"""The year-end true-up: squares triggered closes with the calendar's.

The calendar's closes ignore what a trigger inserts, since no other entry may
change.  So each end of a fiscal year closes, in entries of its own, whatever a
trigger has left on accounts of income and expense.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.closes.entries import ClosingEntry, Line
from datasynth.ledger.closes import (
    TRUE_UP_CARRY,
    TRUE_UP_RESULT,
    TRUE_UP_SUMMARY,
    ClosingItem,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.generation.journal_plan import JournalPlan


def true_up_years(plan: JournalPlan, entries: list[ClosingEntry], day: int) -> list[ClosingEntry]:
    """Make the true-ups at later year ends for one company's triggered entries.

    `entries` has at least one entry; `day` is the day of the trigger. [days from the start]
    """
    company = entries[0].company
    true_up = _YearEndTrueUp(plan, company)
    done = -1
    for last in _year_closes(plan, company, day):
        for entry in entries:
            if done < entry.day <= last:
                true_up.note(entry.lines)
        done = last
        true_up.close(last)
    return true_up.made


class _YearEndTrueUp:
    """Sums what a trigger has moved, and closes it."""

    def __init__(self, plan: JournalPlan, company: int) -> None:
        chart = plan.chart
        self._company = company
        self._days = plan.schedule.horizon.days
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
        """Bring income and expense to zero on the last day of a year."""
        moved = self._moved
        result = [(account, -moved[account]) for account in self._of_result if moved[account]]
        if result:
            net = sum(amount for _, amount in result)
            self._post(TRUE_UP_RESULT, last, [*result, *([(self._summary, -net)] if net else [])])
        if through := moved[self._summary]:
            self._post(TRUE_UP_SUMMARY, last, [(self._summary, -through), (self._retained, through)])
        carried = moved[self._retained]
        if carried and last + 1 < self._days:
            self._post(TRUE_UP_CARRY, last + 1, [(self._retained, -carried), (self._forward, carried)])

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


def _year_closes(plan: JournalPlan, company: int, day: int) -> list[int]:
    """Return the days, from `day` on, on which the calendar closes a company's year."""
    return [
        close.last_day
        for close in plan.schedule.closes
        if close.company == company
        and close.last_day >= day
        and any(item.name == "close_result" for item in close.items)
    ]
