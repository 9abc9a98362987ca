"""How the documents of a series are summed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.schedule.series_links import series_rate, settled_window, valuation_of
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.generation.templates.template_lines import TemplateLines
    from datasynth.ledger.chart import Chart
    from datasynth.ledger.processes import Posting

# Compiled loops take so many numbers at once, and the rest of a row one by one.
_VECTOR_WIDTH = 16
_FEW_COLUMNS = 4

NO_WINDOWS = np.empty((0, CLASSES), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class SeriesSumming:
    """How one series' documents are summed.

    Attributes
    ----------
    sides
        Account and side of each slot: ``2 * account``, plus 1 for credits.
    valuation
        Of the documents in their company.
    upto
        Cases, or single documents, before each day.
    lead
        First day of `upto`, lead days first.
    windows, settled
        Lag tables of the step and of the one that it settles; none for single documents.
    window, settled_window
        Their numbers in `Schedule.windows`, or -1.
    rate
        Row of the rate table.
    first_row
        Of the rows that amounts are taken from.
    receives
        Whether it settles what is owed to the company.
    """

    sides: NDArray[np.int32]
    valuation: Valuation
    upto: NDArray[np.int64]
    lead: int
    windows: NDArray[np.uint8]
    settled: NDArray[np.uint8]
    window: int
    settled_window: int
    rate: int
    first_row: int
    receives: bool


def padded(columns: int) -> int:
    """Return in how many columns a step's slots are summed; those beyond the slots stay nil."""
    return columns if columns <= _FEW_COLUMNS else -(-columns // _VECTOR_WIDTH) * _VECTOR_WIDTH


def describe_summing(
    config: Config, schedule: Schedule, template_lines: TemplateLines, chart: Chart, rates: RateTable, at: int
) -> SeriesSumming:
    """Describe how a series' documents are summed; not for closes."""
    series = schedule.all_series[at]
    chained = series.kind is SeriesKind.CASE
    valuation = valuation_of(config, series)
    settles = valuation is Valuation.SETTLES
    settled = settled_window(schedule, series) if settles else -1
    return SeriesSumming(
        _settling_sides(chart, series.posted.debit, series.posted.credit)
        if settles
        else template_lines.sides[at],
        valuation,
        schedule.starts[series.case_company, series.case]
        if chained
        else np.ascontiguousarray(schedule.before[:, at]),
        0 if chained else LEAD_DAYS,
        schedule.windows[schedule.series_window[at]] if chained else NO_WINDOWS,
        schedule.windows[settled] if settles else NO_WINDOWS,
        int(schedule.series_window[at]),
        settled,
        series_rate(config, rates, series),
        int(template_lines.series_settled[at] if settles else template_lines.series_row[at]),
        not series.posted.debit[0].item,
    )


def _settling_sides(chart: Chart, debit: Sequence[Posting], credit: Sequence[Posting]) -> NDArray[np.int32]:
    """Return accounts and sides of a settlement's slots: both main lines, loss, gain."""
    main, loss = (chart.only(posting.pool) for posting in debit)
    other, gain = (chart.only(posting.pool) for posting in credit)
    return np.array([2 * main, 2 * other + 1, 2 * loss, 2 * gain + 1], dtype=np.int32)
