"""How the documents of a series are summed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

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
    upto
        Cases, or single documents, before each day.
    lead
        First day of `upto`, lead days first.
    windows, settled
        Lag tables of the step and of the one that it settles; none for single documents.
    """

    sides: NDArray[np.int32]
    upto: NDArray[np.int64]
    lead: int
    windows: NDArray[np.uint8]
    settled: NDArray[np.uint8]


def padded(columns: int) -> int:
    """Return in how many columns a step's slots are summed; those beyond the slots stay nil."""
    return columns if columns <= _FEW_COLUMNS else -(-columns // _VECTOR_WIDTH) * _VECTOR_WIDTH


def describe_summing(
    schedule: Schedule, template_lines: TemplateLines, chart: Chart, at: int
) -> SeriesSumming:
    """Describe how a series' documents are summed; not for closes."""
    record, posted = schedule.series[at], schedule.document_series[at].posted
    chained = record.kind == SeriesKind.CASE
    settles = record.valuation == Valuation.SETTLES
    return SeriesSumming(
        _settling_sides(chart, posted.debit, posted.credit) if settles else template_lines.sides[at],
        schedule.starts[record.case_company, record.case]
        if chained
        else np.ascontiguousarray(schedule.before[:, at]),
        0 if chained else LEAD_DAYS,
        schedule.windows[record.window] if chained else NO_WINDOWS,
        schedule.windows[schedule.series.window[record.settles]] if settles else NO_WINDOWS,
    )


def _settling_sides(chart: Chart, debit: Sequence[Posting], credit: Sequence[Posting]) -> NDArray[np.int32]:
    """Return accounts and sides of a settlement's slots: both main lines, loss, gain."""
    main, loss = (chart.only(posting.pool) for posting in debit)
    other, gain = (chart.only(posting.pool) for posting in credit)
    return np.array([2 * main, 2 * other + 1, 2 * loss, 2 * gain + 1], dtype=np.int32)
