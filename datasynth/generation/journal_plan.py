"""The journal plan that a journal stands on: all that its kernels read, worked out once.

Everything here depends on the configuration alone; triggers change none of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.balances.case_balances import CaseBalances, merge_key
from datasynth.generation.balances.day_balances import DayBalances
from datasynth.generation.balances.exposures import Exposures
from datasynth.generation.build_context import ALONE
from datasynth.generation.closes.calendar import ClosingCalendar, closing_days, hold_closes
from datasynth.generation.closes.entries import most_rows
from datasynth.generation.closes.opening_balances import cash_accounts, opening_balances
from datasynth.generation.draws import make_key
from datasynth.generation.kernels.counts import LEAD_DAYS
from datasynth.generation.kernels.headers import SEGMENT_BITS
from datasynth.generation.parties.directory import Directory
from datasynth.generation.parties.partners import Partners
from datasynth.generation.profiles.document_profiles import (
    TAX_CODES,
    DocumentProfiles,
    make_document_profiles,
)
from datasynth.generation.profiles.entry_sources import fit_sources
from datasynth.generation.profiles.vocabulary import make_vocabulary
from datasynth.generation.rates import RateTable, make_rates
from datasynth.generation.schedule.day_weights import is_period_end
from datasynth.generation.schedule.scheduling import Schedule, make_schedule
from datasynth.generation.schedule.series_links import currency_pairs
from datasynth.generation.series_table import SeriesTable, make_series_table
from datasynth.generation.templates.template_lines import TemplateLines, make_template_lines
from datasynth.ledger.calendars import FiscalCalendar
from datasynth.ledger.chart import Chart, chart_of
from datasynth.ledger.closes import ON_DEMAND_TYPES
from datasynth.ledger.exchange import local_limits
from datasynth.ledger.processes import SOURCES, DayPart
from datasynth.ledger.roles import PERSONAS, ROLES, approvers, role_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.block import Vocabulary
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.templates.document_lines import DocumentLines

# When documents are entered, by day part: hours, and how busy the stretch up to the
# next of them is.  People work 8 to 18 with a dip at lunch; batch jobs run at night.
_DAY_HOURS = (
    *((7.0, 1), (8.0, 6), (9.0, 10), (12.0, 4), (13.0, 7)),
    *((14.0, 10), (17.0, 7), (18.0, 1), (19.0, 0)),
)
_HOURS = {
    DayPart.NIGHT: ((0.5, 2), (1.5, 3), (3.0, 4), (4.0, 2), (5.5, 0)),
    DayPart.DAY: _DAY_HOURS,
    DayPart.EVENING: ((20.5, 3), (21.0, 4), (21.75, 0)),
    DayPart.CLOSE: ((22.0, 1), (23.0, 0)),
}
_OVERTIME_FROM, _OVERTIME_TO = 18.0, 20.25
_OVERTIME_UNITS = 1_000


@dataclass(frozen=True, slots=True)
class JournalPlan:
    """Everything that follows from a configuration.

    Attributes
    ----------
    config, chart, schedule, template_lines, profiles, partners, vocabulary, rates, cases, exposures, closes
        The parts.
    all_series
        Columns of series.
    rows, row_total, row_jitter_unit
        Templates' rows, then those of the calendar's closes; the sums of their debits
        and what a jitter step adds to them.
    first_close
        First row of the closes.
    opening : (companies, accounts) int64
        Balances at the start, debit positive. [minor units]
    id_key, day_key
        Keys of header draws and merge phases.
    year_start, day_year, day_period, day_end : (days,)
        First day of the fiscal year within the data set; fiscal year and period;
        1 on the last days of a period.
    times : (day_parts, 2, 2 ** SEGMENT_BITS + 1) int32
        Time of day by share of the day part, on other days and on the last of a period. [s]
    role_first, role_size, limits, approver_role, by_hand
        See `fill_people`.
    of_result, of_bank : (accounts,) int8
        Whether an account is one of income or expense, and whether it is a bank's.
    """

    config: Config
    chart: Chart
    schedule: Schedule
    template_lines: TemplateLines
    profiles: DocumentProfiles
    partners: Partners
    vocabulary: Vocabulary
    rates: RateTable
    cases: CaseBalances
    exposures: Exposures
    closes: ClosingCalendar
    all_series: SeriesTable
    rows: DocumentLines
    row_total: NDArray[np.int64]
    row_jitter_unit: NDArray[np.int64]
    first_close: int
    opening: NDArray[np.int64]
    id_key: np.uint64
    day_key: np.uint64
    year_start: NDArray[np.int32]
    day_year: NDArray[np.int16]
    day_period: NDArray[np.int8]
    day_end: NDArray[np.int8]
    times: NDArray[np.int32]
    role_first: NDArray[np.int32]
    role_size: NDArray[np.int32]
    limits: NDArray[np.int64]
    approver_role: NDArray[np.int8]
    by_hand: NDArray[np.int8]
    of_result: NDArray[np.int8]
    of_bank: NDArray[np.int8]


def on_demand_series(schedule: Schedule, company: int, document_type: str) -> int:
    """Return the number of a company's series of triggered entries, after all others."""
    place = ON_DEMAND_TYPES.index(document_type)
    return len(schedule.all_series) + len(ON_DEMAND_TYPES) * company + place


