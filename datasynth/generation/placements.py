"""Where entries are: their places in the schedule and their rows of the template lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.document_lines import deal_rows
from datasynth.generation.kernels.placements import fill_placements

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.journal_plan import JournalPlan


@dataclass(frozen=True, slots=True)
class Placements:
    """Entries as places in the schedule and rows of the template lines.

    Attributes
    ----------
    day, series : (n,) int32
        Day from the start, and series.
    number, document_number : (n,) int64
        Number of the case or place among the series' documents; document number.
    slot, slots : (n,) int64
        Place in the day part of the day, and how many documents the day part has.
    row, jitter : (n,) int64
        Row of lines, and jitter steps of its amounts.
    booked, paid : (n,) int64
        See `deal_rows`. [minor units]
    first_line : (n + 1,) int64
        See `Block`.
    """

    day: NDArray[np.int32]
    series: NDArray[np.int32]
    number: NDArray[np.int64]
    document_number: NDArray[np.int64]
    slot: NDArray[np.int64]
    slots: NDArray[np.int64]
    row: NDArray[np.int64]
    jitter: NDArray[np.int64]
    booked: NDArray[np.int64]
    paid: NDArray[np.int64]
    first_line: NDArray[np.int64]


def place_entries(plan: JournalPlan, first: int, count: int) -> Placements:
    """Find the places of entries of the untriggered journal.

    Parameters
    ----------
    plan
        Of the journal.
    first, count
        Sequence number of the first entry, and how many; all must exist.
    """
    # long: the kernels' arguments, one a line.
    schedule, all_series = plan.schedule, plan.all_series
    tree = schedule.tree
    known = len(schedule.all_series)
    day, series = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
    number, document_number, slot, slots = (np.empty(count, dtype=np.int64) for _ in range(4))
    fill_placements(
        first,
        plan.day_key,
        schedule.entries_before,
        schedule.before,
        plan.year_start,
        tree.left,
        tree.right,
        tree.series,
        tree.group,
        tree.roots,
        tree.series_group,
        tree.numbered,
        all_series.kind,
        all_series.case_company,
        all_series.case,
        schedule.series_window,
        schedule.starts,
        schedule.windows,
        np.empty(len(tree.left), dtype=np.int64),
        np.empty(len(tree.left), dtype=np.int64),
        np.empty(len(tree.left), dtype=np.int64),
        np.empty(tree.groups, dtype=np.int64),
        np.empty(tree.groups, dtype=np.int64),
        np.empty((known, CLASSES + 1), dtype=np.int64),
        np.full(known, -1, dtype=np.int32),
        np.empty(known, dtype=np.int32),
        day,
        series,
        number,
        document_number,
        slot,
        slots,
    )
    row, jitter, booked, paid = (np.empty(count, dtype=np.int64) for _ in range(4))
    first_line = np.empty(count + 1, dtype=np.int64)
    deal_rows(
        day,
        series,
        number,
        all_series.kind,
        all_series.row,
        all_series.bits,
        all_series.key,
        all_series.jitter,
        all_series.valuation,
        all_series.settled,
        all_series.settled_window,
        all_series.receives,
        all_series.rate,
        all_series.case_company,
        all_series.case,
        schedule.starts,
        schedule.windows,
        plan.rates.rates,
        plan.rates.divisor,
        plan.template_lines.jitters,
        plan.row_total,
        plan.rows.offsets,
        row,
        jitter,
        booked,
        paid,
        first_line,
    )
    return Placements(
        day, series, number, document_number, slot, slots, row, jitter, booked, paid, first_line
    )
