"""Open items at any position: what is invoiced and not paid, received and not invoiced.

The cases of a class are posted in the order of their numbers at every step, so
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
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import Valuation, prefix_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.journal_plan import JournalPlan

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
    """One step's posting to an item: the series, which posting, and its sign."""

    series: int
    posting: int
    sign: int


@dataclass(frozen=True, slots=True)
class ItemKind:
    """Items of one kind in one company's books.

    Attributes
    ----------
    company, account
        Whose books, and which control account.
    key, item_index
        Name of the item and its place among the case's.
    touches
        What opens it, then what clears it, in the order of the steps.
    """

    company: int
    account: int
    key: str
    item_index: int
    touches: tuple[_Touch, ...]


def item_kinds(plan: JournalPlan) -> tuple[ItemKind, ...]:
    """Return all kinds of items, by company and account."""
    found: dict[tuple[int, int, int, int, str], list[_Touch]] = {}
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind is not SeriesKind.CASE:
            continue
        sides = ((series.posted.debit, 1, 0), (series.posted.credit, -1, len(series.posted.debit)))
        for postings, sign, before in sides:
            for number, posting in enumerate(postings):
                if posting.item:
                    account = plan.chart.only(posting.pool)
                    place = (series.company, account, series.case_company, series.case, posting.item)
                    found.setdefault(place, []).append(_Touch(at, before + number, sign))
    document_series = plan.schedule.document_series
    kinds = []
    for (company, account, _, _, key), touches in sorted(found.items()):
        ordered = sorted(touches, key=lambda touch: document_series[touch.series].step)
        item_index = document_series[ordered[0].series].case_kind.items.index(key)
        kinds.append(ItemKind(company, account, key, item_index, tuple(ordered)))
    return tuple(kinds)


def list_open_items(
    plan: JournalPlan, position: int, company: int | None, after: int, limit: int
) -> tuple[list[OpenItem], int | None]:
    """List what the untriggered journal's entries before a position leave open.

    Parameters
    ----------
    plan
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
        By company, account, kind of case and class.
    int or None
        Where the next page begins, if there is one.
    """
    frontiers = plan.cases.frontiers(position)
    items: list[OpenItem] = []
    passed = 0
    for kind in item_kinds(plan):
        low, high = frontiers[kind.touches[-1].series], frontiers[kind.touches[0].series]
        count = int((high - low).sum())
        wanted = company is None or kind.company == company
        if wanted and passed + count > after and len(items) < limit:
            first = max(after - passed, 0)
            taken = min(count - first, limit - len(items))
            items += _Reader(plan, kind, frontiers).read(_numbers(low, high, first, taken))
            after = passed + first + taken
        elif wanted and count and passed + count > after:
            return items, after
        passed += count
        if wanted and len(items) >= limit and after < passed:
            return items, after
    return items, None


def _numbers(low: NDArray[np.int64], high: NDArray[np.int64], first: int, count: int) -> NDArray[np.int64]:
    """Return the numbers of some of the cases of some runs, class by class; the others take no room.

    Parameters
    ----------
    low, high : (CLASSES,) int64
        First case of each class, and the one after the last.
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

    def __init__(self, plan: JournalPlan, kind: ItemKind, frontiers: Mapping[int, NDArray[np.int64]]) -> None:
        self._plan = plan
        self._kind = kind
        self._frontiers = frontiers
        self._opener = kind.touches[0].series
        self._record = plan.series[self._opener]

    def read(self, numbers: NDArray[np.int64]) -> list[OpenItem]:
        plan, schedule = self._plan, self._plan.schedule
        days, partner = np.empty(len(numbers), dtype=np.int64), np.full(len(numbers), -1, dtype=np.int64)
        starts = schedule.starts[self._record.case_company, self._record.case]
        opening_days(numbers, starts, schedule.windows[self._record.window], days)
        if self._record.partner_pool >= 0:
            choice = plan.partners.tables[self._record.partner_pool]
            choose_partners(numbers, self._record.key, int(self._record.first_partner), choice, partner)
        amount, local = self._amounts(numbers, days)
        posting = days - LEAD_DAYS + schedule.horizon.first_day
        return self._items(numbers, partner.tolist(), posting.tolist(), amount.tolist(), local.tolist())

    def _amounts(
        self, numbers: NDArray[np.int64], days: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        plan, template_lines = self._plan, self._plan.template_lines
        amount, local = np.zeros(len(numbers), dtype=np.int64), np.zeros(len(numbers), dtype=np.int64)
        foreign = self._record.valuation == Valuation.FOREIGN
        rate = max(int(self._record.rate), 0)
        for touch in self._kind.touches:
            series = plan.series[touch.series]
            settles = foreign and touch.series != self._opener
            add_item_lines(
                numbers,
                days,
                self._frontiers[touch.series],
                touch.sign,
                series.key,
                int(series.class_bits),
                template_lines.jitters[int(series.first_jitter) :],
                template_lines.rows.offsets,
                template_lines.rows.posting,
                template_lines.rows.amount,
                template_lines.rows.jitter_unit,
                int(plan.series.row[series.settles] if settles else series.row),
                self._kind.touches[0].posting if settles else touch.posting,
                plan.rates.rates[rate] if foreign else _NO_RATES,
                int(plan.rates.divisor[rate]),
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
        plan, kind = self._plan, self._kind
        currency = plan.vocabulary.currencies[self._record.currency]
        code = int(self._record.item_kind)
        prefix = prefix_of(kind.key)
        return [
            OpenItem(
                kind.company,
                kind.account,
                whom,
                self._document_id(number),
                f"{prefix}-{int(item_number(number, kind.item_index, code)):0{NUMBER_WIDTH}}",
                day,
                day + (plan.partners.party(whom).payment_terms_days if whom >= 0 else 0),
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
            high = int(uuid_high(self._plan.block_tables.id_key, np.uint64(who)))
            low = int(uuid_low(self._plan.block_tables.id_key, np.uint64(who)))
        return str(uuid.UUID(int=(high << 64) | low))
