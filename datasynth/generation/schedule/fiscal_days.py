"""Days of the data set, as the fiscal calendar has them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.schedule.day_weights import is_period_end
from datasynth.ledger.calendars import FiscalCalendar

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.generation.schedule.day_weights import Horizon
    from datasynth.kernel import Records

FISCAL_DAY = np.dtype(
    [("year_start", np.int32), ("year", np.int16), ("period", np.int8), ("at_end", np.int8)]
)
"""A day of the data set.

year_start
    First day of its fiscal year within the data set. [days from the start]
year, period
    Fiscal year and period.
at_end
    1 on the last, busier days of a period; see `is_period_end`.
"""


def fiscal_days(config: Config, horizon: Horizon) -> Records:
    """Return a record of each day."""
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    dates = [horizon.start + timedelta(days=day) for day in range(horizon.days)]
    days: Records = np.empty(len(dates), dtype=FISCAL_DAY).view(np.recarray)
    days.year = [fiscal.year(when) for when in dates]
    days.period = [fiscal.period(when) for when in dates]
    days.at_end = [is_period_end(config.transactions.temporal, when) for when in dates]
    begins = np.concatenate([[True], days.year[1:] != days.year[:-1]])
    days.year_start = np.maximum.accumulate(np.where(begins, np.arange(len(dates)), 0))
    return days