def plan_journal(config: Config, build: BuildContext = ALONE) -> JournalPlan:
    """Work out what a configuration implies; takes up to some seconds for the largest."""
    # long: the parts in their order, and one argument for each.
    chart = chart_of(config.chart_of_accounts.complexity)
    seed = config.general.seed
    schedule = make_schedule(config, build)
    build.checkpoint()
    template_lines = make_template_lines(
        config, schedule, chart, most_rows(schedule.closes, len(chart.accounts)), build
    )
    build.checkpoint()
    years, periods, ends, year_start = _fiscal_days(config, schedule)
    fixed = Counter(source for close in schedule.closes for source in close.sources())
    sources = fit_sources(config, schedule, ends, fixed)
    build.checkpoint()
    profiles = make_document_profiles([company.name for company in config.companies], sources)
    rates = make_rates(
        currency_pairs(config, schedule.all_series), LEAD_DAYS + schedule.horizon.days + 1, seed
    )
    partners = Partners(Directory(config))
    build.checkpoint()
    cases = CaseBalances(config, schedule, template_lines, chart, rates)
    exposures = Exposures(config, schedule, template_lines, cases)
    build.checkpoint()
    day_balances = DayBalances(
        schedule, template_lines, chart, rates, cases, closing_days(schedule), cash_accounts(chart), build
    )
    closes = hold_closes(config, schedule, template_lines, chart, profiles, exposures, day_balances, build)
    opening = opening_balances(schedule, chart, closes, day_balances, build)
    vocabulary = make_vocabulary(config, chart, partners, profiles.words, TAX_CODES)
    build.checkpoint()
    first_close = len(template_lines.rows.debits)
    rows = template_lines.store.append(closes.laid.rows)
    closing_total, closing_jitter_unit = closes.laid.rows.totals()
    all_series = make_series_table(
        config, schedule, template_lines, profiles, closes, rates, partners, first_close
    )
    build.checkpoint()
    role_first, role_size, limits = _people_columns(config)
    return JournalPlan(
        config=config,
        chart=chart,
        schedule=schedule,
        template_lines=template_lines,
        profiles=profiles,
        partners=partners,
        vocabulary=vocabulary,
        rates=rates,
        cases=cases,
        exposures=exposures,
        closes=closes,
        all_series=all_series,
        rows=rows,
        row_total=np.concatenate([template_lines.total, closing_total]),
        row_jitter_unit=np.concatenate([template_lines.total_jitter_unit, closing_jitter_unit]),
        first_close=first_close,
        opening=opening,
        id_key=np.uint64(make_key(seed, "document")),
        day_key=np.uint64(merge_key(seed)),
        year_start=year_start,
        day_year=years,
        day_period=periods,
        day_end=ends,
        times=_times(config),
        role_first=role_first,
        role_size=role_size,
        limits=limits,
        approver_role=np.array(
            [list(ROLES).index(role) for role in approvers(config.approval.thresholds)], dtype=np.int8
        ),
        by_hand=np.array([source in {"manual", "adjustment"} for source in SOURCES], dtype=np.int8),
        of_result=np.array([account.of_result for account in chart.accounts], dtype=np.int8),
        of_bank=np.array(
            [account.pool in {"bank", "payroll_bank"} for account in chart.accounts], dtype=np.int8
        ),
    )


