"""The journal plan: all that a journal's kernels read, computed once from the configuration.

Triggers do not change it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.balances.case_balances import CaseBalances
from datasynth.generation.balances.day_balances import DayBalances
from datasynth.generation.balances.exposures import Exposures
from datasynth.generation.balances.series_sums import SeriesSums
from datasynth.generation.balances.wrong_sums import WrongSums
from datasynth.generation.build_context import ALONE
from datasynth.generation.closes.calculator import CloseCalculator, most_rows
from datasynth.generation.closes.calendar import (
    ClosingCalendar,
    arrange_closes,
    calculate_closes,
    closing_days,
)
from datasynth.generation.closes.company_figures import company_figures
from datasynth.generation.closes.opening_balances import cash_accounts, opening_balances
from datasynth.generation.draws import make_key
from datasynth.generation.kernels.columns.block import BlockTables
from datasynth.generation.kernels.columns.vendor_numbers import VendorStyles
from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.generation.kernels.schedule.placements import ScheduleTables
from datasynth.generation.kernels.sums.wrong_drawn_sums import WrongLines
from datasynth.generation.kernels.valued import Rates
from datasynth.generation.parties.directory import Directory
from datasynth.generation.parties.partners import Partners
from datasynth.generation.parties.staff import make_staff
from datasynth.generation.profiles.document_profiles import (
    TAX_CODES,
    DocumentProfiles,
    make_document_profiles,
)
from datasynth.generation.profiles.entry_sources import fit_sources
from datasynth.generation.profiles.entry_times import entry_times
from datasynth.generation.profiles.vocabulary import make_vocabulary
from datasynth.generation.rates import RateTable, make_rates
from datasynth.generation.schedule.fiscal_days import fiscal_days
from datasynth.generation.schedule.number_ranges import make_items
from datasynth.generation.schedule.scheduling import Schedule, make_schedule
from datasynth.generation.schedule.series_table import currency_pairs
from datasynth.generation.templates.document_lines import line_source
from datasynth.generation.templates.template_lines import TemplateLines, make_template_lines
from datasynth.generation.workspaces import WorkspacePool
from datasynth.ledger.chart import Chart, chart_of
from datasynth.ledger.references import VENDOR_STYLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.block import Vocabulary
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.kernels.document_lines import LineSource
    from datasynth.kernel import Records

ACCOUNT = np.dtype([("of_result", np.int8), ("of_bank", np.int8), ("mistaken", np.int16)])
"""An account of the chart.

of_result
    Whether it is an income or expense account, whose lines have cost centres.
of_bank
    Whether it is a bank account, whose lines have value dates.
mistaken
    The account that a wrong document has instead: the other bank account for the main one.
"""


@dataclass(frozen=True, slots=True)
class JournalPlan:
    """Everything that follows from a configuration.

    Attributes
    ----------
    opening : (companies, accounts) int64
        Balances at the start, debit positive. [minor units]
    source
        Rows of the templates, then those of the calendar's closes.
    schedule_tables, block_tables
        Tables from which kernels place entries, and fill their columns.
    workspaces
        Memory that placing works in.
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
    opening: NDArray[np.int64]
    source: LineSource
    schedule_tables: ScheduleTables
    block_tables: BlockTables
    workspaces: WorkspacePool

    @property
    def series(self) -> Records:
        """The series table; see `SERIES`."""
        return self.schedule.series


