"""The schedule of a stream: cumulative counts of every series, day by day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.build_context import ALONE
from datasynth.generation.draws import make_key
from datasynth.generation.kernels.schedule.counts import LEAD_DAYS, count_at, count_step
from datasynth.generation.schedule.allocation import apportion, exact, integer_weights
from datasynth.generation.schedule.closing_plan import Close, plan_closes
from datasynth.generation.schedule.day_counts import (
    ExpectedDocuments,
    day_deviates,
    day_effects,
    deal_days,
    evenness,
    single_weights,
)
from datasynth.generation.schedule.day_weights import Horizon, day_weights
from datasynth.generation.schedule.document_series import (
    DocumentSeries,
    SeriesKind,
    make_series,
    trading_ring,
)
from datasynth.generation.schedule.lags import lag_tables, scaled_lag
from datasynth.generation.schedule.merge_tree import make_merge_tree
from datasynth.generation.schedule.mix import case_mix, foreign_singles, process_shares
from datasynth.generation.schedule.number_ranges import make_number_ranges
from datasynth.generation.schedule.series_table import make_series_table
from datasynth.generation.schedule.wrong_documents import CANCELLING, WrongDocuments
from datasynth.ledger.processes import CASE_KINDS, PROCESSES, SINGLE_KINDS, DayPart

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.kernels.schedule.merge_tree import MergeTree
    from datasynth.generation.kernels.schedule.wrong_documents import WrongTables
    from datasynth.kernel import Records
    from datasynth.ledger.processes import CaseKind

_FIXED_POINT = 1 << 32
# Weights are counted in such parts where a step's expected share of cases follows from them.
_WEIGHT_UNIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Schedule:
    """Counts from which any entry is found.

    Attributes
    ----------
    horizon
        Days of the data set.
    document_series, tree
        What is counted, and how a day's documents are ordered.
    series
        Records of `document_series`, then of those that triggers add; see `SERIES`.
    all_before : (LEAD_DAYS + days + 1, series) int64
        Documents of each series from the start to before each day, lead days first: there
        it is negative.
    entries_before : (days + 1,) int64
        Entries of all series before each day.
    starts : (companies, case kinds, LEAD_DAYS + days + 1) int64
        Cases started before each day, lead days first.
    windows, lags : (tables, LEAD_DAYS + days + 1, CLASSES) uint8
        See `LagTable`.
    wrong
        Wrong documents and their reversals.
    ranges, peers
        Number ranges; see `make_number_ranges`.
    closes
        The calendar's closes.
    weights
        Day weights of each company, with lead days.
    """

    horizon: Horizon
    document_series: tuple[DocumentSeries, ...]
    series: Records
    tree: MergeTree
    all_before: NDArray[np.int64]
    entries_before: NDArray[np.int64]
    starts: NDArray[np.int64]
    windows: NDArray[np.uint8]
    lags: NDArray[np.uint8]
    wrong: WrongTables
    ranges: Records
    peers: NDArray[np.int32]
    closes: tuple[Close, ...]
    weights: tuple[NDArray[np.int64], ...]

    @property
    def before(self) -> NDArray[np.int64]:
        """Documents of each series before each day of the data set: (days + 1, series)."""
        return self.all_before[LEAD_DAYS:]

    @property
    def total(self) -> int:
        """Number of entries."""
        return int(self.entries_before[-1])


def make_schedule(config: Config, build: BuildContext = ALONE) -> Schedule:
    """Schedule a configuration; exact for every `target_count` from 1 on.

    Closes come first, since their days are fixed.  Cases come next: they start by the
    day weights and post their steps by their lags, and some have wrong documents; where a
    company gets too many, fewer start.  Single documents fill each day up to what is due.
    """
    scheduler = _Scheduler(config, build)
    scheduler.count_closes()
    scheduler.start_cases()
    scheduler.total_cases()
    while scheduler.start_fewer_where_crowded():
        scheduler.total_cases()
    scheduler.start_corrected()
    scheduler.total_cases()
    while scheduler.start_fewer_where_crowded():
        scheduler.total_cases()
    scheduler.count_cases()
    scheduler.fill_days()
    return scheduler.schedule()


class _Scheduler:
    """Makes one `Schedule`; its methods are the steps, in order."""

    def __init__(self, config: Config, build: BuildContext) -> None:
        self._config = config
        self._build = build
        self._horizon = Horizon.of(config)
        countries = dict.fromkeys(company.country for company in config.companies)
        by_country = {country: day_weights(config, country) for country in countries}
        self._weights = tuple(by_country[company.country] for company in config.companies)
        self._series = make_series(config)
        self._of_company: list[list[int]] = [[] for _ in config.companies]
        for at, series in enumerate(self._series):
            self._of_company[series.company].append(at)
        weights = integer_weights([company.volume_weight for company in config.companies])
        self._entries = apportion(config.transactions.target_count, weights, self._phase("companies"))
        self._closes = tuple(plan_closes(config, self._entries, self._weights, build))
        self._table = make_series_table(config, self._series)
        counted = slice(len(self._series))
        self._lags, self._table.window[counted] = lag_tables(
            config, self._series, self._weights, self._horizon.days, build
        )
        self._windows = self._lags.window
        size = LEAD_DAYS + self._horizon.days + 1
        self._wrong = WrongDocuments(config, self._series, self._table, self._weights, size)
        self._tree, grouping = make_merge_tree(config.general.seed, self._series, len(DayPart))
        self._table.group[counted], self._table.range[counted] = grouping.group, grouping.range
        # Triggered entries are in no tree; their series are groups of their own, counted on.
        groups = len(self._tree.numbered)
        self._table.group[len(self._series) :] = groups + np.arange(len(self._table) - len(self._series))
        self._grouping = grouping
        self._closing: list[Counter[str]] = [Counter() for _ in config.companies]
        self._starts = np.zeros((len(self._entries), len(CASE_KINDS), size), dtype=np.int64)
        self._all_before = np.zeros((size, len(self._series)), dtype=np.int64)
        self._before = self._all_before[LEAD_DAYS:]
        self._dispersion = config.transactions.temporal.day_dispersion
        self._deviates = [
            day_deviates(self._phase("day effects", at), size - 1) for at in range(len(self._entries))
        ]
        self._posted: dict[tuple[int, str, bool], NDArray[np.float64]] = {}

    def _phase(self, *path: int | str) -> int:
        return make_key(self._config.general.seed, "schedule", *path) >> 1

    def count_closes(self) -> None:
        mine = [at for at, series in enumerate(self._series) if series.kind is SeriesKind.CLOSE]
        place = {
            (self._series[at].company, self._series[at].document_type): row for row, at in enumerate(mine)
        }
        # In a table of their own, which is far smaller than that of all series.
        counted = np.zeros((len(mine), len(self._before)), dtype=np.int64)
        for close in self._closes:
            self._build.checkpoint()
            for day, document_type, process in close.documents():
                counted[place[close.company, document_type], day + 1] += 1
                self._closing[close.company][process] += 1
        self._before[:, mine] = np.add.accumulate(counted, axis=1).T

    def start_cases(self) -> None:
        """Deal the cases of each company and kind over their days of start."""
        mix = case_mix(self._config)
        ring = trading_ring(self._config)
        # Cases of all companies and kinds are rounded together, so that rare ones occur somewhere.
        upto = Fraction(self._phase("chains") % _FIXED_POINT, _FIXED_POINT)
        for company, total in enumerate(self._entries):
            self._build.checkpoint()
            effects = day_effects(self._deviates[company], self._dispersion)
            for number, (kind, cases) in enumerate(zip(CASE_KINDS, mix, strict=True)):
                most = total
                if kind.intercompany:
                    most = min(total, self._entries[ring[company]]) if company in ring else 0
                weights = self._starting(company, corrected=False)
                needed = Fraction(int(weights.sum()), int(weights[LEAD_DAYS:].sum()))
                due = most * cases * needed
                key = self._phase("starts", company, number)
                self._starts[company, number] = deal_days(int(upto + due) - int(upto), weights * effects, key)
                upto += due

    def start_corrected(self) -> None:
        """Start the cases of corrected single documents, by the number of single ones of each kind.

        A corrected document has a wrong one before it and a reversal.  Only that of a case
        whose wrong document is inside the data set counts, so some more start.
        """
        rate = exact(self._config.transactions.reversal_rate)
        upto = Fraction(self._phase("corrected") % _FIXED_POINT, _FIXED_POINT)
        for company, total in enumerate(self._entries):
            self._build.checkpoint()
            mine = self._of_company[company]
            singles = max(total - int(self._before[-1, mine].sum()), 0)
            own = self._starting(company, corrected=True)
            effects = day_effects(self._deviates[company], self._dispersion)
            for number, due in enumerate(self._single_totals(company, singles)):
                place = len(CASE_KINDS) - len(SINGLE_KINDS) + number
                wanted = due * rate / (1 + rate) * self._wrong.starts_needed(company, own)
                key = self._phase("starts", company, place)
                self._starts[company, place] = deal_days(int(upto + wanted) - int(upto), own * effects, key)
                upto += wanted

    def _starting(self, company: int, *, corrected: bool) -> NDArray[np.int64]:
        """Return the weights of the days of start; corrected single documents start in the data set."""
        weights = self._weights[company][: LEAD_DAYS + self._horizon.days]
        return np.where(np.arange(len(weights)) < LEAD_DAYS, 0, weights) if corrected else weights

    def total_cases(self) -> None:
        """Count the documents of cases, wrong ones and reversals, before the end alone.

        Starts depend on no more, and days take a thousand times as long.
        """
        end, windows = len(self._all_before) - 1, self._table.window.tolist()
        for at, series in enumerate(self._series):
            if series.kind is SeriesKind.CASE:
                starts = self._starts[series.case_company, series.case]
                window = self._windows[windows[at]]
                self._before[-1, at] = count_at(starts, window, end) - count_at(starts, window, LEAD_DAYS)
        self._wrong.calibrate(self._before, self._starts, self._windows)
        wrong = [at for at, series in enumerate(self._series) if series.kind in CANCELLING]
        self._before[-1, wrong] = self._wrong.totals()[wrong]

    def count_cases(self) -> None:
        """Count the documents of cases, wrong ones and reversals, before each day."""
        column, windows = np.empty(len(self._all_before), dtype=np.int64), self._table.window.tolist()
        for at, series in enumerate(self._series):
            if series.kind is SeriesKind.CASE:
                self._build.checkpoint()
                starts = self._starts[series.case_company, series.case]
                count_step(starts, self._windows[windows[at]], column)
                self._all_before[:, at] = column - column[LEAD_DAYS]
            elif series.kind in CANCELLING:
                self._build.checkpoint()
                self._wrong.count(at, self._starts, self._windows, column[LEAD_DAYS:])
                self._before[:, at] = column[LEAD_DAYS:]

    def start_fewer_where_crowded(self) -> bool:
        """Start an eighth fewer cases in companies that have too many; tell whether there were any.

        A crowded company thins out its own cases, and other companies their intercompany
        cases that post in its books.
        """
        intercompany = np.array([kind.intercompany for kind in CASE_KINDS])
        crowded: dict[int, slice | NDArray[np.bool_]] = {}
        for company, total in enumerate(self._entries):
            mine = self._of_company[company]
            if int(self._before[-1, mine].sum()) > total:
                for case_company in {self._series[at].case_company for at in mine} - {company}:
                    crowded.setdefault(case_company, intercompany)
                crowded[company] = slice(None)
        for company, kinds in crowded.items():
            self._starts[company, kinds] = self._starts[company, kinds] * 7 // 8
        return bool(crowded)

    def fill_days(self) -> None:
        """Fill the days of all companies up with single documents."""
        for company, total in enumerate(self._entries):
            self._build.checkpoint()
            mine = self._of_company[company]
            totals = self._single_totals(company, total - int(self._before[-1, mine].sum()))
            weights = self._single_weights(company)
            for at in mine:
                case = self._series[at].case
                if self._series[at].kind is SeriesKind.SINGLE:
                    key = self._phase("singles", company, case)
                    self._before[:, at] = deal_days(totals[case], weights, key)

    def _single_weights(self, company: int) -> NDArray[np.float64]:
        """Weigh the days of a company for its single documents; see `single_weights`."""
        upto = np.concatenate([[0], np.cumsum(self._weights[company][LEAD_DAYS:-LEAD_DAYS])])
        due = upto * (self._entries[company] / int(upto[-1]))
        expected = ExpectedDocuments(due, np.zeros(len(upto)), np.zeros(len(due) - 1), np.zeros(len(due) - 1))
        for at in self._of_company[company]:
            if self._series[at].kind in {SeriesKind.CLOSE, *CANCELLING}:
                expected.taken[:] += self._before[:, at]
            elif self._series[at].kind is SeriesKind.CASE:
                self._expect_step(at, expected)
        return single_weights(expected, self._deviates[company][LEAD_DAYS:], self._dispersion)

    def _expect_step(self, at: int, expected: ExpectedDocuments) -> None:
        """Add what a series of cases is expected to post on each day."""
        series = self._series[at]
        before = self._posted_before(at) * int(self._starts[series.case_company, series.case, -1])
        expected.taken[:] += before
        lag = scaled_lag(series.posted, self._config.document_flows)
        if lag[2] == 0:
            expected.started[:] += np.diff(before)
        else:
            expected.too_even[:] += evenness(np.diff(before), lag)

    def _posted_before(self, at: int) -> NDArray[np.float64]:
        """Return the part of a series' cases that is expected to post the step before each day."""
        series, window = self._series[at], int(self._table.window[at])
        country = self._config.companies[series.case_company].country
        corrected = series.case_kind.corrects >= 0
        place = window, country, corrected
        if place not in self._posted:
            weights = self._starting(series.case_company, corrected=corrected)
            starts = np.concatenate([[0], np.cumsum(weights)]) * _WEIGHT_UNIT
            posted = np.empty(len(self._all_before), dtype=np.int64)
            count_step(starts, self._windows[window], posted)
            self._posted[place] = (posted[LEAD_DAYS:] - posted[LEAD_DAYS]) / int(starts[-1])
        return self._posted[place]

    def _single_totals(self, company: int, singles: int) -> list[int]:
        """Return a company's single documents of each kind: what its processes are still due."""
        total = self._entries[company]
        weights = process_shares(self._config)
        due = dict(zip(PROCESSES, apportion(total, weights, self._phase("processes", company)), strict=True))
        corrected, wrong = [0] * len(SINGLE_KINDS), self._wrong.tables.by_series()
        for at in self._of_company[company]:
            if self._series[at].kind is SeriesKind.CASE:
                kind = self._series[at].case_kind
                # With each wrong document comes its reversal.
                posted = int(self._before[-1, at]) + 2 * int(wrong[at])
                due[kind.process] -= posted
                if kind.corrects >= 0:
                    corrected[kind.corrects] += posted
        for process, closing in self._closing[company].items():
            due[process] -= closing
        foreign = [
            max(int(part * total * _FIXED_POINT) - taken * _FIXED_POINT, 0)
            for part, taken in zip(foreign_singles(self._config), corrected, strict=True)
        ]
        of_process: Counter[str] = Counter()
        usual: Counter[str] = Counter()
        for kind, wanted in zip(SINGLE_KINDS, foreign, strict=True):
            of_process[kind.process] += wanted
            usual[kind.process] += 0 if kind.foreign else _per_thousand(kind)
        shares = []
        for kind, wanted in zip(SINGLE_KINDS, foreign, strict=True):
            open_here = max(due[kind.process], 0) * _FIXED_POINT
            at_home = max(open_here - of_process[kind.process], 0)
            shares.append(
                min(wanted, open_here)
                if kind.foreign
                else at_home * _per_thousand(kind) // usual[kind.process]
            )
        if not any(shares):
            due_any = {process for process, weight in zip(PROCESSES, weights, strict=True) if weight}
            shares = [int(kind.process in due_any and not kind.foreign) for kind in SINGLE_KINDS]
        return apportion(singles, shares, self._phase("single kinds", company))

    def schedule(self) -> Schedule:
        return Schedule(
            self._horizon,
            self._series,
            self._table,
            self._tree,
            self._all_before,
            self._before.sum(axis=1),
            self._starts,
            self._windows,
            self._lags.lags,
            self._wrong.tables,
            *make_number_ranges(self._config, self._series, self._tree, self._grouping, self._all_before),
            self._closes,
            self._weights,
        )


def _per_thousand(kind: CaseKind) -> int:
    return round(kind.share * 1_000)
