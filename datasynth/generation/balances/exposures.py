"""What open items in foreign currency are worth at a day's rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.sums.drawn_sums import value_open
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from datasynth.generation.balances.case_balances import CaseBalances
    from datasynth.generation.balances.day_balances import DayBalances

    Frontier = NDArray[np.int64]
    Documents = tuple[int, NDArray[np.int64]]


class Exposures:
    """Open receivables and payables in foreign currency, by company.

    Wrong documents that are not reversed yet are among them: an invoice is open, and a payment
    leaves less open, until it is reversed.
    """

    def __init__(self, cases: CaseBalances) -> None:
        self._cases = cases
        self._pairs: dict[int, list[tuple[int, int]]] = {}
        table = cases.schedule.series
        # See `add_gained`.
        self._signs = np.zeros((len(table), 2), dtype=np.int64)
        for at in np.flatnonzero(table.valuation == Valuation.SETTLES).tolist():
            opened = int(table.settles[at])
            self._pairs.setdefault(int(table.company[at]), []).append((opened, at))
            sign, place = (1, 0) if table.receives[at] else (-1, 1)
            self._signs[opened, place], self._signs[at, place] = sign, -sign
        self._at_begin = np.zeros(len(table), dtype=np.int64)

    def before_days(
        self, company: int, days: NDArray[np.int64], day_balances: DayBalances
    ) -> list[tuple[int, int]]:
        """Return what a company gains on what is open before each of some days; see `between`.

        What is open was booked at what is booked in all, less what has been settled;
        only its worth on the day is summed anew.  `days` are among those of
        `day_balances`. [days from the start]
        """
        cases, sums = self._cases, self._cases.sums
        gained = np.zeros((len(days), 2), dtype=np.int64)
        at = np.searchsorted(day_balances.days[company], days)
        for opened, settled in self._pairs.get(company, []):
            receives = sums.series[settled].receives
            on_debit = sums.sides[opened] % 2 == 0
            first = int(cases.open_at_start(opened, cases.frontier(settled, 0))[on_debit].sum())
            debits = day_balances.drawn(opened)[:, on_debit].sum(axis=1)
            cleared = day_balances.drawn(settled)[:, receives]
            booked = first + debits[at] - cleared[at]
            value = self._value(opened, settled, days)
            gained[:, 1 - receives] += value - booked if receives else booked - value
        for place, day in enumerate(days.tolist()):
            gained[place] += cases.wrong.gained(company, (day, self._at_begin), day - 1, self._signs)
        return [(receivables, payables) for receivables, payables in gained.tolist()]

    def _value(self, opened: int, settled: int, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the worth of what is open before each day, at the rate of the day before. [minor units]"""
        sums = self._cases.sums
        value = np.zeros(len(days), dtype=np.int64)
        value_open(
            value,
            np.ascontiguousarray(days),
            sums.series[opened],
            sums.series[settled].window,
            sums.amounts,
            sums.rates(opened),
        )
        return value

    def between(
        self, company: int, frontiers: Mapping[int, Frontier], documents: Documents, day: int
    ) -> tuple[int, int]:
        """Return by how much receivables and payables are worth more than booked at a day's rates.

        Debit positive. [minor units]  `frontiers` counts, for each series, the cases of each
        class that have its document; `documents` are those of the same position, from
        `CaseBalances.series_ranks`.
        """
        gained = self._cases.wrong.gained(company, documents, day, self._signs).tolist()
        for opened, settled in self._pairs.get(company, []):
            low, high = frontiers[settled], frontiers[opened]
            if (high > low).any():
                sums = self._cases.sums
                booked, value = sums.booked(opened, low, high), sums.value(opened, low, high, day)
                receives = sums.series[settled].receives
                gained[1 - receives] += value - booked if receives else booked - value
        return gained[0], gained[1]
