"""Open items at any position: what is invoiced and not paid, received and not invoiced.

The chains of a class are posted in the order of their numbers at every step, so
those that have opened an item and not yet cleared it are a run: from the first
one not at the last step to the first one not at the step that opens it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, LEAD_DAYS
from datasynth.generation.kernels.headers import identity, uuid_high, uuid_low
from datasynth.generation.kernels.items import item_number
from datasynth.generation.kernels.open_items import add_item_lines, choose_partners, opening_days
from datasynth.generation.schedule.leaf_links import document_currency, valuation_of
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.processes import Valuation, prefix_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.ground import Ground

NUMBER_WIDTH = 10
"""Least digits of the number of an item."""

_NO_RATES = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What is left of an invoice or of another item that has not been cleared.

    Attributes
    ----------
    company, account
        Indexes of the company and of the control account.
    partner
        Index of the partner, or -1.
    document_id
        UUID of the entry that opened it.
    reference
        What lines that open or clear it carry as their assignment.
    posting_day, due_day
        When it was opened and when it is due. [days since 1970-01-01]
    currency
        Of the document that opened it.
    amount, local_amount
        What is open, debit positive. [minor units of its currency; of the company's]
    """

    company: int
    account: int
    partner: int
    document_id: str
    reference: str
    posting_day: int
    due_day: int
    currency: str
    amount: int
    local_amount: int


@dataclass(frozen=True, slots=True)
class _Touch:
    """One step's posting to an item: the leaf, which posting, and its sign."""

    leaf: int
    posting: int
    sign: int


@dataclass(frozen=True, slots=True)
class ItemKind:
    """Items of one kind in one company's books.

    Attributes
    ----------
    company, account
        Whose books, and which control account.
    key, slot
        Name of the item and its place among the chain's.
    touches
        What opens it, then what clears it, in the order of the steps.
    """

    company: int
    account: int
    key: str
    slot: int
    touches: tuple[_Touch, ...]


def item_kinds(ground: Ground) -> tuple[ItemKind, ...]:
    """Return all kinds of items, by company and account."""
    found: dict[tuple[int, int, int, int, str], list[_Touch]] = {}
    for at, leaf in enumerate(ground.schedule.leaves):
        if leaf.kind is not LeafKind.CHAIN:
            continue
        sides = ((leaf.posted.debit, 1, 0), (leaf.posted.credit, -1, len(leaf.posted.debit)))
        for postings, sign, before in sides:
            for number, posting in enumerate(postings):
                if posting.item:
                    account = ground.chart.only(posting.pool)
                    place = (leaf.company, account, leaf.origin, leaf.chain, posting.item)
                    found.setdefault(place, []).append(_Touch(at, before + number, sign))
    leaves = ground.schedule.leaves
    kinds = []
    for (company, account, _, _, key), touches in sorted(found.items()):
        ordered = sorted(touches, key=lambda touch: leaves[touch.leaf].step)
        slot = leaves[ordered[0].leaf].chain_kind.items.index(key)
        kinds.append(ItemKind(company, account, key, slot, tuple(ordered)))
    return tuple(kinds)


def list_open_items(
    ground: Ground, position: int, company: int | None, after: int, limit: int
) -> tuple[list[OpenItem], int | None]:
    """List what the untriggered journal's entries before a position leave open.

    Parameters
    ----------
    ground
        Of the journal.
    position
        Number of entries before it; 0 … total.
    company
        Index of the company, or None for all.
    after
        How many items, of all companies, to pass over.
    limit
        Items to return at most.

    Returns
    -------
    list of OpenItem
        By company, account, kind of chain and class.
    int or None
        Where the next page begins, if there is one.
    """
    reaches = ground.chains.reaches(position)
    items: list[OpenItem] = []
    passed = 0
    for kind in item_kinds(ground):
        low, high = reaches[kind.touches[-1].leaf], reaches[kind.touches[0].leaf]
        count = int((high - low).sum())
        wanted = company is None or kind.company == company
        if wanted and passed + count > after and len(items) < limit:
            first = max(after - passed, 0)
            taken = min(count - first, limit - len(items))
            items += _Reader(ground, kind, reaches).read(_numbers(low, high, first, taken))
            after = passed + first + taken
        elif wanted and count and passed + count > after:
            return items, after
        passed += count
        if wanted and len(items) >= limit and after < passed:
            return items, after
    return items, None