def _people_columns(
    config: Config,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Return where each role's users begin, how many there are, and the approval limits."""
    sizes = role_sizes({persona: getattr(config.user_personas, persona) for persona in PERSONAS})
    size = np.array(list(sizes.values()), dtype=np.int32)
    offset = np.add.accumulate(size) - size
    first = [offset + int(size.sum()) * company for company in range(len(config.companies))]
    limits = [local_limits(config.approval.thresholds, company.currency) for company in config.companies]
    return np.array(first, dtype=np.int32), size, np.array(limits, dtype=np.int64)


def _fiscal_days(
    config: Config, schedule: Schedule
) -> tuple[NDArray[np.int16], NDArray[np.int8], NDArray[np.int8], NDArray[np.int32]]:
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    dates = [schedule.horizon.start + timedelta(days=day) for day in range(schedule.horizon.days)]
    years = np.array([fiscal.year(when) for when in dates], dtype=np.int16)
    periods = np.array([fiscal.period(when) for when in dates], dtype=np.int8)
    ends = np.array([is_period_end(config.transactions.temporal, when) for when in dates], dtype=np.int8)
    begins = np.concatenate([[True], years[1:] != years[:-1]])
    start = np.maximum.accumulate(np.where(begins, np.arange(len(dates)), 0))
    return years, periods, ends, start.astype(np.int32)


def _times(config: Config) -> NDArray[np.int32]:
    """Return when documents are entered; at the end of a period some of the day's after hours."""
    overtime = round(config.transactions.temporal.period_end_overtime * _OVERTIME_UNITS)
    hours = [(hour, busy) for hour, busy in _DAY_HOURS if hour < _OVERTIME_FROM]
    within = sum(
        (later - hour) * busy for (hour, busy), (later, _) in pairwise([*hours, (_OVERTIME_FROM, 0)])
    )
    jitter_unit = round((_OVERTIME_UNITS - overtime) * 100 / within)
    after = round(overtime * 100 / (_OVERTIME_TO - _OVERTIME_FROM))
    long_day = (
        *((hour, busy * jitter_unit) for hour, busy in hours),
        (_OVERTIME_FROM, after),
        (_OVERTIME_TO, 0),
    )
    day_parts = [
        (_HOURS[day_part], long_day if day_part is DayPart.DAY else _HOURS[day_part]) for day_part in DayPart
    ]
    return np.array([[_time_table(table) for table in pair] for pair in day_parts], dtype=np.int32)


def _time_table(stretches: Sequence[tuple[float, int]]) -> list[int]:
    """Return the time of day at which each equal share of a day part's documents is in. [s]"""
    seconds = [round(hour * 3_600) for hour, _ in stretches]
    mass = [0]
    for (begin, end), (_, busy) in zip(pairwise(seconds), stretches, strict=False):
        mass.append(mass[-1] + (end - begin) * busy)
    table = []
    segments = 1 << SEGMENT_BITS
    for share in range(segments + 1):
        due = mass[-1] * share // segments
        place = max(at for at in range(len(stretches) - 1) if mass[at] <= due and stretches[at][1])
        table.append(seconds[place] + (due - mass[place]) // stretches[place][1])
    return table
