"""Sums, day by day, of documents in foreign currency and of what settles them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.books.leaf_books import NO_WINDOWS
from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.settlements import sum_settled
from datasynth.generation.kernels.worths import Cards, DayRates, Leaves, sum_foreign
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.books.balances import ChainBalances
    from datasynth.generation.books.leaf_books import LeafBooks
    from datasynth.generation.cards.sheet import Sheet
    from datasynth.generation.making import Making
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.plan import Schedule

SETTLING_SLOTS = 4
"""Slots of what settles documents: both main lines, loss and gain."""

_AT_ONCE = 1 << 22
_LEAVES_AT_ONCE = 8
"""So many sums of days and slots, and so many leaves, are made from one checkpoint to the next."""


class ForeignDays:
    """Sums the leaves that are not in company currency, those of like cards together.

    Parameters
    ----------
    schedule, sheet, rates, chains
        Of the journal.
    """

    def __init__(self, schedule: Schedule, sheet: Sheet, rates: RateTable, chains: ChainBalances) -> None:
        self._schedule = schedule
        self._sheet = sheet
        self._rates = rates
        self._sums = chains.sums
        self._alike: dict[tuple[int, int, Valuation, bool, bool], list[int]] = {}
        for company in range(len(schedule.starts)):
            for at in chains.leaves_of(company):
                books = self._sums.books(at)
                if books.valuation is not Valuation.LOCAL:
                    key = (books.first_row, books.rate, books.valuation, books.window >= 0, books.receives)
                    self._alike.setdefault(key, []).append(at)

    def daily(self, making: Making) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield every leaf with what its documents of each day post.

        Yields
        ------
        at
            The leaf.
        moved : (days, slots) int64
            [minor units of the company's currency]
        """
        for (first_row, rate, valuation, _, _), leaves in self._alike.items():
            cards = self.cards(first_row, int(self._sheet.leaf_bits[leaves[0]]))
            settles = valuation is Valuation.SETTLES
            sum_up = self._settled if settles else self._foreign
            yield from sum_up(leaves, cards, self.day_rates(rate), making)

    def cards(self, first_row: int, bits: int) -> Cards:
        """Return the rows of the documents of a step in foreign currency; `bits` are of a class's cards."""
        rows = self._sheet.rows
        size = CLASSES << bits
        offsets = rows.offsets[first_row : first_row + size + 1]
        begin, end = int(offsets[0]), int(offsets[-1])
        debits = rows.debits[first_row : first_row + size]
        return Cards(
            offsets - begin,
            debits,
            rows.amount[begin:end],
            self._sheet.slot[begin:end],
            self._sheet.total[first_row : first_row + size],
            bits,
        )

    def day_rates(self, rate: int) -> DayRates:
        """Return a row of the rate table."""
        table = self._rates
        return DayRates(table.rates[rate], int(table.divisor[rate]))

    def _foreign(
        self, leaves: Sequence[int], cards: Cards, rates: DayRates, making: Making
    ) -> Iterator[tuple[int, NDArray[np.int64]]]:
        slots = len(self._sums.books(leaves[0]).sides)
        worth = np.empty(len(cards.amount), dtype=np.int64)
        known = np.empty(len(cards.gross), dtype=np.int8)
        for some in self._runs(leaves, slots):
            making.checkpoint()
            moved = np.zeros((len(some), self._schedule.horizon.days, slots), dtype=np.int64)
            kept, windows = self._columns(some)
            taken = np.empty((len(some) + 1, len(cards.gross)), dtype=np.int64)
            sum_foreign(moved, kept, windows, cards, rates, worth, known, taken)
            yield from zip(some, moved, strict=True)

    def _settled(
        self, leaves: Sequence[int], cards: Cards, rates: DayRates, making: Making
    ) -> Iterator[tuple[int, NDArray[np.int64]]]:
        size = (len(rates.rates), len(cards.gross))
        worth, known = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int8)
        start, opened = (np.empty(CLASSES, dtype=np.int64) for _ in range(2))
        taken = np.empty((2, len(cards.gross)), dtype=np.int64)
        for some in self._runs(leaves, SETTLING_SLOTS):
            making.checkpoint()
            moved = np.zeros((len(some), self._schedule.horizon.days, SETTLING_SLOTS), dtype=np.int64)
            kept, windows = self._columns(some)
            receives = int(self._sums.books(some[0]).receives)
            sum_settled(moved, kept, windows, cards, rates, worth, known, receives, start, opened, taken)
            yield from zip(some, moved, strict=True)

    def _runs(self, leaves: Sequence[int], slots: int) -> Iterator[Sequence[int]]:
        """Cut leaves into runs whose sums are of a bounded size."""
        size = max(min(_AT_ONCE // (self._schedule.horizon.days * slots), _LEAVES_AT_ONCE), 1)
        for first in range(0, len(leaves), size):
            yield leaves[first : first + size]

    def _columns(self, leaves: Sequence[int]) -> tuple[Leaves, NDArray[np.int16]]:
        """Return what kernels want to know of leaves, and the lag tables that they refer to."""
        books: list[LeafBooks] = [self._sums.books(at) for at in leaves]
        chained = books[0].window >= 0
        columns = Leaves(
            self._sheet.leaf_key[list(leaves)],
            np.stack([each.upto for each in books]),
            np.array([max(each.window, 0) for each in books], dtype=np.int64),
            np.array([max(each.settled_window, 0) for each in books], dtype=np.int64),
        )
        return columns, self._schedule.windows if chained else NO_WINDOWS[None]
