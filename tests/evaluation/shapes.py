"""A year of sixty thousand entries with all the shapes of a ledger, made as columns; its books do not tie."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from datasynth.config import config_from_mapping
from datasynth.evaluation.dataset import (
    NEVER,
    NO_NUMBER,
    NO_PRINT,
    Accounts,
    BalanceTable,
    Dataset,
    DatasetEntries,
    DatasetLines,
    Flaws,
    OpenItems,
    Parties,
    Users,
)
from datasynth.evaluation.keys import mix
from datasynth.evaluation.vocabulary import WordLists
from datasynth.ledger.calendars import WorkCalendar, month_end, to_day
from datasynth.ledger.chart import chart_of
from datasynth.ledger.industries import industry
from datasynth.ledger.line_counts import EQUAL_OF_EVEN, MORE_CREDITS, expected_line_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config

ENTRIES = 60_000
START = date(2024, 1, 1)
DAYS = 366
CHART = chart_of("medium")
TYPES = (
    *("RV", "DZ", "WE", "RE", "KR", "KZ", "SA", "HR", "ZP", "AA", "ZB"),
    *("BV", "DR", "KK", "WA", "DG", "ST", "ZT", "SR", "RK", "DL", "ZL"),
)
CLOSING = ("AB", "AF", "SB", "SU", "CO", "CL")
SOURCES = ("manual", "automated", "recurring", "adjustment", "reversal")
PROCESSES = ("O2C", "P2P", "R2R", "H2R", "A2R", "TRE", "TAX", "IC")
REVERSED = 0.02 / 1.02
DISPERSION = 0.04
FOREIGN = 0.035
DAY_SECONDS = 86_400


def good_config(**transactions: Any) -> Config:
    """The defaults, for so many entries."""
    return config_from_mapping({"transactions": {"target_count": ENTRIES, **transactions}})


def chances(salt: int, size: int = ENTRIES) -> NDArray[np.float64]:
    """Numbers between nought and one, the same for the same salt."""
    return mix(np.arange(size, dtype=np.uint64) + np.uint64(salt << 32)) / 2.0**64


def dealt(shares: Sequence[float] | NDArray[np.float64], salt: int, size: int = ENTRIES) -> NDArray[np.int64]:
    """Places in a list of shares, each as often as its share says, in no order."""
    ends = np.round(np.cumsum(shares) / np.sum(shares) * size).astype(np.int64)
    places = np.searchsorted(ends, np.arange(size), side="right")
    return places[np.argsort(chances(salt, size), kind="stable")]


def day_weights() -> NDArray[np.float64]:
    """How busy the days of 2024 are by default, day by day and without any cleverness."""
    calendar = WorkCalendar.of("US", 2024, 2024)
    weights = []
    for number in range(DAYS):
        when = START + timedelta(days=number)
        if when in calendar.legal:
            weight = 1.05 * 0.05
        elif when.weekday() >= 5:
            weight = 1.05 * 0.1
        else:
            weight = (1.3, 1.1, 1.0, 1.0, 0.85)[when.weekday()]
        weight *= industry("manufacturing").season[when.month - 1]
        if when.day > month_end(when).day - 5:
            weight *= 4.0 if when.month == 12 else 3.0 if when.month % 3 == 0 else 2.5
        weights.append(weight)
    return np.array(weights)


def posted_days(weights: NDArray[np.float64], dispersion: float | None) -> NDArray[np.int64]:
    """Days of all entries, in order: each falls on any day by its weight, and days stray."""
    if dispersion is None:
        return to_day(START) + np.sort(dealt(weights, 10))
    deviates = [NormalDist().inv_cdf(float(chance)) for chance in chances(15, DAYS)]
    strayed = np.cumsum(weights * np.maximum(1.0 + dispersion * np.array(deviates), 0.0))
    days = np.searchsorted(strayed / strayed[-1], chances(10), side="right")
    found: NDArray[np.int64] = to_day(START) + np.sort(days)
    return found


def line_table(max_lines: int = 100) -> dict[int, float]:
    """Shares of the numbers of lines."""
    counts, shares = expected_line_counts(max_lines, (), 0.0)
    return dict(zip(counts.tolist(), shares.tolist(), strict=True))


def line_counts(table: dict[int, float], equal_of_even: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lines of each entry, and how many of them are debits."""
    lines = np.array(list(table))[dealt(list(table.values()), 1)]
    equal = (lines == 2) | ((lines % 2 == 0) & (chances(2) < equal_of_even))
    few = 1 + (chances(3) * ((lines - 1) // 2)).astype(np.int64)
    few = np.minimum(few, np.maximum((lines - 1) // 2, 1))
    debits = np.where(equal, lines // 2, np.where(chances(4) < MORE_CREDITS, few, lines - few))
    return lines, debits


def totals(lines: NDArray[np.int64], deviation: float) -> NDArray[np.int64]:
    """Amounts of the entries; log-normal. [cents]"""
    normal = NormalDist(5.9, deviation)
    spread = np.array([normal.inv_cdf((place + 0.5) / ENTRIES) for place in range(ENTRIES)])
    cents = np.round(100 * np.exp(spread)).astype(np.int64)
    found: NDArray[np.int64] = np.maximum(cents[np.argsort(chances(5), kind="stable")], lines)
    return found


def seconds(by_hand: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Times of day: people from 8 to 18 with a break at noon, programs at night."""
    hours = np.array([8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19])
    day = hours[dealt([9, 13, 13, 13, 5, 12, 13, 12, 10, 8, 4], 6)]
    hour = np.where(by_hand, day, dealt(np.ones(6), 7))
    return hour * 3600 + (chances(8) * 3600).astype(np.int64)


def good_shapes(
    table: dict[int, float] | None = None,
    equal_of_even: float = EQUAL_OF_EVEN,
    deviation: float = 2.0,
    weights: NDArray[np.float64] | None = None,
    dispersion: float | None = DISPERSION,
) -> Dataset:
    """The whole set, or one that is off in lines, sides, amounts or days; None are days like clockwork."""
    counts, debits = line_counts(table or line_table(), equal_of_even)
    first_line = np.append(np.int64(0), np.cumsum(counts))
    entry = np.repeat(np.arange(ENTRIES), counts)
    within = np.arange(entry.size) - first_line[entry]
    debit_side = within < debits[entry]
    # What an entry is like follows from its template: few for short entries, many for long ones.
    choice = np.where(counts == 2, 40, np.where(counts < 10, 300, 500))
    template = (chances(9) ** 2 * choice).astype(np.int64) + 1_000 * counts + 100_000 * debits
    account = _accounts(template[entry], within)
    total = totals(counts, deviation)
    sides = np.where(debit_side, debits[entry], (counts - debits)[entry])
    place = np.where(debit_side, within, within - debits[entry])
    amount = total[entry] // sides + (place < total[entry] % sides)
    entries = _entries(template, posted_days(day_weights() if weights is None else weights, dispersion))
    data = Dataset(
        entries=entries,
        lines=DatasetLines(
            line_number=within + 1,
            account=account,
            debit=np.where(debit_side, amount, 0),
            credit=np.where(debit_side, 0, amount),
            local_amount=np.where(debit_side, amount, -amount),
            partner_type=_absent(entry.size),
            partner_id=_absent(entry.size),
            trading_partner=_absent(entry.size),
            tax_code=_absent(entry.size),
            tax_amount=np.zeros(entry.size, dtype=np.int64),
            assignment=np.zeros(entry.size, dtype=np.uint64),
            assignment_stem=_absent(entry.size),
            assignment_number=np.full(entry.size, NO_NUMBER),
        ),
        first_line=first_line,
        vocabulary=_vocabulary(),
        accounts=_chart(),
        parties=Parties(np.zeros(1, dtype=np.bool_), _absent(1)),
        users=Users(np.array([True, False]), np.zeros(2, dtype=np.int64)),
        balances=BalanceTable(*(np.zeros(0, dtype=np.int32),) * 2, *(np.zeros(0, dtype=np.int64),) * 4),
        open_at_start=no_items(),
        open_at_end=no_items(),
        flaws=Flaws(),
    )
    return _with_closes(data)


def _accounts(template: NDArray[np.int64], within: NDArray[np.int64]) -> NDArray[np.int32]:
    """Nine tenths of the lines on a tenth of the accounts; the same place of a template, the same account."""
    scattered = mix(template.astype(np.uint64) * np.uint64(1_000) + within.astype(np.uint64))
    busy = len(CHART.accounts) // 10
    seldom = len(CHART.accounts) - busy
    high, low = scattered >> np.uint64(32), scattered & np.uint64(0xFFFF)
    found = np.where(low < 59_000, high % np.uint64(busy), np.uint64(busy) + high % np.uint64(seldom))
    return found.astype(np.int32)


def _entries(template: NDArray[np.int64], posted: NDArray[np.int64]) -> DatasetEntries:
    reversing = dealt([REVERSED, 1 - REVERSED], 11) == 0
    reversing[:100] = False
    source = dealt(values_of(good_config().transactions.sources), 12).astype(np.int32)
    source[reversing] = SOURCES.index("reversal")
    ids = mix(np.arange(ENTRIES, dtype=np.uint64))
    foreign = dealt([FOREIGN, 1 - FOREIGN], 13) == 0
    *shares, _ = values_of(good_config().business_processes)
    kind = (mix(template.astype(np.uint64)) % np.uint64(len(TYPES))).astype(np.int32)
    kind[reversing] = len(TYPES)
    by_hand = (source == 0) | (source == 3)
    return DatasetEntries(
        sequence=np.arange(ENTRIES),
        document_id=ids,
        document_number=np.arange(ENTRIES),
        company_code=np.zeros(ENTRIES, dtype=np.int32),
        fiscal_year=np.full(ENTRIES, 2024),
        fiscal_period=np.ones(ENTRIES, dtype=np.int64),
        posting_date=posted,
        document_date=posted,
        created_at=posted * DAY_SECONDS + seconds(by_hand),
        document_type=kind,
        currency=foreign.astype(np.int32),
        exchange_rate=foreign.astype(np.int32),
        reference=np.zeros(ENTRIES, dtype=np.uint64),
        header_text=np.zeros(ENTRIES, dtype=np.int32),
        created_by=np.zeros(ENTRIES, dtype=np.int32),
        approved_by=_absent(ENTRIES),
        approved_at=np.full(ENTRIES, NEVER),
        source=source,
        business_process=dealt(shares, 14).astype(np.int32),
        pattern=_absent(ENTRIES),
        reversal_of=np.where(reversing, np.roll(ids, 100), np.uint64(NO_PRINT)),
        id_ending=(ids & np.uint64(0xFFFFFFFF)).astype(np.int64),
        reference_stem=_absent(ENTRIES),
        reference_number=np.full(ENTRIES, NO_NUMBER),
        batch_number=np.full(ENTRIES, NO_NUMBER),
    )


def _with_closes(data: Dataset) -> Dataset:
    """Let some entries of each month's last days be what a close consists of."""
    kind, reversal_of = data.entries.document_type.copy(), data.entries.reversal_of.copy()
    account = data.lines.account.copy()
    closing = {word: len(TYPES) + place for place, word in enumerate(CLOSING)}
    expense = np.flatnonzero(data.accounts.of_type("expense"))
    tax = CHART.pools["income_tax"][0]
    usual = np.isin(kind, range(len(TYPES)))
    for month in range(1, 13):
        last = to_day(month_end(date(2024, month, 1)))
        within = (data.entries.posting_date > last - 3) & (data.entries.posting_date <= last) & usual
        short = np.flatnonzero(within & (data.line_counts == 2))
        long = np.flatnonzero(within & (data.line_counts >= 30) & (data.line_counts <= 80))
        kind[short[0]], kind[long[0]] = closing["AF"], closing["CO"]
        kind[short[1:3]] = closing["SB"]
        if month == 12:
            kind[short[3]] = closing["CL"]
        if month % 3 == 0:
            account[data.first_line[short[2]]] = tax
        lines = slice(data.first_line[long[0]], data.first_line[long[0] + 1])
        account[lines] = expense[account[lines] % 20]
        if month < 12:
            release = np.flatnonzero((data.entries.posting_date == last + 1) & usual)[0]
            kind[release], reversal_of[release] = closing["SU"], data.entries.document_id[short[1]]
    return replace(
        data,
        entries=replace(data.entries, document_type=kind, reversal_of=reversal_of),
        lines=replace(data.lines, account=account),
    )


def values_of(settings: Any) -> list[float]:
    """Values of a frozen section, in order."""
    return [getattr(settings, name) for name in settings.__slots__]


def _vocabulary() -> WordLists:
    words = {
        "companies": ("1000",),
        "document_types": (*TYPES, *CLOSING),
        "currencies": ("USD", "EUR"),
        "rates": ("1.000000", "1.000001"),
        "texts": ("Text",),
        "users": ("user",),
        "sources": SOURCES,
        "processes": PROCESSES,
        "patterns": (),
        "accounts": tuple(one.code for one in CHART.accounts),
        "partner_types": (),
        "partners": (),
        "tax_codes": (),
        "reference_stems": (),
        "assignment_stems": (),
    }
    return WordLists(words)


def _chart() -> Accounts:
    known = np.append(np.ones(len(CHART.accounts), dtype=np.bool_), np.False_)
    control = np.array([*(bool(one.control) for one in CHART.accounts), False])
    return Accounts(known, known, control, (*(one.type for one in CHART.accounts), ""))


def no_items() -> OpenItems:
    """Nothing that is open."""
    codes, none = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)
    return OpenItems(codes, codes, codes, none.astype(np.uint64), none)


def _absent(size: int) -> NDArray[np.int32]:
    return np.full(size, -1, dtype=np.int32)