def _numbers(low: NDArray[np.int64], high: NDArray[np.int64], first: int, count: int) -> NDArray[np.int64]:
    """Return the numbers of some of the chains of some runs, class by class; the others take no room.

    Parameters
    ----------
    low, high : (CLASSES,) int64
        First chain of each class, and the one after the last.
    first, count
        Which of them, in the order of the classes.
    """
    reached = np.add.accumulate(high - low)
    place = np.arange(first, first + count, dtype=np.int64)
    number = np.searchsorted(reached, place, side="right")
    nth = low[number] + place - (reached - (high - low))[number]
    numbers: NDArray[np.int64] = (nth << CLASS_BITS) + number
    return numbers


class _Reader:
    """Reads the items of one kind."""

    def __init__(self, ground: Ground, kind: ItemKind, reaches: Mapping[int, NDArray[np.int64]]) -> None:
        self._ground = ground
        self._kind = kind
        self._reaches = reaches
        self._opener = kind.touches[0].leaf
        self._leaf = ground.schedule.leaves[self._opener]

    def read(self, numbers: NDArray[np.int64]) -> list[OpenItem]:
        ground, schedule = self._ground, self._ground.schedule
        days, partner = np.empty(len(numbers), dtype=np.int64), np.full(len(numbers), -1, dtype=np.int64)
        starts = schedule.starts[self._leaf.origin, self._leaf.chain]
        opening_days(numbers, starts, schedule.windows[schedule.leaf_window[self._opener]], days)
        columns, at = ground.leaves, self._opener
        if columns.pool[at] >= 0:
            choice = columns.partner_choice[columns.pool[at]]
            choose_partners(numbers, columns.key[at], int(columns.partner[at]), choice, partner)
        amount, local = self._amounts(numbers, days)
        posting = days - LEAD_DAYS + schedule.horizon.first_day
        return self._items(numbers, partner.tolist(), posting.tolist(), amount.tolist(), local.tolist())

    def _amounts(
        self, numbers: NDArray[np.int64], days: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        ground, sheet = self._ground, self._ground.sheet
        amount, local = np.zeros(len(numbers), dtype=np.int64), np.zeros(len(numbers), dtype=np.int64)
        foreign = valuation_of(ground.config, self._leaf) is Valuation.FOREIGN
        rate = max(int(ground.leaves.rate[self._opener]), 0)
        for touch in self._kind.touches:
            settles = foreign and touch.leaf != self._opener
            add_item_lines(
                numbers,
                days,
                self._reaches[touch.leaf],
                touch.sign,
                sheet.leaf_key[touch.leaf],
                int(sheet.leaf_bits[touch.leaf]),
                sheet.shifts[int(sheet.leaf_shift[touch.leaf]) :],
                sheet.rows.offsets,
                sheet.rows.posting,
                sheet.rows.amount,
                sheet.rows.scale,
                int(sheet.leaf_settled[touch.leaf] if settles else sheet.leaf_row[touch.leaf]),
                self._kind.touches[0].posting if settles else touch.posting,
                ground.rates.rates[rate] if foreign else _NO_RATES,
                int(ground.rates.divisor[rate]),
                amount,
                local,
            )
        return amount, local

    def _items(
        self,
        numbers: NDArray[np.int64],
        partner: Sequence[int],
        posting: Sequence[int],
        amount: Sequence[int],
        local: Sequence[int],
    ) -> list[OpenItem]:
        ground, kind = self._ground, self._kind
        currency = document_currency(ground.config, self._leaf)
        code = int(ground.leaves.number[self._opener])
        prefix = prefix_of(kind.key)
        return [
            OpenItem(
                kind.company,
                kind.account,
                whom,
                self._document_id(number),
                f"{prefix}-{int(item_number(number, kind.slot, code)):0{NUMBER_WIDTH}}",
                day,
                day + (ground.partners.party(whom).payment_terms_days if whom >= 0 else 0),
                currency,
                units,
                own,
            )
            for number, whom, day, units, own in zip(
                numbers.tolist(), partner, posting, amount, local, strict=True
            )
        ]

    def _document_id(self, number: int) -> str:
        who = identity(self._opener, number)
        with np.errstate(over="ignore"):
            high = int(uuid_high(self._ground.id_key, np.uint64(who)))
            low = int(uuid_low(self._ground.id_key, np.uint64(who)))
        return str(uuid.UUID(int=(high << 64) | low))
