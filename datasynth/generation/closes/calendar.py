"""The calendar's closes of a whole stream, calculated once, as rows of lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.closes.calculator import BooksAtClose, CloseCalculator
from datasynth.generation.closes.entries import ClosingEntry, ClosingRows, make_closing_rows
from datasynth.generation.kernels.columns.headers import NUMBER_BITS
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.closes import Basis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.generation.balances.day_balances import DayBalances
    from datasynth.generation.balances.exposures import Exposures
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.profiles.document_profiles import DocumentProfiles
    from datasynth.generation.schedule.closing_plan import Close
    from datasynth.generation.schedule.scheduling import Schedule


@dataclass(frozen=True, slots=True)
class ClosingCalendar:
    """All closes of the calendar, and the `calculator` that also makes those of triggers.

    `entries` and `rows` are series by series, in the order of their document numbers.
    """

    calculator: CloseCalculator
    entries: tuple[ClosingEntry, ...]
    rows: ClosingRows


def closing_days(schedule: Schedule) -> list[list[int]]:
    """Return the days before which closes of each company need its balances, then the end of all days."""
    days: list[list[int]] = [[] for _ in schedule.starts]
    for close in schedule.closes:
        days[close.company] += [close.work_day + 1, close.last_day + 1]
    for of_company in days:
        if schedule.horizon.days not in of_company[-1:]:
            of_company.append(schedule.horizon.days)
    return days


def calculate_closes(
    closes: Sequence[Close],
    calculator: CloseCalculator,
    day_balances: DayBalances,
    exposures: Exposures,
    build: BuildContext,
) -> list[list[ClosingEntry]]:
    """Calculate the entries of each of the calendar's closes, company by company, in order.

    `day_balances` hold the days of `closing_days`.
    """
    made: list[list[ClosingEntry]] = []
    due = calculator.chart.only("tax_return_payable")
    for company, of_company in groupby(closes, key=lambda close: close.company):
        mine = list(of_company)
        moved = day_balances.movements(company)
        gained = exposures.before_days(company, day_balances.days[company][: 2 * len(mine) : 2], day_balances)
        drawn = calculator.draw(company, mine, [(close.last_day,) for close in mine])
        balances, previous = np.zeros_like(moved[0]), np.zeros_like(moved[0])
        from_next_day: list[ClosingEntry] = []
        tax_due = 0
        for number, close in enumerate(mine):
            build.checkpoint()
            work, last = moved[2 * number], moved[2 * number + 1]
            balances += work - previous
            for entry in from_next_day:
                for account, amount in entry.lines:
                    balances[account] += amount
            books = BooksAtClose(balances, last - work, gained[number], tax_due)
            entries = calculator.entries(close, drawn[number], books)
            tax_due = _tax_returned(entries, due)
            from_next_day = [entry for entry in entries if entry.day == close.next_day]
            made.append(entries)
            previous = last
    return made


def _tax_returned(entries: Sequence[ClosingEntry], due: int) -> int:
    """Return the tax that a close's tax return finds due. [minor units]"""
    returns = (entry for entry in entries if entry.item.basis is Basis.TAX_RETURN)
    return -sum(amount for entry in returns for account, amount in entry.lines if account == due)


def arrange_closes(
    made: Sequence[Sequence[ClosingEntry]],
    schedule: Schedule,
    calculator: CloseCalculator,
    profiles: DocumentProfiles,
    first_row: int,
    build: BuildContext,
) -> ClosingCalendar:
    """Sort the entries of closes by series and day, and resolve which one reverses which.

    `first_row` is the row of the first entry, after those of the templates.  The first
    row of each series is filled into `schedule.series`.
    """
    place = {
        (series.company, series.document_type): at
        for at, series in enumerate(schedule.document_series)
        if series.kind is SeriesKind.CLOSE
    }
    build.checkpoint()
    flat = list(chain.from_iterable(made))
    series = np.array([place[entry.company, entry.document_type] for entry in flat], dtype=np.int64)
    # Closes are in order, and so are the entries of each.
    order = np.lexsort((np.array([entry.day for entry in flat], dtype=np.int64), series))
    first = np.searchsorted(series[order], np.arange(len(schedule.document_series)))
    identity = np.empty(len(flat), dtype=np.int64)
    identity[order] = (series[order] << NUMBER_BITS) + np.arange(len(flat)) - first[series[order]]
    build.checkpoint()
    reverses = _reversed(made, identity)[order]
    build.checkpoint()
    entries = tuple(flat[at] for at in order.tolist())
    rows = make_closing_rows(entries, reverses.tolist(), profiles, calculator.figures, triggered=False)
    build.checkpoint()
    closing = list(place.values())
    schedule.series.row[closing] = first_row + first[closing]
    return ClosingCalendar(calculator, entries, rows)


def _reversed(made: Sequence[Sequence[ClosingEntry]], identity: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the identity of the entry of the same close that each entry reverses, or -1."""
    sizes = [len(entries) for entries in made]
    begin = np.repeat(np.add.accumulate([0, *sizes])[:-1], sizes)
    place = np.array([entry.reverses for entries in made for entry in entries], dtype=np.int64)
    found = np.full(len(place), -1, dtype=np.int64)
    found[place >= 0] = identity[(begin + place)[place >= 0]]
    return found
