"""What open items in foreign currency are worth at a day's rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.settlements import value_open
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.schedule.series_links import step_series, valuation_of
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.balances.case_balances import CaseBalances
    from datasynth.generation.balances.day_balances import DayBalances
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.generation.templates.template_lines import TemplateLines

    Frontier = NDArray[np.int64]


class Exposures:
    """Open receivables and payables in foreign currency, by company.

    Parameters
    ----------
    config, schedule, template_lines, cases
        Of the journal.
    """

    def __init__(
        self, config: Config, schedule: Schedule, template_lines: TemplateLines, cases: CaseBalances
    ) -> None:
        self._template_lines = template_lines
        self._cases = cases
        self._pairs: dict[int, list[tuple[int, int]]] = {}
        for at, series in enumerate(schedule.all_series):
            if series.kind is SeriesKind.CASE and valuation_of(config, series) is Valuation.SETTLES:
                steps = series.case_kind.steps
                opened = next(place for place, step in enumerate(steps) if step.currency is Valuation.FOREIGN)
                self._pairs.setdefault(series.company, []).append((step_series(schedule, series, opened), at))
        self._receives = {
            at: not schedule.all_series[at].posted.debit[0].item
            for pairs in self._pairs.values()
            for _, at in pairs
        }

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
            cleared = day_balances.valued(settled)[:, int(sums.summing(settled).receives)]
            booked = first + debits[at] - cleared[at]
            value = self._value(opened, settled, days, day_balances)
            receives = self._receives[settled]
            gained[:, int(not receives)] += value - booked if receives else booked - value
        return [(receivables, payables) for receivables, payables in gained.tolist()]

    def _value(
        self, opened: int, settled: int, days: NDArray[np.int64], day_balances: DayBalances
    ) -> NDArray[np.int64]:
        """Return what is open before each day is worth at the rate of the day before it. [minor units]"""
        own = self._cases.sums.summing(opened)
        bits = int(self._template_lines.series_bits[opened])
        value = np.zeros(len(days), dtype=np.int64)
        value_open(
            value,
            np.ascontiguousarray(days),
            self._template_lines.series_key[opened],
            own.upto,
            own.windows,
            self._cases.sums.summing(settled).windows,
            day_balances.foreign.templates(own.first_row, bits),
            day_balances.foreign.day_rates(own.rate),
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
                receives = self._receives[settled]
                gained[not receives] += value - booked if receives else booked - value
        return gained[0], gained[1]
