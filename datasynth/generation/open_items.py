"""Open items at any position, such as unpaid invoices and receipts without invoice.

At every step the cases of a class are posted in the order of their numbers.  The cases
with an open item are therefore consecutive: from the first that has not reached the last
step up to the first that has not reached the step that opens the item.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.columns.headers import identity_of_version, uuid_high, uuid_low
from datasynth.generation.kernels.columns.vendor_numbers import fill_vendor_numbers
from datasynth.generation.kernels.schedule.counts import CLASS_BITS, LEAD_DAYS
from datasynth.generation.kernels.schedule.item_numbers import number_items, wrong_number
from datasynth.generation.kernels.schedule.wrong_documents import WRONG
from datasynth.generation.kernels.sums.open_items import Items, add_item_lines, choose_partners, opening_days
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import numbered_by_partner, prefix_of
from datasynth.ledger.references import VENDOR_STYLES, own_kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from datasynth.generation.balances.wrong_sums import OpenDocument
    from datasynth.generation.journal_plan import JournalPlan


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
    frontiers, wrong = plan.cases.frontiers(position), _WrongItems(plan, position)
    items: list[OpenItem] = []
    passed = 0
    for kind in item_kinds(plan):
        low, high = frontiers[kind.postings[-1].series], frontiers[kind.opener]
        count = int((high - low).sum())
        every = count + wrong.count(kind)
        place = max(after - passed, 0)
        passed += every
        if company is not None and kind.company != company:
            continue
        while place < every:
            if len(items) >= limit:
                return items, passed - every + place
            if place < count:
                taken = min(count - place, limit - len(items))
                numbers = _numbers(low, high, place, taken)
                items += _open_items(plan, kind, frontiers, numbers, wrong.moved(kind, numbers))
            else:
                taken = min(every - place, limit - len(items))
                items += wrong.listed(kind, place - count, taken)
            place += taken
    return items, None


Moved = dict[int, tuple[int, int]]
"""What wrong documents post to items, by the number of the case; see `OpenItem.amount`."""


class _WrongItems:
    """Items that wrong documents opened which are not reversed yet, and what those post to other items."""

    def __init__(self, plan: JournalPlan, position: int) -> None:
        self._plan = plan
        self._documents = plan.cases.wrong.open_at(*plan.cases.series_ranks(position))

    def count(self, kind: ItemKind) -> int:
        """Return how many items of a kind wrong documents opened."""
        return self._documents.count(kind.opener)

    def listed(self, kind: ItemKind, first: int, count: int) -> list[OpenItem]:
        """Return `count` of them from the `first` on."""
        return [self._item(kind, document) for document in self._documents.listed(kind.opener, first, count)]

    def moved(self, kind: ItemKind, numbers: NDArray[np.int64]) -> Moved:
        """Return what wrong documents post to the items of some cases."""
        moved: Moved = {}
        for posted in kind.postings[1:]:
            for document in self._documents.of_cases(posted.series, numbers):
                amount, local = self._plan.cases.wrong.posted_to_item(document, posted.posting)
                before = moved.get(document.case, (0, 0))
                moved[document.case] = before[0] + posted.sign * amount, before[1] + posted.sign * local
        return moved

    def _numbers_it(self, kind: ItemKind) -> bool:
        item = self._plan.schedule_tables.items[kind.opener, kind.item_index]
        return bool(item.issuer == kind.opener and not item.order)

    def _item(self, kind: ItemKind, document: OpenDocument) -> OpenItem:
        plan, opening = self._plan, kind.postings[0]
        numbers = np.array([document.case], dtype=np.int64)
        partners = _partners(plan, kind.opener, numbers)
        if self._numbers_it(kind):
            number = wrong_number(document.series, document.case, plan.schedule_tables)
            (reference,) = _printed(plan, kind, np.array([number], dtype=np.int64), partners)
        else:
            (reference,) = _references(plan, kind, numbers, partners)
        amount, local = plan.cases.wrong.posted_to_item(document, opening.posting)
        partner, day = int(partners[0]), document.day + plan.schedule.horizon.first_day
        facts = _Facts(document.case, reference, partner, day, opening.sign * amount, opening.sign * local)
        return _listed(plan, kind, facts, WRONG)


class _Facts(NamedTuple):
    """What is known of an open item: case, reference, partner, day of opening, and amounts."""

    case: int
    reference: str
    partner: int
    day: int
    amount: int
    local_amount: int


def _listed(plan: JournalPlan, kind: ItemKind, facts: _Facts, version: int) -> OpenItem:
    """Return the open item; `version` is that of the document that opened it."""
    partner = facts.partner
    due = facts.day + (plan.partners.party(partner).payment_terms_days if partner >= 0 else 0)
    return OpenItem(
        company=kind.company,
        account=kind.account,
        partner=partner,
        document_id=_document_id(plan, kind.opener, facts.case, version),
        reference=facts.reference,
        posting_day=facts.day,
        due_day=due,
        currency=plan.vocabulary.currencies[plan.series[kind.opener].currency],
        amount=facts.amount,
        local_amount=facts.local_amount,
    )


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
    plan: JournalPlan,
    kind: ItemKind,
    frontiers: Mapping[int, NDArray[np.int64]],
    numbers: NDArray[np.int64],
    moved: Moved,
) -> list[OpenItem]:
    """Return the items of one kind of the cases with the given numbers, if wrong documents leave any."""
    items = _amounts(plan, kind, frontiers, numbers)
    partners = _partners(plan, kind.opener, numbers)
    listed = []
    for number, reference, partner, day, amount, local_amount in zip(
        numbers.tolist(),
        _references(plan, kind, numbers, partners),
        partners.tolist(),
        (items.day - LEAD_DAYS + plan.schedule.horizon.first_day).tolist(),
        items.amount.tolist(),
        items.local_amount.tolist(),
        strict=True,
    ):
        more, more_local = moved.get(number, (0, 0))
        facts = _Facts(number, reference, partner, day, amount + more, local_amount + more_local)
        if facts.amount:
            listed.append(_listed(plan, kind, facts, 0))
    return listed


def _references(
    plan: JournalPlan, kind: ItemKind, numbers: NDArray[np.int64], partners: NDArray[np.int64]
) -> list[str]:
    """Return how each case's item is printed."""
    tables, found = plan.schedule_tables, np.empty(len(numbers), dtype=np.int64)
    # The buyer's document opens an intercompany item, but the seller's has numbered it.
    item = tables.items[kind.opener, kind.item_index]
    number_items(int(item.issuer), int(item.order), numbers, tables, found)
    return _printed(plan, kind, found, partners)


