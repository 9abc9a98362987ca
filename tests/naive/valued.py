"""Amounts in company currency, in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import TYPE_CHECKING

from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.currencies import decimals
from datasynth.ledger.exchange import trading_currencies
from datasynth.ledger.processes import Valuation
from tests.naive.schedule import LEAD_DAYS, step_days
from tests.naive.templates import posted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.generation.journal_plan import JournalPlan

_HALF = Fraction(1, 2)


def value(amount: int, rate: Fraction, foreign: str, own: str) -> int:
    """Return an amount in another currency, rounded half up. [minor units]"""
    units = Fraction(amount, _minor(foreign)) * rate
    return floor(units * _minor(own) + _HALF)


def value_of_lines(amounts: Sequence[int], rate: Fraction, foreign: str, own: str) -> list[int]:
    """Return what the lines of one side are worth; rounding never drifts, for sums are rounded, not lines."""
    sums = [value(sum(amounts[:upto]), rate, foreign, own) for upto in range(len(amounts) + 1)]
    return [after - before for before, after in pairwise(sums)]


def _minor(currency: str) -> int:
    return int(10 ** decimals(currency))


class Valuer:
    """What the foreign documents of a journal are worth, each looked up by itself.

    Parameters
    ----------
    plan
        Of the journal.
    """

    def __init__(self, plan: JournalPlan) -> None:
        self._plan = plan
        self._days: dict[int, dict[int, int]] = {}

    def currencies(self, at: int) -> tuple[str, str]:
        """Return the currency of a series' trade, and that of the books that it is posted in."""
        config, series = self._plan.config, self._plan.schedule.document_series[at]
        own = config.companies[series.company].currency
        if not series.in_cases or series.posted.currency is Valuation.LOCAL:
            return own, own
        if series.case_kind.intercompany:
            return config.companies[series.case_company].currency, own
        return trading_currencies(own)[series.case_kind.abroad], own

    def valuation(self, at: int) -> Valuation:
        """Return how a series' documents are valued."""
        foreign, own = self.currencies(at)
        return Valuation.LOCAL if foreign == own else self._plan.schedule.document_series[at].posted.currency

    def rate(self, at: int, day: int) -> Fraction:
        """Return the rate of a series' trade on a day from the start, as it is printed."""
        rates = self._plan.rates
        place = rates.pairs.index(self.currencies(at)), LEAD_DAYS + day
        return Fraction(int(rates.printed[place]), 10 ** int(rates.places[place]))

    def original(self, at: int) -> int:
        """Return the series of the documents in foreign currency that a series' settle."""
        all_series = self._plan.schedule.document_series
        mine = all_series[at]
        (found,) = (
            place
            for place, series in enumerate(all_series)
            if series.kind is SeriesKind.CASE
            and (series.case_company, series.case, series.company)
            == (mine.case_company, mine.case, mine.company)
            and series.posted.currency is Valuation.FOREIGN
        )
        return found

    def day_of(self, at: int, case: int) -> int:
        """Return when a case has the step of a series. [days from the start]"""
        if at not in self._days:
            self._days[at] = step_days(self._plan.schedule, at)
        return self._days[at][case]

    def gross(self, at: int, case: int, version: int = 0) -> int:
        """Return the total of a foreign document, in its own currency. [minor units]"""
        debits = len(self._plan.schedule.document_series[at].posted.debit)
        return sum(amount for posting, amount in posted(self._plan, at, case, version) if posting < debits)

    def settled(self, at: int, case: int, day: int) -> tuple[int, int]:
        """Return what a document that is settled on a day was booked at, and what is paid. [minor units]"""
        opened = self.original(at)
        whole = self.gross(opened, case)
        foreign, own = self.currencies(at)
        booked = value(whole, self.rate(at, self.day_of(opened, case)), foreign, own)
        return booked, value(whole, self.rate(at, day), foreign, own)
