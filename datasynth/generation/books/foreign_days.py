"""Sums, day by day, of documents in foreign currency and of what settles them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.books.leaf_books import NO_WINDOWS, whole_lanes
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
"""So many sums of days and slots are made before they are handed on."""

_LEAF_DAYS = 8_192
"""So many days of leaves are summed from one checkpoint to the next."""


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
        self._alike: dict[tuple[int | Valuation, ...], list[int]] = {}
        for company in range(len(schedule.starts)):
            for at in chains.leaves_of(company):
                books = self._sums.books(at)
                if books.valuation is Valuation.LOCAL:
                    continue
                key: tuple[int | Valuation, ...] = (
                    books.first_row,
                    books.rate,
                    books.valuation,
                    books.window >= 0,
                    books.receives,
                )
                if books.valuation is Valuation.SETTLES:
                    key = (*key, books.window, books.settled_window)
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
        for leaves in self._alike.values():
            books = self._sums.books(leaves[0])
            cards = self.cards(books.first_row, int(self._sheet.leaf_bits[leaves[0]]))
            sum_up = self._settled if books.valuation is Valuation.SETTLES else self._foreign
            yield from sum_up(leaves, cards, self.day_rates(books.rate), making)

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
        days = self._schedule.horizon.days
        slots = len(self._sums.books(leaves[0]).sides)
        width = whole_lanes(slots)
        reached = np.zeros(((2 << cards.class_bits) + 1, width), dtype=np.int64)
        for some in self._runs(leaves, width):
            moved = np.zeros((len(some), days, width), dtype=np.int64)
            columns = self._columns(some)
            chained = self._sums.books(some[0]).window >= 0
            windows = self._schedule.windows if chained else NO_WINDOWS[None]
            begun = np.empty((2, len(some)), dtype=np.int64)
            size = _ceil(_LEAF_DAYS, len(some))
            for first in range(0, days, size):
                making.checkpoint()
                last = min(first + size, days)
                sum_foreign(moved, first, last, columns, windows, cards, rates, begun, reached)
            yield from zip(some, moved[:, :, :slots], strict=True)

    def _settled(
        self, leaves: Sequence[int], cards: Cards, rates: DayRates, making: Making
    ) -> Iterator[tuple[int, NDArray[np.int64]]]:
        days = self._schedule.horizon.days
        books = self._sums.books(leaves[0])
        scratch = np.zeros((2, (2 << cards.class_bits) + 1), dtype=np.int64)
        for some in self._runs(leaves, SETTLING_SLOTS):
            moved = np.zeros((days, len(some), SETTLING_SLOTS), dtype=np.int64)
            columns = self._columns(some)
            size = _ceil(_LEAF_DAYS * CLASSES, len(some) * days)
            for first in range(0, CLASSES, size):
                making.checkpoint()
                sum_settled(
                    moved,
                    first,
                    min(first + size, CLASSES),
                    columns,
                    books.settled,
                    books.windows,
                    cards,
                    rates,
                    int(books.receives),
                    scratch,
                )
            yield from ((at, moved[:, place]) for place, at in enumerate(some))

    def _runs(self, leaves: Sequence[int], slots: int) -> Iterator[Sequence[int]]:
        """Cut leaves into runs whose sums are of a bounded size."""
        size = max(_AT_ONCE // (self._schedule.horizon.days * slots), 1)
        for first in range(0, len(leaves), size):
            yield leaves[first : first + size]

    def _columns(self, leaves: Sequence[int]) -> Leaves:
        """Return what kernels want to know of leaves."""
        books: list[LeafBooks] = [self._sums.books(at) for at in leaves]
        return Leaves(
            self._sheet.leaf_key[list(leaves)],
            np.ascontiguousarray(np.stack([each.upto for each in books], axis=1)),
            np.array([max(each.window, 0) for each in books], dtype=np.int64),
        )


def _ceil(whole: int, parts: int) -> int:
    return -(-whole // parts)
