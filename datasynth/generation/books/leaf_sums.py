"""Sums over the documents of one leaf, by the accounts and sides that they post to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.books.leaf_books import describe_books, whole_lanes
from datasynth.generation.kernels.balances import add_chains
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.snapshots import CardLines, sum_days, sum_deck
from datasynth.generation.kernels.valued import add_valued
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.books.leaf_books import LeafBooks
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
        self._sheet = sheet
        self._lines = CardLines(sheet.rows.offsets, sheet.slot, sheet.rows.amount, sheet.rows.scale)
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

    def deck(self, at: int) -> NDArray[np.int64]:
        """Return the sums over the cards of a leaf's deck, class by class; see `sum_deck`."""
        sheet = self._sheet
        size = (CLASSES, (1 << int(sheet.leaf_bits[at])) + 1, whole_lanes(len(self._books[at].sides)))
        reached = np.empty(size, dtype=np.int64)
        sum_deck(self._lines, int(sheet.leaf_row[at]), reached)
        return reached

    def before_days(self, at: int, days: NDArray[np.int64], reached: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum a leaf's documents in company currency before each of some days.

        Parameters
        ----------
        at
            The leaf; of `Valuation.LOCAL`.
        days : (n,) int64
            [days from the start]
        reached
            Of the leaf's deck, from `deck`.

        Returns
        -------
        (n, slots) int64
            Sums since the start. [minor units]
        """
        books, sheet = self._books[at], self._sheet
        looked = np.concatenate([np.zeros(1, dtype=np.int64), days])
        totals = np.zeros((len(looked), reached.shape[2]), dtype=np.int64)
        sum_days(
            totals,
            looked,
            books.upto,
            books.windows,
            sheet.leaf_key[at],
            sheet.shifts[int(sheet.leaf_shift[at]) :],
            self._lines,
            int(sheet.leaf_row[at]),
            int(sheet.leaf_bits[at]),
            reached,
        )
        found: NDArray[np.int64] = (totals[1:] - totals[0])[:, : len(books.sides)]
        return found

    def books(self, at: int) -> LeafBooks:
        """Return how a leaf's documents are summed."""
        return self._books[at]

    def booked(self, at: int, low: Reach, high: Reach) -> int:
        """Return what the foreign documents of a run of chains were booked at.

        Parameters
        ----------
        at
            A leaf in foreign currency.
        low, high
            See `add`.

        Returns
        -------
        int
            Sum of the debits. [minor units of the company's currency]
        """
        return self._debits(at, low, high, self._rates.rates[self._books[at].rate])

    def worth(self, at: int, low: Reach, high: Reach, day: int) -> int:
        """Return what the same documents are worth at a day's rate; see `booked`. [days from the start]"""
        own = self._rates.rates[self._books[at].rate]
        return self._debits(at, low, high, np.full_like(own, own[LEAD_DAYS + day]))

    def _debits(self, at: int, low: Reach, high: Reach, rates: NDArray[np.int64]) -> int:
        sides = self._books[at].sides
        moved = np.zeros(max(len(sides), 4), dtype=np.int64)
        self._add_valued(moved, at, low, high, rates)
        return int(moved[: len(sides)][sides % 2 == 0].sum())

    def _local(self, at: int, reach: Reach) -> NDArray[np.int64]:
        """Sum the first chains of each class of a leaf in company currency, by slot. [minor units]"""
        moved = np.zeros(len(self._books[at].sides), dtype=np.int64)
        add_chains(moved, 1, reach, *self._deck(at))
        return moved

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
        NDArray[np.uint8],
        NDArray[np.uint8],
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
