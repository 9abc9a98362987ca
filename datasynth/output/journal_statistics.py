"""Figures of a journal up to a position, for people to look at: days, types, digits, accounts."""

from __future__ import annotations

import math
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from datasynth.encoding.tables import amount_text
from datasynth.ledger.currencies import decimals
from datasynth.ledger.exchange import minor_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.block import Block
    from datasynth.generation.journal import Balances
    from datasynth.ledger.chart import Chart

SAMPLE_RUNS = 64
"""Runs of entries, evenly spread, that first digits are counted in."""

RUN_ENTRIES = 256
"""Entries of a run; a single entry costs as much as some hundred in a row."""

BUSIEST = 10
"""Accounts that are listed as the busiest."""

_DIGITS = range(1, 10)
_POWERS = 10 ** np.arange(19, dtype=np.int64)
_SHARE_PLACES = 4


class EntriesOfPeriod(TypedDict):
    """Entries of a day, or of a month, which its first day names."""

    posting_date: str
    entries: int


class EntriesOfType(TypedDict):
    """Entries of a document type."""

    document_type: str
    entries: int


class FirstDigits(TypedDict):
    """How many sampled entries have a total that begins with each of the digits 1 … 9.

    `entries` is the size of the sample, and `benford` has the shares by Benford's law.
    """

    entries: int
    counts: list[int]
    benford: list[float]


class BusyAccount(TypedDict):
    """Turnovers of an account since the start of the data set, in the currency of its company."""

    company_code: str
    account: str
    account_name: str
    currency: str
    debit: str
    credit: str


def period_counts(first: date, counts: NDArray[np.int64], *, by_month: bool) -> list[EntriesOfPeriod]:
    """List the entries of each day up to the last one that has any, or of each month.

    Parameters
    ----------
    first
        Day of the first count.
    counts : (days,) int64
        Entries of each day.  Days between without entries are listed too.
    """
    busy = np.flatnonzero(counts)
    day = first.toordinal()
    listed = counts[: busy[-1] + 1].tolist() if busy.size else []
    days = ((date.fromordinal(day + place), count) for place, count in enumerate(listed))
    if by_month:
        months = groupby(days, key=lambda one: one[0].replace(day=1))
        days = ((month, sum(count for _, count in inside)) for month, inside in months)
    return [{"posting_date": day.isoformat(), "entries": count} for day, count in days]


def type_counts(counts: Mapping[str, int]) -> list[EntriesOfType]:
    """List the entries of each document type, the most frequent first, then by code."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [{"document_type": document_type, "entries": count} for document_type, count in ordered]


def sample_runs(position: int) -> Iterator[tuple[int, int]]:
    """Yield first entry and number of entries of each run of the sample before a position.

    The runs are spread evenly from the first entry to the last.  Where there are no more
    entries than the sample may have, which are 16,384, it is all of them.
    """
    if position <= SAMPLE_RUNS * RUN_ENTRIES:
        for first in range(0, position, RUN_ENTRIES):
            yield first, min(RUN_ENTRIES, position - first)
        return
    for run in range(SAMPLE_RUNS):
        yield run * (position - RUN_ENTRIES) // (SAMPLE_RUNS - 1), RUN_ENTRIES


def count_first_digits(sample: Iterable[Block]) -> FirstDigits:
    """Count the first digits of the totals of entries; a total is the sum of an entry's debits.

    It is in the currency of the document, and never nil.
    """
    counts = np.zeros(len(_DIGITS), dtype=np.int64)
    entries = 0
    for block in sample:
        totals = np.add.reduceat(block.debit, block.first_line[:-1])
        powers = _POWERS[np.searchsorted(_POWERS, totals, side="right") - 1]
        counts += np.bincount(totals // powers - 1, minlength=len(_DIGITS))
        entries += block.entries
    benford = [round(math.log10(1 + 1 / digit), _SHARE_PLACES) for digit in _DIGITS]
    return {"entries": entries, "counts": counts.tolist(), "benford": benford}


def busiest_accounts(balances: Balances, chart: Chart, config: Config) -> list[BusyAccount]:
    """List the accounts with the largest turnovers, debits and credits together, of all companies.

    Turnovers in different currencies are compared at the approximate values that the
    ledger knows of currencies; equal ones keep the order of companies and accounts.
    """
    per_dollar = np.array([[float(minor_units(company.currency))] for company in config.companies])
    turnover = (balances.debit + balances.credit) / per_dollar
    largest = np.argsort(-turnover, axis=None, kind="stable")[:BUSIEST]
    found: list[BusyAccount] = []
    for index, at in zip(*np.unravel_index(largest, turnover.shape), strict=True):
        if turnover[index, at] > 0:
            company, account = config.companies[index], chart.accounts[at]
            debit, credit = (
                amount_text(int(sums[index, at]), decimals(company.currency))
                for sums in (balances.debit, balances.credit)
            )
            found.append(
                {
                    "company_code": company.code,
                    "account": account.code,
                    "account_name": account.name,
                    "currency": company.currency,
                    "debit": debit,
                    "credit": credit,
                }
            )
    return found
