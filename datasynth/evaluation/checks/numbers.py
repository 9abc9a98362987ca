"""Shape 9, formally: document numbers without gaps, fiscal years and periods from dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.expected.days import horizon
from datasynth.evaluation.gates import Gate, no_faults
from datasynth.evaluation.mixing import groups, key_of
from datasynth.ledger.calendars import MONTHS, FiscalCalendar, month_end, to_date, to_day

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset

LAST_SPECIAL = 16


def check_numbers(data: Dataset, config: Config) -> list[Gate]:
    """Judge numbers, years and periods."""
    year, period, last = _fiscal(data, config)
    entries = data.entries
    special = (entries.fiscal_period > MONTHS) & (entries.fiscal_period <= LAST_SPECIAL)
    right = (entries.fiscal_period == period) | (special & (last | data.called_for))
    return [
        no_faults("numbers.gapless", _gaps(data, config), "entries whose number is not the next of its kind"),
        no_faults(
            "numbers.year", entries.fiscal_year != year, "entries of another fiscal year than their date's"
        ),
        no_faults(
            "numbers.period",
            ~right,
            "entries of another period than their date's, or of 13 to 16 on other days",
        ),
    ]


def _gaps(data: Dataset, config: Config) -> NDArray[np.bool_]:
    """Tell which entries do not count on from the last of their company, year and type.

    A year that begins inside the data counts from 1.
    """
    entries = data.entries
    order, starts = groups(key_of(entries.company_code, entries.fiscal_year, entries.document_type))
    number = entries.document_number[order]
    wrong = np.ones(number.size, dtype=np.bool_)
    wrong[1:] = number[1:] != number[:-1] + 1
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    first_year = fiscal.year(to_date(horizon(config)[0]))
    begins_inside = entries.fiscal_year[order][starts] != first_year
    first = number[starts]
    wrong[starts] = np.where(begins_inside, first != 1, first < 1)
    found = np.zeros(data.count, dtype=np.bool_)
    found[order] = wrong
    return found


def _fiscal(data: Dataset, config: Config) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return each entry's fiscal year and period, and whether it is posted on a year's last day."""
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    days, place = np.unique(data.entries.posting_date, return_inverse=True)
    dates = [to_date(int(day)) if _has_date(int(day)) else None for day in days]
    year = np.array([fiscal.year(when) if when else -1 for when in dates])
    period = np.array([fiscal.period(when) if when else -1 for when in dates])
    last = np.array(
        [
            when is not None and fiscal.ends_year(when) and to_day(month_end(when)) == to_day(when)
            for when in dates
        ]
    )
    return year[place], period[place], last[place]


def _has_date(day: int) -> bool:
    return 0 <= day < 1_000_000  # noqa: PLR2004  # beyond the year 4700 something else is wrong
