"""The schedule of a stream: cumulative counts of every series, day by day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.build_context import ALONE
from datasynth.generation.draws import make_key
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS, count_step
from datasynth.generation.schedule.allocation import apportion, deal, phase_within, spread, whole_parts
from datasynth.generation.schedule.closing_plan import Close, plan_closes
from datasynth.generation.schedule.day_weights import Horizon, day_weights
from datasynth.generation.schedule.document_series import (
    DocumentSeries,
    SeriesKind,
    make_series,
    trading_ring,
)
from datasynth.generation.schedule.lags import lag_tables
from datasynth.generation.schedule.merge_tree import plant
from datasynth.generation.schedule.mix import case_mix, foreign_singles, process_shares
from datasynth.generation.schedule.series_table import SeriesTable, make_series_table
from datasynth.ledger.processes import CASE_KINDS, PROCESSES, SINGLE_KINDS, Band

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.kernels.placements import MergeTree
    from datasynth.ledger.processes import CaseKind

_FIXED_POINT = 1 << 32
# Cases with a reversal are at most so many times as many as reversals.
_MOST_LATE = 4


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
    before : (days + 1, series) int64
        Documents of each series before each day.
    entries_before : (days + 1,) int64
        Entries of all series before each day.
    starts : (companies, case kinds, LEAD_DAYS + days + 1) int64
        Cases started before each day, lead days first.
    windows : (tables, LEAD_DAYS + days + 1, CLASSES) uint8
        Lag tables: how many days before a day the first day of start lies whose step is not
        before it; see `lag_table` and `first_start`.
    closes
        The calendar's closes.
    weights
        Day weights of each company, with lead days.
    """

    horizon: Horizon
    document_series: tuple[DocumentSeries, ...]
    series: SeriesTable
    tree: MergeTree
    before: NDArray[np.int64]
    entries_before: NDArray[np.int64]
    starts: NDArray[np.int64]
    windows: NDArray[np.uint8]
    closes: tuple[Close, ...]
    weights: tuple[NDArray[np.int64], ...]

    @property
    def total(self) -> int:
        """Number of entries."""
        return int(self.entries_before[-1])


def make_schedule(config: Config, build: BuildContext = ALONE) -> Schedule:
    """Schedule a configuration; exact for every `target_count` from 1 on."""
    return _Scheduler(config, build).schedule()


