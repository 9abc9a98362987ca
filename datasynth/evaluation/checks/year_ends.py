"""Shape 9, at year ends: the result goes to retained earnings, all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.expected.days import horizon
from datasynth.evaluation.gates import Gate, count_of_faults, not_judged
from datasynth.evaluation.pools import in_pools
from datasynth.evaluation.sums import movements, table_of
from datasynth.ledger.calendars import FiscalCalendar, month_end, to_date, to_day

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset


def check_year_ends(data: Dataset, config: Config) -> list[Gate]:
    """Judge income, expense and retained earnings at each year end that a company has closed."""
    result = data.accounts.of_type("revenue", "expense")
    summary = in_pools(data, config, "income_summary")
    retained = in_pools(data, config, "retained_earnings")
    through = data.per_entry(summary[data.lines.account]) > 0
    local = data.lines.local_amount
    closing = np.where(through[data.entry], local, 0)
    table = data.balances
    # What has been neither closed nor carried: the year's result so far, and what is left on the accounts.
    standing = table_of(data, table.company, table.account, table.opening)
    earned = standing[:, result].sum(axis=1)
    held = left = moved = at = 0
    for day in year_ends(config):
        upto = int(np.searchsorted(data.entries.posting_date, day, side="right"))
        standing = standing + movements(data, local, at, upto)
        closed = movements(data, closing, at, upto)
        earned = earned + (movements(data, local, at, upto) - closed)[:, result].sum(axis=1)
        companies = closers(data, day, at, upto)
        open_accounts = result | summary
        held += companies.size
        left += int(np.count_nonzero(standing[companies][:, open_accounts]))
        moved += int(np.count_nonzero(closed[companies][:, retained].sum(axis=1) != earned[companies]))
        earned[companies] = 0
        at = upto
    if not held:
        why = "no year is closed in the data"
        return [not_judged("ties.result_zero", why), not_judged("ties.retained", why)]
    return [
        count_of_faults(
            "ties.result_zero", left, f"accounts of the result that are not nil after one of {held} year ends"
        ),
        count_of_faults(
            "ties.retained", moved, f"of {held} year ends, retained earnings not moved by the result"
        ),
    ]


def year_ends(config: Config) -> list[int]:
    """Return the last days of the fiscal years that end inside the data. [days since 1970-01-01]"""
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    return [day for day in month_ends(config) if fiscal.ends_year(to_date(day))]


def month_ends(config: Config) -> list[int]:
    """Return the last days of the months that end inside the data. [days since 1970-01-01]"""
    start, end = horizon(config)
    found = []
    day = to_day(month_end(to_date(start)))
    while day < end:
        found.append(day)
        day = to_day(month_end(to_date(day + 1)))
    return found


def closers(data: Dataset, day: int, first: int, last: int) -> NDArray[np.int32]:
    """Return the companies that close their year on a day, looked for among some entries."""
    part = slice(first, last)
    closing = data.of_type("CL")[part] & (data.entries.posting_date[part] == day)
    companies = np.unique(data.entries.company_code[part][closing])
    return companies[companies >= 0]
