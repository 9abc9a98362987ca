"""What has to happen at the ends of months, quarters and years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.checks.year_ends import month_ends
from datasynth.evaluation.gates import MANY, Gate, count_of_faults, no_faults, not_judged, only_from
from datasynth.evaluation.pools import in_pools
from datasynth.evaluation.sums import sums_by
from datasynth.ledger.calendars import FiscalCalendar, month_end, to_date, to_day

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset

FEWEST_ENTRIES = 400
"""Entries of a company in a month from which its close has to be whole; smaller ones are shrunk."""

ALLOCATION_LINES = (30, 80)
ACCRUALS = ("SB", "XC")
RELEASES = ("SU", "XR")


@dataclass(frozen=True, slots=True)
class Months:
    """The months that end inside the data, of every company.

    Attributes
    ----------
    ends : (k,) int64
        Last day of each. [days since 1970-01-01]
    place : (n,) int64
        Month of each entry; k where it ends outside.
    companies
        How many are configured.
    judged : (companies, k) bool
        Whether a company has enough entries for a whole close.
    """

    ends: NDArray[np.int64]
    place: NDArray[np.int64]
    companies: int
    judged: NDArray[np.bool_]

    def count(self, data: Dataset, entries: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count entries by company and month, of shape (companies, k)."""
        width = self.ends.size + 1
        company = data.entries.company_code
        counted = entries & (company >= 0) & (company < self.companies)
        cells = company[counted].astype(np.int64) * width + self.place[counted]
        found = np.bincount(cells, minlength=self.companies * width)
        return found.reshape(self.companies, width)[:, :-1]


def months_of(data: Dataset, config: Config) -> Months:
    """Sort the entries into the months that end inside the data."""
    ends = np.array(month_ends(config), dtype=np.int64)
    place = np.searchsorted(ends, data.entries.posting_date)
    months = Months(ends, place, len(config.companies), np.zeros((0, 0), dtype=np.bool_))
    enough = months.count(data, ~data.called_for) >= FEWEST_ENTRIES
    return Months(ends, place, len(config.companies), enough)


def check_closes(data: Dataset, config: Config) -> list[Gate]:
    """Judge each close of each company, by what has to be in it."""
    months = months_of(data, config)
    lines = data.line_counts
    allocations = data.of_type("CO")
    expense = data.accounts.of_type("expense")
    astray = allocations & (data.per_entry(~expense[data.lines.account]) > 0)
    size = allocations & ((lines < ALLOCATION_LINES[0]) | (lines > ALLOCATION_LINES[1]))
    control = data.per_entry(data.accounts.control[data.lines.account]) > 0
    gates = only_from(_held(data, config, months), data.count, MANY)
    gates += only_from(
        [no_faults("closes.allocation_lines", size, "allocations of fewer than 30 or more than 80 lines")],
        data.count,
        MANY,
    )
    return [
        *gates,
        no_faults("closes.allocations_net", astray, "allocations that reach beyond expense accounts"),
        no_faults(
            "closes.release_dates", _late(data), "accruals not reversed on the first day after their month"
        ),
        no_faults("closes.control", control & data.closing, "closing entries that post to a control account"),
    ]


def _held(data: Dataset, config: Config, months: Months) -> list[Gate]:
    """Judge that nothing that belongs to a close is left out."""
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    quarter = np.array([fiscal.ends_quarter(to_date(int(day))) for day in months.ends], dtype=np.bool_)
    year = np.array([fiscal.ends_year(to_date(int(day))) for day in months.ends], dtype=np.bool_)
    followed = np.ones(months.ends.size, dtype=np.bool_)
    followed[-1:] = bool(np.any(data.entries.posting_date > months.ends[-1])) if months.ends.size else False
    weights = config.business_processes
    released = np.zeros(data.count, dtype=np.bool_)
    released[_originals(data, "SU")] = True
    provided = data.of_type("SB") & (data.per_entry(_income_tax(data, config)[data.lines.account]) > 0)
    profit = _profits(data, months, fiscal)
    r2r = months.judged & bool(weights.r2r_weight)

    def gate(name: str, entries: NDArray[np.bool_], wanted: NDArray[np.bool_], note: str) -> Gate:
        cells = int(np.count_nonzero(wanted))
        if not cells:
            return not_judged(name, "no close of such a size")
        missing = int(np.count_nonzero(wanted & (months.count(data, entries) == 0)))
        return count_of_faults(name, missing, f"of {cells:,} closes, {note}")

    return [
        gate(
            "closes.depreciation",
            data.of_type("AF"),
            r2r & bool(weights.a2r_weight),
            "those without depreciation",
        ),
        gate("closes.accruals", data.of_type("SB"), r2r, "those without accruals"),
        gate("closes.releases", released, r2r & followed, "those without an accrual that is reversed"),
        gate("closes.allocations", data.of_type("CO"), r2r, "those without an allocation"),
        gate(
            "closes.tax_provision",
            provided,
            r2r & quarter & profit,
            "quarters with a profit and no provision for tax",
        ),
        gate("closes.result", data.of_type("CL"), r2r & year, "years whose result is not closed"),
        _carried(data, months, r2r & year & followed),
    ]


def _carried(data: Dataset, months: Months, wanted: NDArray[np.bool_]) -> Gate:
    name = "closes.carry_forward"
    cells = int(np.count_nonzero(wanted))
    if not cells:
        return not_judged(name, "no close of such a size")
    # It is posted on the day after the year's last, so in the month that follows.
    carried = data.of_type("CF")
    width = months.ends.size
    found = np.zeros((months.companies, width + 1), dtype=np.bool_)
    company = data.entries.company_code
    counted = carried & (company >= 0) & (company < months.companies)
    found[company[counted], months.place[counted]] = True
    missing = wanted & ~(found[:, :-1] | found[:, 1:])
    return count_of_faults(name, np.count_nonzero(missing), f"of {cells:,} closes, years not carried forward")


def _originals(data: Dataset, *kinds: str) -> NDArray[np.int64]:
    """Return the entries that reversals of some document types reverse."""
    original = data.original[data.of_type(*kinds)]
    return original[original >= 0]


def _late(data: Dataset) -> NDArray[np.bool_]:
    """Tell which releases are not dated the first day after the month of their accrual."""
    found = np.zeros(data.count, dtype=np.bool_)
    releases = np.flatnonzero(data.of_type(*RELEASES) & (data.original >= 0))
    original = data.original[releases]
    days, place = np.unique(data.entries.posting_date[original], return_inverse=True)
    due = np.array([to_day(month_end(to_date(int(day)))) + 1 for day in days], dtype=np.int64)
    found[releases] = (data.entries.posting_date[releases] != due[place]) | ~data.of_type(*ACCRUALS)[original]
    return found


def _income_tax(data: Dataset, config: Config) -> NDArray[np.bool_]:
    return in_pools(data, config, "income_tax")


def _profits(data: Dataset, months: Months, fiscal: FiscalCalendar) -> NDArray[np.bool_]:
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
