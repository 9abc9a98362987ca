"""What open items in foreign currency are worth at a day's rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.settlements import value_open
from datasynth.generation.schedule.leaf_links import step_leaf, valuation_of
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.books.balances import ChainBalances
    from datasynth.generation.books.day_books import DayBooks
    from datasynth.generation.cards.sheet import Sheet
    from datasynth.generation.schedule.plan import Schedule

    Reach = NDArray[np.int64]


class Exposures:
    """Open receivables and payables in foreign currency, by company.

    Parameters
    ----------
    config, schedule, sheet, chains
        Of the journal.
    """

    def __init__(self, config: Config, schedule: Schedule, sheet: Sheet, chains: ChainBalances) -> None:
        self._sheet = sheet
        self._chains = chains
        self._pairs: dict[int, list[tuple[int, int]]] = {}
        for at, leaf in enumerate(schedule.leaves):
            if leaf.kind is LeafKind.CHAIN and valuation_of(config, leaf) is Valuation.SETTLES:
                steps = leaf.chain_kind.steps
                opened = next(place for place, step in enumerate(steps) if step.currency is Valuation.FOREIGN)
                self._pairs.setdefault(leaf.company, []).append((step_leaf(schedule, leaf, opened), at))
        self._receives = {
            at: not schedule.leaves[at].posted.debit[0].item
            for pairs in self._pairs.values()
            for _, at in pairs
        }

    def before_days(self, company: int, days: NDArray[np.int64], books: DayBooks) -> list[tuple[int, int]]:
        """Return what is gained on what is open before each of some days; see `between`.

        What is open was booked at what is booked in all, less what has been settled;
        only its worth on the day is summed anew.

        Parameters
        ----------
        company
            Whose.
        days : (n,) int64
            Days that the company is looked at. [days from the start]
        books
            What was posted before them.
        """
        gained = np.zeros((len(days), 2), dtype=np.int64)
        at = np.searchsorted(books.days[company], days)
        for opened, settled in self._pairs.get(company, []):
            sums = self._chains.sums
            first = sums.booked(opened, self._chains.reach(settled, 0), self._chains.reach(opened, 0))
            debits = books.valued(opened)[:, sums.books(opened).sides % 2 == 0].sum(axis=1)
            cleared = books.valued(settled)[:, int(sums.books(settled).receives)]
            booked = first + debits[at] - cleared[at]
            worth = self._worth(opened, settled, days, books)
            receives = self._receives[settled]
            gained[:, int(not receives)] += worth - booked if receives else booked - worth
        return [(receivables, payables) for receivables, payables in gained.tolist()]

    def _worth(
        self, opened: int, settled: int, days: NDArray[np.int64], books: DayBooks
    ) -> NDArray[np.int64]:
        """Return what is open before each day is worth at the rate of the day before it. [minor units]"""
        own = self._chains.sums.books(opened)
        bits = int(self._sheet.leaf_bits[opened])
        worth = np.zeros(len(days), dtype=np.int64)
        value_open(
            worth,
            np.ascontiguousarray(days),
            self._sheet.leaf_key[opened],
            own.upto,
            own.windows,
            self._chains.sums.books(settled).windows,
            books.foreign.cards(own.first_row, bits),
            books.foreign.day_rates(own.rate),
            np.empty((2, 1 << bits), dtype=np.int64),
        )
        return worth

    def between(self, company: int, reaches: Mapping[int, Reach], day: int) -> tuple[int, int]:
        """Return what receivables and payables are worth more than they were booked at.

        Parameters
        ----------
        company
            Whose.
        reaches
            How many chains of each class have each document.
        day
            Whose rates. [days from the start]

        Returns
        -------
        tuple
            Receivables and payables, debit positive. [minor units]
        """
        gained = [0, 0]
        for opened, settled in self._pairs.get(company, []):
            low, high = reaches[settled], reaches[opened]
            if low.shape == (CLASSES,) and (high > low).any():
                booked = self._chains.sums.booked(opened, low, high)
                worth = self._chains.sums.worth(opened, low, high, day)
                receives = self._receives[settled]
                gained[not receives] += worth - booked if receives else booked - worth
        return gained[0], gained[1]