def _printed(
    plan: JournalPlan, kind: ItemKind, found: NDArray[np.int64], partners: NDArray[np.int64]
) -> list[str]:
    """Return how items of some numbers of the company's own are printed."""
    if not numbered_by_partner(kind.key):
        text, digits = own_kind(prefix_of(kind.key))
        return [f"{text}{number:0{digits}}" for number in found.tolist()]
    styles, theirs = np.empty_like(found), np.empty_like(found)
    fill_vendor_numbers(plan.block_tables.styles, partners, found, styles, theirs)
    kinds = (VENDOR_STYLES[style] for style in styles.tolist())
    return [
        f"{text}{number:0{digits}}" for (text, digits), number in zip(kinds, theirs.tolist(), strict=True)
    ]


def _amounts(
    plan: JournalPlan, kind: ItemKind, frontiers: Mapping[int, NDArray[np.int64]], numbers: NDArray[np.int64]
) -> Items:
    """Add up the lines that the cases have posted to their items so far."""
    sums = plan.cases.sums
    items = Items(numbers, *(np.zeros(len(numbers), dtype=np.int64) for _ in range(3)))
    opening_days(numbers, sums.series[kind.opener], items.day)
    rates = sums.rates(kind.opener)
    for posted in kind.postings:
        frontier, series = frontiers[posted.series], sums.series[posted.series]
        add_item_lines(items, frontier, posted.posting, posted.sign, series, sums.lines, sums.amounts, rates)
    return items


def _partners(plan: JournalPlan, opener: int, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the partner of each case (n,), or -1."""
    series = plan.series[opener]
    partners = np.full(len(numbers), -1, dtype=np.int64)
    if series.partner_pool >= 0:
        choice = plan.partners.tables[series.partner_pool]
        choose_partners(numbers, series.key, int(series.first_partner), choice, partners)
    return partners


def _document_id(plan: JournalPlan, series: int, number: int, version: int) -> str:
    """Return the UUID of a version of a series' document."""
    key = identity_of_version(series, number, version)
    with np.errstate(over="ignore"):
        high = int(uuid_high(plan.block_tables.id_key, np.uint64(key)))
        low = int(uuid_low(plan.block_tables.id_key, np.uint64(key)))
    return str(uuid.UUID(int=(high << 64) | low))
