"""Template lines: the rows of lines from which a journal copies its documents.

The rows of all template pools come first, then those of the calendar's closes.  Every
document is a row and a number of jitter steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.build_context import ALONE
from datasynth.generation.draws import make_key
from datasynth.generation.kernels.drawn_amounts import POOL_BITS, UNPOOLED
from datasynth.generation.kernels.layout import number_columns
from datasynth.generation.kernels.schedule.counts import CLASS_BITS, CLASSES
from datasynth.generation.kernels.sums.balances import sum_units
from datasynth.generation.kernels.templates import unit_bits
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.templates.document_lines import DocumentLines, GrowingLines
from datasynth.generation.templates.drawn_amounts import drawn_amounts
from datasynth.generation.templates.pools import (
    TemplatePoolKey,
    TemplatePools,
    make_template_pools,
    template_pool_key,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.kernels.drawn_amounts import DrawnAmounts
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.generation.templates.drawn_amounts import AmountDistribution
    from datasynth.generation.templates.pool import TemplatePool
    from datasynth.kernel import Records
    from datasynth.ledger.chart import Chart


# Compiled loops take so many numbers at once, and the rest of a row one by one; rows
# of few columns are not filled up.
_VECTOR_WIDTH = 16
_FEW_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class TemplateLines:
    """Rows of all template pools, and the sums over the templates of each series.

    Attributes
    ----------
    store
        Rows of all templates of all steps, with room for those of the closes.
    total, total_jitter_unit : (rows,) int64
        Sum of each row's debits, and what a jitter step adds to it. [minor units]
    column : (lines,) int16
        Place of the line's account and side among those of its step.
    rings : (templates of all pools,)
        Records of `RING`.
    sides, units
        For each series, accounts and sides of its step (``2 * account``, plus 1 for
        credits) and the sums over the units of its templates; see `sum_units`.  Empty for
        closes.
    amounts
        Distributions of the amounts that cases draw.
    rows
        The rows in `store` before those of the closes are added.
    """

    store: GrowingLines
    total: NDArray[np.int64]
    total_jitter_unit: NDArray[np.int64]
    column: NDArray[np.int16]
    rings: Records
    sides: tuple[NDArray[np.int32], ...]
    units: tuple[NDArray[np.int64], ...]
    amounts: DrawnAmounts
    rows: DocumentLines = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", self.store.filled)


def make_template_lines(
    config: Config, schedule: Schedule, chart: Chart, room: tuple[int, int], build: BuildContext = ALONE
) -> TemplateLines:
    """Draw the template pools that a schedule needs and lay out their rows.

    `room` is the number of rows and of lines that the closes will add.  The function
    fills the templates' columns of `schedule.series`.
    """
    pools = make_template_pools(config, schedule, chart, build)
    return _Layout(config, schedule, pools).template_lines(len(chart.accounts), room, build)


@dataclass(frozen=True, slots=True)
class _PoolPlace:
    """Where a template pool is: first rows of its steps, first ring."""

    rows: tuple[int, ...]
    ring: int
    pool: TemplatePool


_NOWHERE = (np.empty(0, dtype=np.int32), np.empty((0, 0, 0), dtype=np.int64))


class _Layout:
    """Places pools one after the other and fills the series table."""

    def __init__(self, config: Config, schedule: Schedule, pools: TemplatePools) -> None:
        self._seed = config.general.seed
        self._entries = config.transactions.target_count
        self._document_series = schedule.document_series
        self._keys = [
            template_pool_key(config, series) if series.in_cases else None
            for series in schedule.document_series
        ]
        self._series = schedule.series
        self._cases = _cases(schedule)
        self._parts: list[DocumentLines] = []
        self._rings: list[Records] = []
        self._places = {key: self._append(pool) for key, pool in pools.items()}

    def template_lines(self, accounts: int, room: tuple[int, int], build: BuildContext) -> TemplateLines:
        places = [None if key is None else self._places[key] for key in self._keys]
        build.checkpoint()
        store = GrowingLines(self._parts, *room)
        rows = store.filled
        build.checkpoint()
        column = np.zeros(len(rows.account), dtype=np.int16)
        sums: dict[int, tuple[NDArray[np.int32], NDArray[np.int64]]] = {}
        total, total_jitter_unit = rows.totals()
        cumulated = np.concatenate([[0], np.add.accumulate(total)])
        first, gross = [], []
        for series, place in zip(self._document_series, places, strict=True):
            row, mean = 0, 0
            if place is not None:
                templates = place.pool.templates
                row = place.rows[series.step]
                mean = int(cumulated[row + templates] - cumulated[row]) // templates
                if row not in sums:
                    build.checkpoint()
                    sums[row] = _sums(rows, column, row, templates, accounts)
            first.append(row)
            gross.append(mean)
        counted = slice(len(places))
        self._series.row[counted], self._series.gross[counted] = first, gross
        self._series.class_bits[counted] = [_bits(place) for place in places]
        self._series.first_ring[counted] = [0 if place is None else place.ring for place in places]
        self._fill_dealing()
        summed = [_NOWHERE if place is None else sums[row] for row, place in zip(first, places, strict=True)]
        return TemplateLines(
            store,
            total,
            total_jitter_unit,
            column,
            np.concatenate(self._rings).view(np.recarray),
            tuple(sides for sides, _ in summed),
            tuple(units for _, units in summed),
            self._draw_amounts(places, POOL_BITS if self._entries > build.most_drawn else UNPOOLED),
        )

    def _fill_dealing(self) -> None:
        """Fill in by which key, and after how many cases of others, each series' cases take templates.

        Companies that share a pool take its templates one after the other in one order, so none
        is used again before all are.
        """
        cases: dict[TemplatePoolKey, dict[int, int]] = {}
        for series, key, count in zip(self._document_series, self._keys, self._cases, strict=True):
            if key is not None:
                cases.setdefault(key, {})[series.case_company] = count
        first: dict[tuple[TemplatePoolKey, int], int] = {}
        order: dict[TemplatePoolKey, int] = {}
        for key, of_company in cases.items():
            passed = 0
            for company in sorted(of_company):
                first[key, company] = passed
                # Every class has a part of them, rounded up.
                passed += -(-of_company[company] // CLASSES) * CLASSES
            path = key.series_kind.name, key.case_kind.name, key.currency, key.permille
            order[key] = make_key(self._seed, "dealing", *path)
        for at, (series, key) in enumerate(zip(self._document_series, self._keys, strict=True)):
            if key is not None:
                self._series.dealing_key[at] = order[key]
                self._series.first_dealt[at] = first[key, series.case_company]

    def _draw_amounts(self, places: Sequence[_PoolPlace | None], pool_bits: int) -> DrawnAmounts:
        """Number the distributions of drawn amounts, and fill in which one each series has."""
        found: dict[int, int] = {}
        distributions: list[AmountDistribution] = []
        for at, place in enumerate(places):
            drawn = None if place is None else place.pool.distribution
            if drawn is None:
                continue
            if id(drawn) not in found:
                found[id(drawn)] = len(distributions)
                distributions.append(drawn)
            self._series.distribution[at], self._series.whole[at] = found[id(drawn)], drawn.whole
            self._series.pool_bits[at] = pool_bits
            # So far it is the mean of the parts that documents have.
            self._series.gross[at] = drawn.mean * int(self._series.gross[at]) // drawn.whole
        return drawn_amounts(distributions)

    def _append(self, pool: TemplatePool) -> _PoolPlace:
        begin = sum(len(part.debits) for part in self._parts)
        rows = []
        for step in pool.steps:
            rows.append(begin)
            begin += len(step.debits)
            self._parts.append(step)
        place = _PoolPlace(tuple(rows), sum(len(rings) for rings in self._rings), pool)
        self._rings.append(pool.rings)
        return place


def _cases(schedule: Schedule) -> list[int]:
    """Return the number of cases, or single documents, of each series."""
    counts: list[int] = schedule.before[-1].tolist()
    for at, series in enumerate(schedule.document_series):
        if series.kind is SeriesKind.CASE:
            counts[at] = int(schedule.starts[series.case_company, series.case, -1])
    return counts


def _bits(place: _PoolPlace | None) -> int:
    return 0 if place is None else place.pool.templates.bit_length() - 1 - CLASS_BITS


def _sums(
    rows: DocumentLines, column: NDArray[np.int16], first: int, templates: int, accounts: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Number the accounts and sides of a step and sum its templates."""
    places = np.empty(2 * accounts, dtype=np.int16)
    number_columns(rows.offsets, rows.debits, rows.account, first, templates, places, column)
    sides = np.flatnonzero(places >= 0)
    class_bits = templates.bit_length() - 1 - CLASS_BITS
    units_of_class = 1 << class_bits >> unit_bits(class_bits)
    units = np.empty((CLASSES, units_of_class + 1, padded(len(sides))), dtype=np.int64)
    sum_units(rows.offsets, column, rows.amount, first, class_bits, units)
    return sides.astype(np.int32), units


def padded(columns: int) -> int:
    """Return the columns in which a step's accounts and sides are summed; the added ones stay nil."""
    return columns if columns <= _FEW_COLUMNS else -(-columns // _VECTOR_WIDTH) * _VECTOR_WIDTH