class _Scheduler:
    """Builds one `Schedule`; its methods are the steps, in order."""

    def __init__(self, config: Config, build: BuildContext) -> None:
        self._config = config
        self._build = build
        self._seed = config.general.seed
        self._horizon = Horizon.of(config)
        countries = dict.fromkeys(company.country for company in config.companies)
        by_country = {country: day_weights(config, country) for country in countries}
        self._weights = tuple(by_country[company.country] for company in config.companies)
        self._series = make_series(config)
        self._table = make_series_table(config, self._series)
        self._shares = dict(zip(PROCESSES, process_shares(config), strict=True))
        self._closing: list[Counter[str]] = [Counter() for _ in config.companies]
        self._mine: list[list[int]] = [[] for _ in config.companies]
        for at, series in enumerate(self._series):
            self._mine[series.company].append(at)

    def schedule(self) -> Schedule:
        entries = self._company_entries()
        closes = tuple(plan_closes(self._config, entries, self._weights, self._build))
        for close in closes:
            self._closing[close.company].update(close.processes())
        counted = slice(len(self._series))
        windows, self._table.window[counted] = lag_tables(
            self._config, self._series, self._weights, self._horizon.days, self._build
        )
        tree, self._table.group[counted] = plant(self._series, len(Band))
        starts = self._starts(entries, windows)
        days = self._horizon.days
        before = np.zeros((days + 1, len(self._series)), dtype=np.int64)
        self._count_closes(closes, before)
        chained = [at for at, series in enumerate(self._series) if series.kind is SeriesKind.CASE]
        self._count_cases(chained, starts, windows, before)
        while crowded := self._crowded(entries, before):
            for company, row in crowded:
                starts[company, row] = starts[company, row] * 7 // 8
            self._count_cases(chained, starts, windows, before)
        for company, total in enumerate(entries):
            self._build.checkpoint()
            self._fill(company, total, before)
        return Schedule(
            self._horizon,
            self._series,
            self._table,
            tree,
            before,
            before.sum(axis=1),
            starts,
            windows,
            closes,
            self._weights,
        )

    def _phase(self, *path: int | str) -> int:
        return make_key(self._seed, "schedule", *path) >> 1

    def _company_entries(self) -> list[int]:
        shares = whole_parts([company.volume_weight for company in self._config.companies])
        return apportion(
            self._config.transactions.target_count,
            shares,
            phase_within(self._phase("companies"), sum(shares)),
        )

    def _starts(self, entries: Sequence[int], windows: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Cumulate the cases of each company and kind over their days of start."""
        mix = case_mix(self._config)
        ring = trading_ring(self._config)
        wanted, days = [], []
        for company, total in enumerate(entries):
            self._build.checkpoint()
            for number, (kind, cases) in enumerate(zip(CASE_KINDS, mix, strict=True)):
                most = total
                if kind.pair:
                    most = min(total, entries[ring[company]]) if company in ring else 0
                weights, needed = self._starting(company, number, windows)
                wanted.append(most * cases * needed)
                days.append(weights)
        phase = Fraction(self._phase("chains") % _FIXED_POINT, _FIXED_POINT)
        upto = Fraction(0)
        starts = np.empty((len(entries), len(CASE_KINDS), len(days[0]) + 1), dtype=np.int64)
        for place, (cases, weights) in enumerate(zip(wanted, days, strict=True)):
            company, number = divmod(place, len(CASE_KINDS))
            self._build.checkpoint()
            count = int(upto + cases + phase) - int(upto + phase)
            upto += cases
            starts[company, number] = spread(count, weights, self._phase("starts", company, number))
        return starts

    def _starting(
        self, company: int, number: int, windows: NDArray[np.uint8]
    ) -> tuple[NDArray[np.int64], Fraction]:
        """Return how busy the days of start of a kind of case are, and how many start for each that counts.

        What is taken back stands in the data set, so cases with a reversal start in
        it; some start too late for their reversal to be posted.
        """
        weights = self._weights[company][: LEAD_DAYS + self._horizon.days]
        inside = int(weights[LEAD_DAYS:].cumsum()[-1])
        kind = CASE_KINDS[number]
        if not kind.reversed:
            return weights, Fraction(int(weights.cumsum()[-1]), inside)
        reversal = next(at for at, step in enumerate(kind.steps) if step.reverses >= 0)
        at = next(
            at
            for at in self._mine[company]
            if (self._series[at].kind, self._series[at].case, self._series[at].step)
            == (SeriesKind.CASE, number, reversal)
        )
        own = np.where(np.arange(len(weights)) < LEAD_DAYS, 0, weights)
        reached = np.concatenate([[0], np.add.accumulate(own)])
        posted = int(reached[len(weights) - windows[self._table.window[at], -1].astype(np.int64)].sum())
        return own, Fraction(inside * CLASSES, max(posted, inside * CLASSES // _MOST_LATE))

    def _count_closes(self, closes: Sequence[Close], before: NDArray[np.int64]) -> None:
        mine = [at for at, series in enumerate(self._series) if series.kind is SeriesKind.CLOSE]
        place = {
            (self._series[at].company, self._series[at].document_type): row for row, at in enumerate(mine)
        }
        # Far fewer than all series, so they are counted in a table of their own.
        counted = np.zeros((len(mine), len(before)), dtype=np.int64)
        for close in closes:
            self._build.checkpoint()
            for (day, document_type), count in Counter(close.documents()).items():
                counted[place[close.company, document_type], day + 1] += count
        before[:, mine] = np.add.accumulate(counted, axis=1).T

    def _count_cases(
        self,
        chained: Sequence[int],
        starts: NDArray[np.int64],
        windows: NDArray[np.uint8],
        before: NDArray[np.int64],
    ) -> None:
        column = np.empty(len(before), dtype=np.int64)
        for at in chained:
            self._build.checkpoint()
            series = self._series[at]
            count_step(starts[series.case_company, series.case], windows[self._table.window[at]], column)
            before[:, at] = column - column[0]

    def _crowded(
        self, entries: Sequence[int], before: NDArray[np.int64]
    ) -> list[tuple[int, slice | NDArray[np.bool_]]]:
        """Return the cases that companies have too many of: of all kinds, or those of another's."""
        paired = np.array([kind.pair for kind in CASE_KINDS])
        found: dict[int, slice | NDArray[np.bool_]] = {}
        for company, total in enumerate(entries):
            if int(before[-1, self._mine[company]].sum()) > total:
                for case_company in {self._series[at].case_company for at in self._mine[company]} - {company}:
                    found.setdefault(case_company, paired)
                found[company] = slice(None)
        return list(found.items())

    def _fill(self, company: int, total: int, before: NDArray[np.int64]) -> None:
        """Fill the company's days up with single documents."""
        mine = self._mine[company]
        taken = before[:, mine].sum(axis=1)
        weights = self._weights[company][LEAD_DAYS:-LEAD_DAYS]
        due = spread(total, weights, self._phase("days", company))
        missing = np.maximum.accumulate(np.maximum(due - taken, 0))
        singles = total - int(taken[-1])
        upto = np.minimum(missing, singles)
        totals = self._single_totals(company, singles, total, before)
        phases = [self._phase("singles", company, number) for number in range(len(totals))]
        dealt = deal(upto, totals, phases)
        for at in mine:
            series = self._series[at]
            if series.kind is SeriesKind.SINGLE:
                before[:, at] = dealt[:, series.case]

    def _single_totals(self, company: int, singles: int, total: int, before: NDArray[np.int64]) -> list[int]:
        """Return how many single documents of each kind there are."""
        due = dict(zip(self._shares, self._due(company, total), strict=True))
        for at in self._mine[company]:
            series = self._series[at]
            if series.kind is SeriesKind.CASE:
                due[series.case_kind.process] -= int(before[-1, at])
        for process, closing in self._closing[company].items():
            due[process] -= closing
        foreign = [int(part * total * _FIXED_POINT) for part in foreign_singles(self._config)]
        shares = []
        for kind, wanted in zip(SINGLE_KINDS, foreign, strict=True):
            open_here = max(due[kind.process], 0) * _FIXED_POINT
            abroad = sum(
                other for other, of in zip(foreign, SINGLE_KINDS, strict=True) if of.process == kind.process
            )
            usual = max(open_here - abroad, 0) * _per_thousand(kind) // _usual_thousands(kind.process)
            shares.append(min(wanted, open_here) if kind.foreign else usual)
        if not any(shares):
            shares = [int(self._shares[kind.process] > 0 and not kind.foreign) for kind in SINGLE_KINDS]
        return apportion(singles, shares, phase_within(self._phase("single kinds", company), sum(shares)))

    def _due(self, company: int, total: int) -> list[int]:
        shares = list(self._shares.values())
        return apportion(total, shares, phase_within(self._phase("processes", company), sum(shares)))


def _per_thousand(kind: CaseKind) -> int:
    return round(kind.share * 1_000)


def _usual_thousands(process: str) -> int:
    return sum(_per_thousand(kind) for kind in SINGLE_KINDS if kind.process == process and not kind.foreign)
