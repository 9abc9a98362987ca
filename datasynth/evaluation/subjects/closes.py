"""What has to happen at the ends of months, quarters and years, and what triggers have inserted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.check import MANY, no_fault, no_faults, not_judged, only_from
from datasynth.evaluation.expected import horizon, month_ends
from datasynth.evaluation.pools import in_pools
from datasynth.evaluation.sums import sums_by
from datasynth.ledger.calendars import FiscalCalendar, month_end, to_date, to_day

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Ints, Truths
    from datasynth.evaluation.check import Check
    from datasynth.evaluation.dataset import Dataset

FEWEST_ENTRIES = 400
"""Entries of a company in a month from which its close has to be whole; smaller ones are shrunk."""

ALLOCATION_LINES = (30, 80)
ACCRUALS = ("SB", "XC")
RELEASES = ("SU", "XR")
PATTERNS = frozenset({"month_end", "quarter_end", "year_end"})
CALLED_FOR = ("XC", "XR", "XS", "XF")


@dataclass(frozen=True, slots=True)
class Months:
    """The months that end inside the data, of every configured company.

    Attributes
    ----------
    ends : (k,) int64
        Last day of each. [days since 1970-01-01]
    place : (n,) int64
        Month of each entry; k where it ends outside.
    """

    ends: Ints
    place: Ints
    companies: int

    def counts(self, data: Dataset, entries: Truths) -> Ints:
        """Count entries by company and month, of shape (companies, k + 1); the last is what ends outside."""
        width = self.ends.size + 1
        company = data.entries.company_code
        counted = entries & (company >= 0) & (company < self.companies)
        cells = company[counted].astype(np.int64) * width + self.place[counted]
        return np.bincount(cells, minlength=self.companies * width).reshape(self.companies, width)


def close_checks(data: Dataset, config: Config) -> list[Check]:
    """Check each close of each company, by what has to be in it."""
    lines = data.line_counts
    allocations = data.of_type("CO")
    expense = data.accounts.of_type("expense")
    astray = allocations & data.having(~expense[data.lines.account])
    low, high = ALLOCATION_LINES
    size = allocations & ((lines < low) | (lines > high))
    control = data.closing & data.having(data.accounts.control[data.lines.account])
    few_or_many = f"allocations of fewer than {low} or more than {high} lines"
    sizes = no_fault("closes.allocation_lines", size, few_or_many)
    return only_from(MANY, data.count, *_held(data, config), sizes) + no_faults(
        ("closes.allocations_net", astray, "allocations with accounts other than expense accounts"),
        ("closes.release_dates", _late(data), "accruals not reversed on the first day after their month"),
        ("closes.control", control, "closing entries that post to a control account"),
    )


def _held(data: Dataset, config: Config) -> list[Check]:
    """Check that nothing that belongs to a close is left out."""
    ends = np.array(month_ends(config), dtype=np.int64)
    months = Months(ends, np.searchsorted(ends, data.entries.posting_date), len(config.companies))
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    quarter = np.array([fiscal.ends_quarter(to_date(int(day))) for day in ends], dtype=np.bool_)
    year = np.array([fiscal.ends_year(to_date(int(day))) for day in ends], dtype=np.bool_)
    followed = np.ones(ends.size, dtype=np.bool_)
    followed[-1:] = bool(np.any(data.entries.posting_date > ends[-1])) if ends.size else False
    weights = config.business_processes
    # Of a company with enough entries, in a configuration that closes at all.
    whole = months.counts(data, ~data.called_for)[:, :-1] >= FEWEST_ENTRIES
    whole &= bool(weights.r2r_weight)
    depreciating = whole & bool(weights.a2r_weight)
    accruals, carried = data.of_type("SB"), data.of_type("CF")
    released = np.zeros(data.count, dtype=np.bool_)
    original = data.original[data.of_type("SU")]
    released[original[original >= 0]] = True
    income_tax = in_pools(data, config, "income_tax")
    provided = accruals & data.having(income_tax[data.lines.account])
    taxable = whole & quarter & _profits(data, months, fiscal)

    def close(name: str, entries: Truths, wanted: Truths, note: str, *, or_next: bool = False) -> Check:
        closes = int(np.count_nonzero(wanted))
        if not closes:
            return not_judged(name, "no close is large enough")
        there = months.counts(data, entries) > 0
        found = there[:, :-1] | (there[:, 1:] & or_next)
        return no_fault(name, np.count_nonzero(wanted & ~found), f"of {closes:,} closes, {note}")

    return [
        close("closes.depreciation", data.of_type("AF"), depreciating, "those without depreciation"),
        close("closes.accruals", accruals, whole, "those without accruals"),
        close("closes.releases", released, whole & followed, "those without a reversed accrual"),
        close("closes.allocations", data.of_type("CO"), whole, "those without an allocation"),
        close(
            "closes.tax_provision", provided, taxable, "quarters with a profit and without a tax provision"
        ),
        close("closes.result", data.of_type("CL"), whole & year, "years without a close of the result"),
        # It is posted on the day after the year's last, so in the month that follows.
        close(
            "closes.carry_forward",
            carried,
            whole & year & followed,
            "years without a carry-forward",
            or_next=True,
        ),
    ]


def _late(data: Dataset) -> Truths:
    """Tell which releases are not dated the first day after the month of their accrual."""
    found = np.zeros(data.count, dtype=np.bool_)
    releases = np.flatnonzero(data.of_type(*RELEASES) & (data.original >= 0))
    original = data.original[releases]
    days, place = np.unique(data.entries.posting_date[original], return_inverse=True)
    due = np.array([to_day(month_end(to_date(int(day)))) + 1 for day in days], dtype=np.int64)
    found[releases] = (data.entries.posting_date[releases] != due[place]) | ~data.of_type(*ACCRUALS)[original]
    return found


def _profits(data: Dataset, months: Months, fiscal: FiscalCalendar) -> Truths:
    """Tell which company has had a profit, in the quarter and in the year so far, at each month's end."""
    width = months.ends.size + 1
    result = data.accounts.of_type("revenue", "expense")
    judged = result[data.lines.account] & ~data.of_type("CL", "XS")[data.entry]
    place = np.flatnonzero(judged)
    entry = data.entry[place]
    company = np.minimum(data.entries.company_code[entry] % (months.companies + 1), months.companies)
    cells = company.astype(np.int64) * width + months.place[entry]
    summed = sums_by(cells, -data.lines.local_amount[place], (months.companies + 1) * width)
    monthly = summed.reshape(-1, width)[: months.companies, :-1]
    profit = np.zeros(monthly.shape, dtype=np.bool_)
    for at, day in enumerate(months.ends):
        period = fiscal.period(to_date(int(day)))
        quarter = monthly[:, max(at - (period - 1) % 3, 0) : at + 1].sum(axis=1)
        year = monthly[:, max(at - (period - 1), 0) : at + 1].sum(axis=1)
        profit[:, at] = (quarter > 0) & (year > 0)
    return profit


