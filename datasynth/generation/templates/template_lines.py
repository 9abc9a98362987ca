"""The template lines: every row of lines that a journal copies its documents from.

Rows of all template pools lie one after the other, then the rows of the calendar's
closes.  A document is a row and a number of jitter steps, whatever it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.build_context import ALONE
from datasynth.generation.draws import make_key
from datasynth.generation.kernels.balances import CHECKPOINT_BITS, sum_templates
from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES
from datasynth.generation.kernels.layout import number_columns
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.templates.document_lines import DocumentLines, GrowingLines
from datasynth.generation.templates.pools import TemplatePools, make_template_pools, template_pool_key
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS, Valuation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.generation.templates.pool import TemplatePool
    from datasynth.ledger.chart import Chart


@dataclass(frozen=True, slots=True)
class TemplateLines:
    """Rows of all template pools, and where each series' begin.

    Attributes
    ----------
    store
        Rows of all templates of all steps, with room for those of the closes.
    total, total_jitter_unit : (rows,) int64
        Sum of each row's debits, and what a jitter step adds to it. [minor units]
    column : (lines,) int16
        Place of the line's account and side among those of its step.
    series_row : (series,) int64
        First row of the series' step; 0 for closes.
    series_settled : (series,) int64
        First row of the step in foreign currency that the series' settles, or -1.
    series_bits : (series,) int32
        Binary digits of the number of templates of a class.
    series_key : (series,) uint64
        Key of the cases' draws; the same for all steps of a company's cases.
    series_jitter : (series,) int64
        Where the template pool's jitters begin.
    jitters : (account combinations of all template_pools,) int64
        Most jitter steps of each template.
    sides, prefix
        For each series, accounts and sides of its step (``2 * account``, plus 1 for
        credits) and the prefix sums over its templates; see `sum_templates`.  Empty for
        closes.
    gross : (series,) int64
        Mean amount of the series' documents. [minor units]
    rows
        Lines of all templates of all steps, without those of the closes.
    """

    store: GrowingLines
    total: NDArray[np.int64]
    total_jitter_unit: NDArray[np.int64]
    column: NDArray[np.int16]
    series_row: NDArray[np.int64]
    series_settled: NDArray[np.int64]
    series_bits: NDArray[np.int32]
    series_key: NDArray[np.uint64]
    series_jitter: NDArray[np.int64]
    jitters: NDArray[np.int64]
    sides: tuple[NDArray[np.int32], ...]
    prefix: tuple[NDArray[np.int64], ...]
    gross: tuple[int, ...]
    rows: DocumentLines = field(init=False)

    def __post_init__(self) -> None:
        """Hold on to the rows of the templates alone."""
        object.__setattr__(self, "rows", self.store.filled)


def make_template_lines(
    config: Config, schedule: Schedule, chart: Chart, room: tuple[int, int], build: BuildContext = ALONE
) -> TemplateLines:
    """Draw the template pools that a schedule needs and lay them out; other builds share them.

    `room` says how many rows and lines more will come.
    """
    template_pools = make_template_pools(config, schedule, chart, build)
    return _Layout(config, schedule, template_pools).template_lines(len(chart.accounts), room, build)


@dataclass(frozen=True, slots=True)
class _PoolPlace:
    """Where a template pool lies: first rows of its steps, first jitter."""

    rows: tuple[int, ...]
    jitter: int
    template_pool: TemplatePool


_NOWHERE = (np.empty(0, dtype=np.int32), np.empty((0, 0, 0), dtype=np.int64))


class _Layout:
    def __init__(self, config: Config, schedule: Schedule, template_pools: TemplatePools) -> None:
        self._config = config
        self._series = schedule.all_series
        self._parts: list[DocumentLines] = []
        self._jitters: list[NDArray[np.int64]] = []
        self._places = {key: self._lay(template_pool) for key, template_pool in template_pools.items()}

    def template_lines(self, accounts: int, room: tuple[int, int], build: BuildContext) -> TemplateLines:
        placed = [self._place(series) for series in self._series]
        build.checkpoint()
        store = GrowingLines(self._parts, *room)
        rows = store.filled
        build.checkpoint()
        column = np.zeros(len(rows.account), dtype=np.int16)
        sums: dict[int, tuple[NDArray[np.int32], NDArray[np.int64]]] = {}
        total, total_jitter_unit = rows.totals()
        reached = np.concatenate([[0], np.add.accumulate(total)])
        first, settled, gross = [], [], []
        for series, place in zip(self._series, placed, strict=True):
            row = 0 if place is None else place.rows[series.step]
            first.append(row)
            settled.append(-1 if place is None else self._settled(series, place))
            gross.append(
                0
                if place is None
                else int(reached[row + place.template_pool.templates] - reached[row])
                // place.template_pool.templates
            )
            if place is not None and row not in sums:
                build.checkpoint()
                sums[row] = _sums(rows, column, row, place.template_pool.templates, accounts)
        known = [_NOWHERE if place is None else sums[row] for row, place in zip(first, placed, strict=True)]
        return TemplateLines(
            store,
            total,
            total_jitter_unit,
            column,
            np.array(first, dtype=np.int64),
            np.array(settled, dtype=np.int64),
            np.array([_bits(place) for place in placed], dtype=np.int32),
            np.array([self._key(series) for series in self._series], dtype=np.uint64),
            np.array([0 if place is None else place.jitter for place in placed], dtype=np.int64),
            np.concatenate(self._jitters),
            tuple(sides for sides, _ in known),
            tuple(prefix for _, prefix in known),
            tuple(gross),
        )

    def _place(self, series: DocumentSeries) -> _PoolPlace | None:
        if series.kind is SeriesKind.CLOSE:
            return None
        return self._places[template_pool_key(self._config, series)]

    def _lay(self, template_pool: TemplatePool) -> _PoolPlace:
        begin = sum(len(part.debits) for part in self._parts)
        rows = []
        for step in template_pool.steps:
            rows.append(begin)
            begin += len(step.debits)
            self._parts.append(step)
        place = _PoolPlace(tuple(rows), sum(len(jitters) for jitters in self._jitters), template_pool)
        self._jitters.append(template_pool.jitter)
        return place

    def _settled(self, series: DocumentSeries, place: _PoolPlace) -> int:
        if series.posted.currency is not Valuation.SETTLES:
            return -1
        steps = series.case_kind.steps
        return place.rows[next(at for at, step in enumerate(steps) if step.currency is Valuation.FOREIGN)]

    def _key(self, series: DocumentSeries) -> int:
        if series.kind is SeriesKind.CLOSE:
            return make_key(self._config.general.seed, "close", series.company, series.document_type)
        kinds = CASE_KINDS if series.kind is SeriesKind.CASE else SINGLE_KINDS
        return make_key(self._config.general.seed, "chain", series.case_company, kinds[series.case].name)


def _bits(place: _PoolPlace | None) -> int:
    return 0 if place is None else place.template_pool.templates.bit_length() - 1 - CLASS_BITS


def _sums(
    rows: DocumentLines, column: NDArray[np.int16], first: int, templates: int, accounts: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Number a step's accounts and sides and sum its templates."""
    places = np.empty(2 * accounts, dtype=np.int16)
    number_columns(rows.offsets, rows.debits, rows.account, first, templates, places, column)
    sides = np.flatnonzero(places >= 0)
    class_bits = templates.bit_length() - 1 - CLASS_BITS
    checkpoints = max((1 << class_bits) >> CHECKPOINT_BITS, 1)
    prefix = np.zeros((CLASSES, checkpoints + 1, len(sides)), dtype=np.int64)
    sum_templates(rows.offsets, column, rows.amount, first, class_bits, prefix)
    return sides.astype(np.int32), prefix
