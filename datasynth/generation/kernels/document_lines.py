"""Which row of lines each placed entry copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, find_place
from datasynth.generation.kernels.item_numbers import fill_item_numbers
from datasynth.generation.kernels.placements import fill_placements
from datasynth.generation.kernels.templates import jitter_of, template_of
from datasynth.generation.kernels.valued import SETTLES, day_of_step, valued
from datasynth.generation.kernels.wrong_amounts import AMOUNTS, differs_in_jitter, later_case, other_case
from datasynth.generation.kernels.wrong_placements import place_wrong_documents
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.issued_days import IssuedDays
    from datasynth.generation.kernels.placements import DayState, Placements, ScheduleTables
    from datasynth.generation.kernels.valued import Rates
    from datasynth.kernel import Records

SINGLE = 1
"""`SeriesKind` of single documents; cases are below it, closes above."""

ROW = np.dtype(
    [
        ("first_line", np.int64),
        ("total", np.int64),
        ("jitter_unit", np.int64),
        ("lines", np.int32),
        ("debits", np.int32),
    ]
)
"""A row: the lines that a document copies.

first_line, lines
    First line and number of lines.
debits
    Number of debits, which come first.
total
    Sum of the debits. [minor units]
jitter_unit
    What one jitter step adds to the total. [minor units]
"""

CLOSING_ROW = np.dtype(
    [("reverses", np.int64), ("profile", np.int32), ("trading_partner", np.int16)], align=True
)
"""The row of a closing entry.

reverses
    `identity` of the entry that it reverses, or -1.
profile
    Document profile.
trading_partner
    Company on the other side, or -1.
"""


class Workspace(NamedTuple):
    """Memory that placing works in; what is left in it from earlier calls saves time and changes nothing."""

    state: DayState
    kept: IssuedDays


class LineSource(NamedTuple):
    """The rows that placed entries copy: of templates, and from `first_close` on of closing entries.

    See `ROW`, `CLOSING_ROW`, and `DocumentLines` for the columns of lines.
    """

    rows: Records
    account: NDArray[np.int16]
    posting: NDArray[np.int16]
    amount: NDArray[np.int64]
    jitter_unit: NDArray[np.int32]
    first_close: int
    closing: Records


@kernel
def settlement(
    case: int,
    day: int,
    total: int,
    original_window: NDArray[np.uint8],
    starts: NDArray[np.int64],
    day_rates: NDArray[np.int64],
    divisor: int,
) -> tuple[np.int64, np.int64]:
    """Return what a case's document was booked at, and what is paid for it on a day. [minor units]"""
    start = find_place(starts, case)
    before = day_of_step(original_window, start, case & (CLASSES - 1))
    # Each is rounded by itself, as in its document, so the difference is that of the documents.
    booked = valued(total, day_rates[before], divisor)
    return booked, valued(total, day_rates[LEAD_DAYS + day], divisor)


@kernel
def wrong_amounts(
    series: np.record,
    number: int,
    template: int | np.int64,
    jitter: int | np.int64,
    jitters: NDArray[np.int64],
) -> tuple[np.int64, np.int64]:
    """Return template and jitter of a case's wrong document; `template` and `jitter` are the right ones."""
    largest = jitters[series.first_jitter + template]
    if largest > 0 and differs_in_jitter(series.key, number):
        steps = jitter_of(series.key, later_case(series.key, number, series.class_bits), largest)
        if steps != jitter:
            return np.int64(template), steps
    other = other_case(series.key, number)
    chosen = template_of(series.key, other, series.class_bits)
    largest = jitters[series.first_jitter + chosen]
    return chosen, jitter_of(series.key, other, largest) if largest > 0 else np.int64(0)


@kernel
def deal_rows(
    tables: ScheduleTables, rates: Rates, jitters: NDArray[np.int64], rows: Records, placements: Placements
) -> None:
    """Find each entry's row, jitter and first line, and both values of a settlement; one turn is one entry.

    `jitters` are those of `TemplateLines`; placements come from `fill_placements`.
    """
    table, starts, windows = tables.series, tables.starts, tables.windows
    place_series, numbers = placements.series, placements.number
    row_of, jitter, first_line = placements.row, placements.jitter, placements.first_line
    booked, paid = placements.booked, placements.paid
    first_line[0] = 0
    for entry in range(len(place_series)):
        series, number = table[place_series[entry]], numbers[entry]
        row = series.row + number
        jitter[entry], booked[entry], paid[entry] = 0, 0, 0
        if series.kind <= SINGLE:
            template = template_of(series.key, number, series.class_bits)
            row = series.row + template
            largest = jitters[series.first_jitter + template]
            # A template without room for jitter needs no draw.
            if largest > 0:
                jitter[entry] = jitter_of(series.key, number, largest)
            if placements.version[entry] > 0 and series.mistake == AMOUNTS:
                template, jitter[entry] = wrong_amounts(series, number, template, jitter[entry], jitters)
                row = series.row + template
            if series.valuation == SETTLES:
                original = table[series.settles]
                booked[entry], paid[entry] = settlement(
                    number,
                    placements.rate_day[entry],
                    rows[original.row + template].total,
                    windows[original.window],
                    starts[series.case_company, series.case],
                    rates.rates[series.rate],
                    rates.divisor[series.rate],
                )
                gained = paid[entry] - booked[entry]
                if series.receives == 0:
                    gained = -gained
                # The step has its rows three times: without a difference, with a loss, with a gain.
                variant = 1 if gained < 0 else 2 if gained > 0 else 0
                row += np.int64(variant) << (series.class_bits + CLASS_BITS)
        row_of[entry] = row
        first_line[entry + 1] = first_line[entry] + rows[row].lines


@kernel
def place_and_deal(
    first: int,
    tables: ScheduleTables,
    rates: Rates,
    jitters: NDArray[np.int64],
    source: LineSource,
    workspace: Workspace,
    placements: Placements,
) -> None:
    """Place a run of entries, items and rows included; see `fill_placements` and `deal_rows`."""
    state, kept = workspace
    fill_placements(first, tables, state, placements)
    place_wrong_documents(tables, state, placements)
    fill_item_numbers(tables, kept, placements)
    deal_rows(tables, rates, jitters, source.rows, placements)
