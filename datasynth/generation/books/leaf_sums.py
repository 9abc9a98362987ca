"""Sums over the documents of one leaf, by the accounts and sides that they post to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.books.leaf_books import describe_books, one_account
from datasynth.generation.kernels.balances import add_chains, add_days
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.snapshots import sum_days, sum_valued_days
from datasynth.generation.kernels.valued import add_valued
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.cards.sheet import Sheet
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.plan import Schedule
    from datasynth.ledger.chart import Chart

    Reach = NDArray[np.int64]


class LeafSums:
    """Sums over runs of a leaf's chains, or over its documents up to some days.

    A *slot* is an account and a side that the documents of a leaf post to.

    Parameters
    ----------
    config, schedule, sheet, chart, rates
        Of the journal.
    """

    def __init__(
        self, config: Config, schedule: Schedule, sheet: Sheet, chart: Chart, rates: RateTable
    ) -> None:
        self._days = schedule.horizon.days
        self._sheet = sheet
        self._rates = rates
        self._books = {
            at: describe_books(config, schedule, sheet, chart, rates, at)
            for at, leaf in enumerate(schedule.leaves)
            if leaf.kind is not LeafKind.CLOSE
        }

    def add(self, totals: NDArray[np.int64], at: int, low: Reach, high: Reach) -> None:
        """Add a leaf's documents of a run of chains.

        Parameters
        ----------
        totals : (n, 2 * accounts) int64
            Each row is added to; debits and credits of each account. [minor units]
        at
            The leaf.
        low, high : (CLASSES,) int64
            First chain of each class, and the one after the last.
        """
        books = self._books[at]
        if not (high > low).any():
            return
        if books.valuation is Valuation.LOCAL:
            totals[:, books.sides] += self._local(at, high) - self._local(at, low)
            return
        moved = np.zeros(max(len(books.sides), 4), dtype=np.int64)
        self._add_valued(moved, at, low, high, self._rates.rates[books.rate])
        totals[:, books.sides] += moved[: len(books.sides)]

    def add_days(self, flat: NDArray[np.int64], at: int, days: Sequence[int]) -> None:
        """Add what a leaf's documents move from the start, and each of some days, to the next.

        Parameters
        ----------
        flat : (days, 2 * accounts) int64
            Added to. [minor units]
        at
            The leaf.
        days
            Ascending. [days from the start]
        """
        books = self._books[at]
        if books.valuation is Valuation.LOCAL:
            reached = self._local_days(at, [0, *days])
            flat[:, books.sides] += np.diff(reached, axis=0)
        else:
            flat[:, books.sides] += self._valued_days(at, days)[:, : len(books.sides)]

    def moved_daily(self, at: int, side: int) -> NDArray[np.int64]:
        """Sum what a leaf's documents of each day post to one side of an account.

        Parameters
        ----------
        at
            The leaf.
        side
            ``2 * account``, plus 1 for credits.

        Returns
        -------
        (days,) int64
            [minor units]
        """
        days = self._days
        moved = np.zeros(days, dtype=np.int64)
        books = self._books[at]
        slots = np.flatnonzero(books.sides == side)
        if not len(slots):
            return moved
        if books.valuation is Valuation.LOCAL:
            add_days(moved, books.upto, books.windows, *one_account(self._sheet, at, int(slots[0])))
            return moved
        moved += self._valued_days(at, range(1, days + 1))[:, slots[0]]
        return moved

    def booked_open(self, at: int, low: Reach, high: Reach, day: int) -> tuple[int, int]:
        """Value the foreign documents of a run of chains at their own rates and at a day's.

        Parameters
        ----------
        at
            A leaf in foreign currency.
        low, high
            See `add`.
        day
            [days from the start]

        Returns
        -------
        tuple
            Sums of the debits. [minor units of the company's currency]
        """
        books = self._books[at]
        found = []
        own = self._rates.rates[books.rate]
        for rates in (own, np.full_like(own, own[LEAD_DAYS + day])):
            moved = np.zeros(max(len(books.sides), 4), dtype=np.int64)
            self._add_valued(moved, at, low, high, rates)
            found.append(int(moved[: len(books.sides)][books.sides % 2 == 0].sum()))
        return found[0], found[1]

    def _local(self, at: int, reach: Reach) -> NDArray[np.int64]:
        """Sum the first chains of each class of a leaf in company currency, by slot. [minor units]"""
        moved = np.zeros(len(self._books[at].sides), dtype=np.int64)
        add_chains(moved, 1, reach, *self._deck(at))
        return moved

    def _local_days(self, at: int, days: Sequence[int]) -> NDArray[np.int64]:
        """Sum a leaf's documents in company currency before each of some days, by slot. [minor units]"""
        books = self._books[at]
        totals = np.zeros((len(days), len(books.sides)), dtype=np.int64)
        scratch = np.empty(CLASSES, dtype=np.int64)
        looked = np.array(days, dtype=np.int64)
        sum_days(totals, looked, scratch, books.upto, books.windows, *self._deck(at))
        return totals

    def _valued_days(self, at: int, days: Sequence[int]) -> NDArray[np.int64]:
        """Sum a valued leaf's documents from each of some days to the next, by slot. [minor units]"""
        books = self._books[at]
        totals = np.zeros((len(days), max(len(books.sides), 4)), dtype=np.int64)
        low, high = np.empty(CLASSES, dtype=np.int64), np.empty(CLASSES, dtype=np.int64)
        looked = np.array(days, dtype=np.int64)
        rates = self._rates.rates[books.rate]
        sum_valued_days(totals, looked, low, high, *self._valued(at, rates))
        return totals

    def _deck(
        self, at: int
    ) -> tuple[
        np.uint64,
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int16],
        NDArray[np.int64],
        NDArray[np.int32],
        int,
        int,
        NDArray[np.int64],
    ]:
        """Return what `add_chains` wants to know of a leaf."""
        sheet = self._sheet
        return (
            sheet.leaf_key[at],
            sheet.shifts[int(sheet.leaf_shift[at]) :],
            sheet.rows.offsets,
            sheet.slot,
            sheet.rows.amount,
            sheet.rows.scale,
            int(sheet.leaf_row[at]),
            int(sheet.leaf_bits[at]),
            sheet.prefix[at],
        )

    def _add_valued(
        self, moved: NDArray[np.int64], at: int, low: Reach, high: Reach, rates: NDArray[np.int64]
    ) -> None:
        add_valued(moved, low, high, *self._valued(at, rates))

    def _valued(
        self, at: int, rates: NDArray[np.int64]
    ) -> tuple[
        np.uint64,
        NDArray[np.int64],
        int,
        NDArray[np.int16],
        NDArray[np.int16],
        NDArray[np.int64],
        int,
        NDArray[np.int64],
        NDArray[np.int32],
        NDArray[np.int16],
        NDArray[np.int64],
        int,
        int,
        int,
        int,
    ]:
        """Return what `add_valued` wants to know of a leaf."""
        sheet, books = self._sheet, self._books[at]
        settles = books.valuation is Valuation.SETTLES
        return (
            sheet.leaf_key[at],
            books.upto,
            books.lead,
            books.windows,
            books.settled,
            rates,
            int(self._rates.divisor[books.rate]),
            sheet.rows.offsets,
            sheet.rows.debits,
            sheet.slot,
            sheet.rows.amount,
            books.first_row,
            int(sheet.leaf_bits[at]),
            (1 if books.receives else 2) if settles else 0,
            1 if books.receives else 0,
        )
