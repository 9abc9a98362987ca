"""Open items at any position, such as unpaid invoices and receipts without invoice.

At every step the cases of a class are posted in the order of their numbers.  The cases
with an open item are therefore consecutive: from the first that has not reached the last
step up to the first that has not reached the step that opens the item.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, LEAD_DAYS
from datasynth.generation.kernels.headers import identity, uuid_high, uuid_low
from datasynth.generation.kernels.item_numbers import number_items
from datasynth.generation.kernels.open_items import Items, add_item_lines, choose_partners, opening_days
from datasynth.generation.kernels.summed import DayRates
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import Valuation, prefix_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from datasynth.generation.journal_plan import JournalPlan

NUMBER_WIDTH = 10
"""Least digits of the number of an item."""

_NO_RATES = DayRates(np.empty(0, dtype=np.int64), 1)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """The open part of an invoice or of another item.

    Attributes
    ----------
    company, account
        Indexes of the company and of the control account.
    partner
        Code of the partner, or -1.
    document_id
        UUID of the entry that opened it.
    reference
        Assignment of the lines that open or clear it.
    posting_day, due_day
        [days since 1970-01-01]
    currency
        Of the document that opened it.
    amount, local_amount
        Open amount, debit positive. [minor units of its currency; of the company's]
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
class ItemPosting:
    """A posting of a series to an item: which of its step, debits first; 1 for a debit, -1 for a credit."""

    series: int
    posting: int
    sign: int


@dataclass(frozen=True, slots=True)
class ItemKind:
    """Items of one kind in one company's books.

    Attributes
    ----------
    company, account
        Indexes of the company and of the control account.
    key, item_index
        Name of the item and its place among the case's.
    postings
        The posting that opens it, then those that clear it, in the order of the steps.
    """

    company: int
    account: int
    key: str
    item_index: int
    postings: tuple[ItemPosting, ...]

    @property
    def opener(self) -> int:
        """Series that opens the items."""
        return self.postings[0].series


def item_kinds(plan: JournalPlan) -> tuple[ItemKind, ...]:
    """Return all kinds of items, by company and account."""
    document_series = plan.schedule.document_series
    by_kind: dict[tuple[int, int, int, int, str], list[ItemPosting]] = {}
    for at, series in enumerate(document_series):
        if series.kind is not SeriesKind.CASE:
            continue
        debits = len(series.posted.debit)
        for number, posting in enumerate((*series.posted.debit, *series.posted.credit)):
            if posting.item:
                account = plan.chart.only(posting.pool)
                place = (series.company, account, series.case_company, series.case, posting.item)
                by_kind.setdefault(place, []).append(ItemPosting(at, number, 1 if number < debits else -1))
    kinds = []
    for (company, account, _, _, key), unordered in sorted(by_kind.items()):
        postings = sorted(unordered, key=lambda posting: document_series[posting.series].step)
        item_index = document_series[postings[0].series].posted.items.index(key)
        kinds.append(ItemKind(company, account, key, item_index, tuple(postings)))
    return tuple(kinds)


def list_open_items(
    plan: JournalPlan, position: int, company: int | None, after: int, limit: int
) -> tuple[list[OpenItem], int | None]:
    """List the open items at a position of the journal without triggers.

    Parameters
    ----------
    company
        Index of the company, or None for all.
    after
        Number of items, of all companies, to skip.

    Returns
    -------
    list of OpenItem
        By company, account, kind of case and class.
    int or None
        `after` of the next page, if there is one.
    """
    frontiers = plan.cases.frontiers(position)
    items: list[OpenItem] = []
    passed = 0
    for kind in item_kinds(plan):
        low, high = frontiers[kind.postings[-1].series], frontiers[kind.opener]
        count = int((high - low).sum())
        wanted = company is None or kind.company == company
        if wanted and passed + count > after and len(items) < limit:
            first = max(after - passed, 0)
            taken = min(count - first, limit - len(items))
            items += _open_items(plan, kind, frontiers, _numbers(low, high, first, taken))
            after = passed + first + taken
        elif wanted and count and passed + count > after:
            return items, after
        passed += count
        if wanted and len(items) >= limit and after < passed:
            return items, after
    return items, None


def _numbers(low: NDArray[np.int64], high: NDArray[np.int64], first: int, count: int) -> NDArray[np.int64]:
    """Return the numbers of `count` cases from the `first` of those with open items, class by class.

    `low` and `high` (CLASSES,) are the first such case of each class and the one after the last.
    """
    cumulated = np.add.accumulate(high - low)
    place = np.arange(first, first + count, dtype=np.int64)
    lag_class = np.searchsorted(cumulated, place, side="right")
    nth = low[lag_class] + place - (cumulated - (high - low))[lag_class]
    numbers: NDArray[np.int64] = (nth << CLASS_BITS) + lag_class
    return numbers


def _open_items(
    plan: JournalPlan, kind: ItemKind, frontiers: Mapping[int, NDArray[np.int64]], numbers: NDArray[np.int64]
) -> list[OpenItem]:
    """Return the items of one kind of the cases with the given numbers."""
    horizon = plan.schedule.horizon
    items = _amounts(plan, kind, frontiers, numbers)
    prefix, opener = prefix_of(kind.key), plan.series[kind.opener]
    currency = plan.vocabulary.currencies[opener.currency]
    listed = []
    for number, printed, partner, day, amount, local_amount in zip(
        numbers.tolist(),
        _item_numbers(plan, kind, numbers),
        _partners(plan, kind.opener, numbers),
        (items.day - LEAD_DAYS + horizon.first_day).tolist(),
        items.amount.tolist(),
        items.local_amount.tolist(),
        strict=True,
    ):
        due = day + (plan.partners.party(partner).payment_terms_days if partner >= 0 else 0)
        listed.append(
            OpenItem(
                company=kind.company,
                account=kind.account,
                partner=partner,
                document_id=_document_id(plan, kind.opener, number),
                reference=f"{prefix}-{printed:0{NUMBER_WIDTH}}",
                posting_day=day,
                due_day=due,
                currency=currency,
                amount=amount,
                local_amount=local_amount,
            )
        )
    return listed


def _item_numbers(plan: JournalPlan, kind: ItemKind, numbers: NDArray[np.int64]) -> list[int]:
    """Return the number of each case's item."""
    tables, printed = plan.schedule_tables, np.empty(len(numbers), dtype=np.int64)
    number_items(kind.opener, int(tables.items.order[kind.opener, kind.item_index]), numbers, tables, printed)
    found: list[int] = printed.tolist()
    return found


def _amounts(
    plan: JournalPlan, kind: ItemKind, frontiers: Mapping[int, NDArray[np.int64]], numbers: NDArray[np.int64]
) -> Items:
    """Add up the lines that the cases have posted to their items so far."""
    sums = plan.cases.sums
    items = Items(numbers, *(np.zeros(len(numbers), dtype=np.int64) for _ in range(3)))
    opening_days(numbers, sums.series[kind.opener], items.day)
    foreign = sums.valuation(kind.opener) is Valuation.FOREIGN
    rates = sums.rates(kind.opener) if foreign else _NO_RATES
    for posted in kind.postings:
        # A settlement clears exactly the amount that the foreign document opened.
        posting = kind.postings[0].posting if foreign else posted.posting
        series = sums.series[posted.series]
        add_item_lines(items, frontiers[posted.series], posting, posted.sign, series, sums.lines, rates)
    return items


def _partners(plan: JournalPlan, opener: int, numbers: NDArray[np.int64]) -> list[int]:
    """Return the partner of each case, or -1."""
    series = plan.series[opener]
    partners = np.full(len(numbers), -1, dtype=np.int64)
    if series.partner_pool >= 0:
        choice = plan.partners.tables[series.partner_pool]
        choose_partners(numbers, series.key, int(series.first_partner), choice, partners)
    chosen: list[int] = partners.tolist()
    return chosen


def _document_id(plan: JournalPlan, series: int, number: int) -> str:
    """Return the UUID of a series' document."""
    key = identity(series, number)
    with np.errstate(over="ignore"):
        high = int(uuid_high(plan.block_tables.id_key, np.uint64(key)))
        low = int(uuid_low(plan.block_tables.id_key, np.uint64(key)))
    return str(uuid.UUID(int=(high << 64) | low))