def trigger_checks(data: Dataset, config: Config) -> list[Check]:
    """Check the packages of triggers: what they say about themselves, and that accruals go back."""
    called = data.called_for
    if not called.any():
        why = "the data has no trigger"
        return [not_judged(f"triggers.{name}", why) for name in ("patterns", "types", "releases")]
    known = data.vocabulary.table("patterns", PATTERNS.__contains__)
    mistyped = (called & ~data.of_type(*CALLED_FOR)) | (data.of_type("XC", "XR") & ~called)
    return [
        no_fault("triggers.patterns", called & ~known[data.entries.pattern], "entries of unknown patterns"),
        no_fault(
            "triggers.types",
            mistyped,
            "entries of triggers with another document type, or other entries with such a type",
        ),
        _releases(data, config),
    ]


def _releases(data: Dataset, config: Config) -> Check:
    """Check that the accruals of each package are reversed, where the next period is in the data."""
    _, end = horizon(config)
    called = data.of_type("XC") & data.called_for
    original = data.original[data.of_type("XR")]
    released = set(data.entries.posting_date[original[original >= 0]].tolist())
    days = [int(day) for day in np.unique(data.entries.posting_date[called])]
    due = [day for day in days if to_day(month_end(to_date(day))) + 1 < end]
    missing = sum(day not in released for day in due)
    note = f"of {len(due)} days with triggers, those without a reversed accrual"
    return no_fault("triggers.releases", missing, note)
