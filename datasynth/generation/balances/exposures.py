"""What open items in foreign currency are worth at a day's rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.settlements import value_open
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from datasynth.generation.balances.case_balances import CaseBalances
    from datasynth.generation.balances.day_balances import DayBalances
    from datasynth.generation.schedule.scheduling import Schedule

    Frontier = NDArray[np.int64]


class Exposures:
    """Open receivables and payables in foreign currency, by company.

    Parameters
    ----------
    schedule, cases
        Of the journal.
    """

    def __init__(self, schedule: Schedule, cases: CaseBalances) -> None:
        self._series = schedule.series
        self._cases = cases
        self._pairs: dict[int, list[tuple[int, int]]] = {}
        for at in np.flatnonzero(self._series.valuation == Valuation.SETTLES).tolist():
            company, opened = int(self._series.company[at]), int(self._series.settles[at])
            self._pairs.setdefault(company, []).append((opened, at))

    def before_days(
        self, company: int, days: NDArray[np.int64], day_balances: DayBalances
    ) -> list[tuple[int, int]]:
        """Return what is gained on what is open before each of some days; see `between`.

        What is open was booked at what is booked in all, less what has been settled;
        only its worth on the day is summed anew.

        Parameters
        ----------
        company
            Whose.
        days : (n,) int64
            Days that the company is looked at. [days from the start]
        day_balances
            What was posted before them.
        """
        gained = np.zeros((len(days), 2), dtype=np.int64)
        at = np.searchsorted(day_balances.days[company], days)
        for opened, settled in self._pairs.get(company, []):
            sums = self._cases.sums
            first = sums.booked(opened, self._cases.frontier(settled, 0), self._cases.frontier(opened, 0))
            debits = day_balances.valued(opened)[:, sums.summing(opened).sides % 2 == 0].sum(axis=1)
            cleared = day_balances.valued(settled)[:, int(self._series.receives[settled])]
            booked = first + debits[at] - cleared[at]
            value = self._value(opened, settled, days, day_balances)
            receives = bool(self._series.receives[settled])
            gained[:, int(not receives)] += value - booked if receives else booked - value
        return [(receivables, payables) for receivables, payables in gained.tolist()]

    def _value(
        self, opened: int, settled: int, days: NDArray[np.int64], day_balances: DayBalances
    ) -> NDArray[np.int64]:
        """Return what is open before each day is worth at the rate of the day before it. [minor units]"""
        own = self._cases.sums.summing(opened)
        series = self._series[opened]
        bits = int(series.class_bits)
        value = np.zeros(len(days), dtype=np.int64)
        value_open(
            value,
            np.ascontiguousarray(days),
            series.key,
            own.upto,
            own.windows,
            self._cases.sums.summing(settled).windows,
            day_balances.foreign.templates(int(series.row), bits),
            day_balances.foreign.day_rates(int(series.rate)),
            np.empty((2, 1 << bits), dtype=np.int64),
        )
        return value

    def between(self, company: int, frontiers: Mapping[int, Frontier], day: int) -> tuple[int, int]:
        """Return what receivables and payables are worth more than they were booked at.

        Parameters
        ----------
        company
            Whose.
        frontiers
            How many cases of each class have each document.
        day
            Whose rates. [days from the start]

        Returns
        -------
        tuple
            Receivables and payables, debit positive. [minor units]
        """
        gained = [0, 0]
        for opened, settled in self._pairs.get(company, []):
            low, high = frontiers[settled], frontiers[opened]
            if low.shape == (CLASSES,) and (high > low).any():
                booked = self._cases.sums.booked(opened, low, high)
                value = self._cases.sums.value(opened, low, high, day)
                receives = bool(self._series.receives[settled])
                gained[not receives] += value - booked if receives else booked - value
        return gained[0], gained[1]