def plan_journal(config: Config, build: BuildContext = ALONE) -> JournalPlan:
    """Make the plan of a configuration; takes some seconds for the largest."""
    chart = chart_of(config.chart_of_accounts.complexity)
    schedule = make_schedule(config, build)
    room = most_rows(schedule.closes, len(chart.accounts))
    template_lines = make_template_lines(config, schedule, chart, room, build)
    build.checkpoint()
    days = fiscal_days(config, schedule.horizon)
    profiles = _profiles(config, schedule, days)
    rates = _rates(config, schedule)
    partners = Partners(Directory(config))
    _link_series(schedule, profiles, partners)
    build.checkpoint()
    schedule_tables = _schedule_tables(schedule, days)
    sums = SeriesSums(schedule, template_lines, chart, rates)
    lines = _wrong_lines(template_lines, chart, rates)
    wrong = WrongSums(schedule_tables, sums, lines, closing_days(schedule), cash_accounts(chart), build)
    cases = CaseBalances(config, schedule, chart, sums, wrong)
    exposures = Exposures(cases)
    build.checkpoint()
    day_balances = DayBalances(cases, closing_days(schedule), cash_accounts(chart), build)
    first_close, seed = len(template_lines.rows.debits), config.general.seed
    calculator = CloseCalculator(chart, seed, company_figures(config, schedule, chart, day_balances))
    made = calculate_closes(schedule.closes, calculator, day_balances, exposures, build)
    closes = arrange_closes(made, schedule, calculator, profiles, first_close, build)
    opening = opening_balances(schedule, closes, day_balances, build)
    vocabulary = make_vocabulary(config, chart, partners, profiles.words, profiles.reference_kinds, TAX_CODES)
    build.checkpoint()
    rows = template_lines.store.append(closes.rows.lines)
    source = line_source(rows, first_close, closes.rows.records)
    schedule.series.flags.writeable = False
    schedule_tables = _schedule_tables(schedule, days)
    build.checkpoint()
    return JournalPlan(
        config,
        chart,
        schedule,
        template_lines,
        profiles,
        partners,
        vocabulary,
        rates,
        cases,
        exposures,
        closes,
        opening,
        source,
        schedule_tables,
        _block_tables(config, chart, schedule, days, profiles, partners, rates),
        WorkspacePool(schedule_tables),
    )


def _rates(config: Config, schedule: Schedule) -> RateTable:
    pairs = currency_pairs(config, schedule.document_series)
    return make_rates(pairs, LEAD_DAYS + schedule.horizon.days + 1, config.general.seed)


def _profiles(config: Config, schedule: Schedule, days: Records) -> DocumentProfiles:
    fixed = Counter(source for close in schedule.closes for source in close.sources())
    sources = fit_sources(config, schedule, days.at_end, fixed)
    return make_document_profiles([company.name for company in config.companies], sources)


def _link_series(schedule: Schedule, profiles: DocumentProfiles, partners: Partners) -> None:
    """Fill in the profiles and partners of the series."""
    counted = slice(len(schedule.document_series))
    schedule.series.profile[counted] = [profiles.of_series(series) for series in schedule.document_series]
    reversals = [profiles.of_reversals(series) for series in schedule.document_series]
    schedule.series.reversal_profile[counted] = reversals
    pools = [partners.of_series(series) for series in schedule.document_series]
    schedule.series.partner_pool[counted], schedule.series.first_partner[counted] = zip(*pools, strict=True)


def _wrong_lines(template_lines: TemplateLines, chart: Chart, rates: RateTable) -> WrongLines:
    rows = template_lines.rows
    return WrongLines(
        *(rows.offsets, rows.debits, rows.account, rows.posting, rows.amount),
        template_lines.amounts,
        Rates(rates.rates, rates.divisor, rates.printed, rates.places),
        np.array(_mistaken(chart), dtype=np.int64),
    )


def _mistaken(chart: Chart) -> list[int]:
    """Return the account that a wrong document has instead of each."""
    accounts = list(range(len(chart.accounts)))
    accounts[chart.only("bank")] = chart.only("payroll_bank")
    return accounts


def _schedule_tables(schedule: Schedule, days: Records) -> ScheduleTables:
    # For numba, records that may be written are of another type: a kernel would be compiled for
    # those of the plan, and again for those of the journal.
    series = schedule.series.view()
    series.flags.writeable = False
    return ScheduleTables(
        schedule.entries_before,
        schedule.all_before,
        schedule.starts,
        schedule.windows,
        schedule.lags,
        schedule.tree,
        series,
        days,
        schedule.ranges,
        schedule.peers,
        make_items(schedule.document_series),
        schedule.wrong,
    )


def _block_tables(
    config: Config,
    chart: Chart,
    schedule: Schedule,
    days: Records,
    profiles: DocumentProfiles,
    partners: Partners,
    rates: RateTable,
) -> BlockTables:
    flags = [
        (account.of_result, account.pool in {"bank", "payroll_bank"}, mistaken)
        for account, mistaken in zip(chart.accounts, _mistaken(chart), strict=True)
    ]
    return BlockTables(
        np.uint64(make_key(config.general.seed, "document")),
        schedule.horizon.first_day,
        config.master_data.cost_centers,
        schedule.series,
        days,
        np.array(flags, dtype=ACCOUNT).view(np.recarray),
        profiles.tables,
        Rates(rates.rates, rates.divisor, rates.printed, rates.places),
        make_staff(config),
        VendorStyles(np.uint64(make_key(config.general.seed, "vendor numbers")), len(VENDOR_STYLES)),
        partners.tables,
        entry_times(config),
    )
