"""A year of invoices whose outcomes are random, made as columns: what tells and gaps are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from datasynth.evaluation.dataset import (
    NEVER,
    NO_NUMBER,
    Accounts,
    BalanceTable,
    Dataset,
    DatasetEntries,
    DatasetLines,
    Flaws,
    Parties,
    Users,
)
from datasynth.evaluation.keys import groups, key_of, mix
from datasynth.evaluation.vocabulary import WordLists
from datasynth.ledger.calendars import to_day
from tests.evaluation.shapes import DAY_SECONDS, DAYS, START, no_items

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Column = NDArray[Any]
    Plant = Callable[["Drawn", "Chances"], "Drawn"]

INVOICES = 8_000
PARTNERS = 120
USERS = 24
TYPES = ("RV", "RE", "DZ", "KZ", "DG", "KG", "AB")
CUSTOMER, VENDOR = 0, 1
PAYMENT, CREDIT, REVERSAL = 2, 4, 6
"""Types follow these for customers; those for vendors are the next but for reversals."""


class Chances:
    """Columns of random numbers, each call's others than the last's; all follow from a seed."""

    def __init__(self, seed: int) -> None:
        self._salt = np.uint64(seed << 40)

    def bits(self, size: int) -> Column:
        """Whole numbers of 64 bits."""
        self._salt += np.uint64(1 << 24)
        return mix(mix(np.arange(size, dtype=np.uint64) + self._salt))

    def uniform(self, size: int) -> Column:
        """Numbers above nought and below one."""
        return ((self.bits(size) >> np.uint64(12)).astype(np.float64) + 0.5) / 2.0**52

    def below(self, bound: int, size: int) -> Column:
        """Whole numbers from 0 up to a bound."""
        return (self.uniform(size) * bound).astype(np.int64)

    def order(self, size: int) -> Column:
        """Places in an order as likely as any."""
        return np.argsort(self.bits(size), kind="stable")

    def normal(self, size: int) -> Column:
        """Standard normal numbers, by Box and Muller."""
        one, other = self.uniform(size), self.uniform(size)
        return np.sqrt(-2.0 * np.log(one)) * np.cos(2.0 * np.pi * other)


class Drawn(NamedTuple):
    """Invoices in the order of the stream, each column of shape ``(INVOICES,)``."""

    side: Column
    company: Column
    day: Column
    number: Column
    place: Column
    partner: Column
    user: Column
    amount: Column
    reversed_: Column
    credited: Column
    parts: Column
    days: Column


def drawn_invoices(chance: Chances) -> Drawn:
    """Draw invoices; partners have habits and terms, months are not alike, and nothing else tells."""
    day = np.sort(chance.below(DAYS - 6, INVOICES))
    side = chance.below(2, INVOICES)
    company = chance.below(2, INVOICES)
    busy = np.cumsum(1.0 / (1 + chance.order(PARTNERS)))
    partner = np.searchsorted(busy / busy[-1], chance.uniform(INVOICES)) + PARTNERS * side
    # A gamma distribution of shape two and mean one, and a season.
    habits = -0.5 * np.log(chance.uniform(2 * PARTNERS) * chance.uniform(2 * PARTNERS))
    habit = habits[partner] * (1.0 + 0.5 * np.sin(day / 30.0))
    terms = np.array([14, 30, 45])[chance.below(3, 2 * PARTNERS)][partner]
    pace = 1.0 + chance.below(60, 2 * PARTNERS)[partner]
    order, starts = groups(key_of(company, np.where(side == VENDOR, partner, -1)))
    others = np.maximum(pace + np.sqrt(pace) * chance.normal(INVOICES), 0.0).astype(np.int64)
    steps = np.where(side == VENDOR, 1 + others, 1)[order]
    number = np.empty(INVOICES, dtype=np.int64)
    sizes = np.diff(np.append(starts, INVOICES))
    before = np.cumsum(steps)
    begin = 1 + chance.below(9_999, starts.size) - before[starts]
    number[order] = before + np.repeat(begin, sizes)
    place = np.empty(INVOICES)
    alike, begins = groups(key_of(side, company, day))
    lengths = np.diff(np.append(begins, INVOICES))
    within = np.arange(INVOICES) - np.repeat(begins, lengths)
    place[alike] = (within + 0.5) / np.repeat(lengths, lengths)
    return Drawn(
        side=side,
        company=company,
        day=day,
        number=number,
        place=place,
        partner=partner,
        user=chance.below(USERS, INVOICES),
        amount=np.maximum((100 * np.exp(6.0 + 2.0 * chance.normal(INVOICES))).astype(np.int64), 20),
        reversed_=chance.uniform(INVOICES) < 0.03 * habit,
        credited=chance.uniform(INVOICES) < 0.03 * habit,
        parts=1 + (chance.uniform(INVOICES) < 0.06 * habit),
        days=terms + chance.below(25, INVOICES) - 5 + (day % 7 == 0),
    )


def invoiced(seed: int, plant: Plant | None = None) -> Dataset:
    """The year as a data set, with or without a fault."""
    chance = Chances(seed)
    drawn = drawn_invoices(chance)
    if plant:
        drawn = plant(drawn, chance)
    return _posted(drawn, chance)


class _Events(NamedTuple):
    """Documents, a row each: the invoice, the type, the day, and what it posts. [minor units]"""

    invoice: Column
    kind: Column
    day: Column
    amount: Column


def _events(drawn: Drawn) -> _Events:
    """List invoices and what becomes of them; what is posted later than the year is left out."""
    every = np.arange(INVOICES)
    kept = ~drawn.reversed_
    credit = np.where(drawn.credited, drawn.amount // 10, 0)
    left = drawn.amount - credit
    first = np.where(drawn.parts > 1, left // 2, 0)
    again, lowered, split = (
        np.flatnonzero(one) for one in (drawn.reversed_, kept & drawn.credited, kept & (drawn.parts > 1))
    )
    last = np.flatnonzero(kept)
    side = drawn.side
    rows = [
        (every, side, drawn.day, drawn.amount),
        (again, np.full(again.size, REVERSAL), drawn.day[again] + 3, drawn.amount[again]),
        (lowered, CREDIT + side[lowered], drawn.day[lowered] + 5, credit[lowered]),
        (split, PAYMENT + side[split], drawn.day[split] + 7, first[split]),
        (last, PAYMENT + side[last], drawn.day[last] + drawn.days[last], (left - first)[last]),
    ]
    events = _Events(*(np.concatenate(columns) for columns in zip(*rows, strict=True)))
    order = np.lexsort((events.invoice, events.day))
    order = order[events.day[order] < DAYS]
    return _Events(*(column[order] for column in events))


def _posted(drawn: Drawn, chance: Chances) -> Dataset:
    events = _events(drawn)
    count, of = events.kind.size, events.invoice
    side = drawn.side[of]
    ids = chance.bits(count)
    opening = np.empty(INVOICES, dtype=np.uint64)
    opening[of[events.kind <= VENDOR]] = ids[events.kind <= VENDOR]
    numbers, starts = groups(key_of(drawn.company[of], events.kind))
    document_number = np.empty(count, dtype=np.int64)
    lengths = np.diff(np.append(starts, count))
    document_number[numbers] = np.arange(count) - np.repeat(starts, lengths) + 1
    text = key_of(np.where(side == VENDOR, drawn.partner[of], -1), drawn.number[of])
    stem = np.where(side == VENDOR, 1 + drawn.partner[of] % 3, 0).astype(np.int32)
    posted = to_day(START) + events.day
    entries = DatasetEntries(
        sequence=np.arange(count),
        document_id=ids,
        document_number=document_number,
        company_code=drawn.company[of].astype(np.int32),
        fiscal_year=np.full(count, 2024),
        fiscal_period=np.ones(count, dtype=np.int64),
        posting_date=posted,
        document_date=posted,
        created_at=posted * DAY_SECONDS + np.sort(chance.below(DAY_SECONDS, count)),
        document_type=events.kind.astype(np.int32),
        currency=np.zeros(count, dtype=np.int32),
        exchange_rate=np.zeros(count, dtype=np.int32),
        reference=text,
        header_text=np.zeros(count, dtype=np.int32),
        created_by=drawn.user[of].astype(np.int32),
        approved_by=np.full(count, -1, dtype=np.int32),
        approved_at=np.full(count, NEVER),
        source=np.zeros(count, dtype=np.int32),
        business_process=np.zeros(count, dtype=np.int32),
        pattern=np.full(count, -1, dtype=np.int32),
        reversal_of=np.where(events.kind == REVERSAL, opening[of], np.uint64(0)),
        id_ending=(ids & np.uint64(0xFFFFFFFF)).astype(np.int64),
        reference_stem=stem,
        reference_number=drawn.number[of],
        batch_number=np.full(count, NO_NUMBER),
    )
    return _dataset(entries, _lines(drawn, events, text, stem))


def _first_lines(column: Column, other: Any) -> Column:
    """A column of entries on the first of their two lines; the second has something else."""
    return np.stack([column, np.full_like(column, other)], axis=1).ravel()


def _lines(drawn: Drawn, events: _Events, text: Column, stem: Column) -> DatasetLines:
    """Two lines an entry: the partner's account, and another one for the same amount."""
    count = events.kind.size
    side = drawn.side[events.invoice]
    # Customers owe what is invoiced, and vendors are owed it; whatever follows is the other way round.
    debits = (side == CUSTOMER) == (events.kind <= VENDOR)
    signed = np.where(debits, events.amount, -events.amount)
    amount = np.stack([signed, -signed], axis=1).ravel()
    first = np.tile([True, False], count)
    return DatasetLines(
        line_number=np.where(first, 1, 2),
        account=np.where(first, 0, 1).astype(np.int32),
        debit=np.maximum(amount, 0),
        credit=np.maximum(-amount, 0),
        local_amount=amount,
        partner_type=_first_lines(side, -1).astype(np.int32),
        partner_id=_first_lines(drawn.partner[events.invoice], -1).astype(np.int32),
        trading_partner=np.full(2 * count, -1, dtype=np.int32),
        tax_code=np.full(2 * count, -1, dtype=np.int32),
        tax_amount=np.zeros(2 * count, dtype=np.int64),
        assignment=_first_lines(text, np.uint64(0)),
        assignment_stem=_first_lines(stem, -1).astype(np.int32),
        assignment_number=_first_lines(drawn.number[events.invoice], NO_NUMBER),
    )


def _dataset(entries: DatasetEntries, lines: DatasetLines) -> Dataset:
    codes, none = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)
    partners = tuple(f"{'CV'[code // PARTNERS]}{code % PARTNERS:05d}" for code in range(2 * PARTNERS))
    stems = ("INV-##########", "RE ", "2024/", "")
    words = {
        "companies": ("1000", "2000"),
        "document_types": TYPES,
        "currencies": ("USD",),
        "rates": ("1.000000",),
        "texts": ("Text",),
        "users": tuple(f"clerk.{number:02d}.1000" for number in range(USERS)),
        "sources": ("automated",),
        "processes": ("O2C",),
        "patterns": (),
        "accounts": ("1100", "4000"),
        "partner_types": ("customer", "vendor"),
        "partners": partners,
        "tax_codes": (),
        "reference_stems": stems,
        "assignment_stems": stems,
    }
    known = np.array([True, True, False])
    return Dataset(
        entries=entries,
        lines=lines,
        first_line=2 * np.arange(entries.sequence.size + 1),
        vocabulary=WordLists(words),
        accounts=Accounts(known, known, np.array([True, False, False]), ("asset", "revenue", "")),
        parties=Parties(np.ones(1, dtype=np.bool_), codes),
        users=Users(np.ones(1, dtype=np.bool_), none),
        balances=BalanceTable(codes, codes, none, none, none, none),
        open_at_start=no_items(),
        open_at_end=no_items(),
        flaws=Flaws(),
    )
