"""Which row of lines each placed entry copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.drawn_amounts import ORIGINAL, WRONG_AMOUNT, drawn_amount, drawn_template
from datasynth.generation.kernels.reading_ahead import prefetch
from datasynth.generation.kernels.schedule.counts import (
    CLASS_BITS,
    CLASSES,
    LEAD_DAYS,
    start_of_case,
)
from datasynth.generation.kernels.schedule.item_numbers import fill_item_numbers
from datasynth.generation.kernels.schedule.placements import CASE, fill_placements
from datasynth.generation.kernels.schedule.wrong_placements import place_wrong_documents
from datasynth.generation.kernels.templates import jitter_of, template_of
from datasynth.generation.kernels.valued import SETTLES, valued
from datasynth.generation.kernels.wrong_amounts import (
    AMOUNTS,
    MISTAKEN,
    dealt_case,
    pooled_case,
    wrong_amounts,
)
from datasynth.kernel import inlined, kernel

if TYPE_CHECKING:
    from datasynth.generation.kernels.drawn_amounts import DrawnAmounts
    from datasynth.generation.kernels.schedule.issued_days import IssuedDays
    from datasynth.generation.kernels.schedule.placements import DayState, Placements, ScheduleTables
    from datasynth.generation.kernels.schedule.wrong_documents import WrongTables
    from datasynth.generation.kernels.valued import Rates
    from datasynth.kernel import Records

AT_ONCE = 256
"""Entries of which row and ring are fetched together."""

SINGLE = 1
"""`SeriesKind` of single documents; cases are below it, closes above."""

ROW = np.dtype(
    [
        ("first_line", np.int64),
        ("total", np.int64),
        ("jitter_unit", np.int32),
        ("lines", np.int32),
        ("template_lines", np.int32),
        ("debits", np.int32),
    ]
)
"""A row: the template lines that a document copies.

first_line, template_lines
    First of them and their number.
lines
    Number of lines of the document.
debits
    Number of template lines that are debits, which come first.
total
    Sum of the debits. [minor units]
jitter_unit
    What one jitter step adds to the total. [minor units]
"""

TEMPLATE_LINE = np.dtype(
    [
        ("amount", np.int64),
        ("jitter_unit", np.int32),
        ("parts", np.int32),
        ("account", np.int16),
        ("posting", np.int16),
        ("split", np.int16),
    ],
    align=True,
)
"""A line of a row, as `DocumentLines` has it; together, since the rows of entries lie far apart in memory."""

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

    See `ROW`, `TEMPLATE_LINE` and `CLOSING_ROW`.
    """

    rows: Records
    lines: Records
    first_close: int
    closing: Records


@kernel
def rows_before_variant(series: np.record, booked: np.int64, paid: np.int64) -> np.int64:
    """Return how many rows of a settling step come before those of its variant.

    The step has its rows three times: without a difference, with a loss, with a gain.
    """
    gained = paid - booked if series.receives > 0 else booked - paid
    variant = 1 if gained < 0 else 2 if gained > 0 else 0
    return np.int64(variant) << np.int64(series.class_bits + CLASS_BITS)


@kernel
def drawing_case(series: np.record, case: int | np.int64, wrong: WrongTables) -> np.int64:
    """Return the case whose amount and accounts a case has: one of the amount pool, or itself."""
    if series.pool_bits < 0:
        return np.int64(case)
    chance, phase = np.int64(0), np.int64(0)
    if series.kind == CASE:
        thinned = wrong.thinning[series.case_company, series.case, case & (CLASSES - 1)]
        chance, phase = np.int64(thinned.chance), np.int64(thinned.phase)
    return pooled_case(series.key, case, chance, phase, int(series.pool_bits))


@inlined
def deal_drawn(
    entry: int,
    tables: ScheduleTables,
    rates: Rates,
    amounts: DrawnAmounts,
    placements: Placements,
) -> np.int64:
    """Draw the amount of an entry's case, fill in what it is booked at and paid, and return its row."""
    series, number = tables.series[placements.series[entry]], placements.number[entry]
    drawn = amount_version(series, placements.version[entry])
    drawing = drawing_case(series, number, tables.wrong)
    amount = drawn_amount(series.key, drawing, drawn, amounts, series.distribution)
    row: np.int64 = series.row + drawn_template(series.key, drawing, series.class_bits)
    placements.booked[entry] = amount
    if series.valuation != SETTLES:
        return row
    starts, window = tables.starts[series.case_company, series.case], tables.windows[series.window]
    start = start_of_case(number, LEAD_DAYS + placements.right_day[entry], window, starts)
    before = start + tables.lags[tables.series[series.settles].window, start, number & (CLASSES - 1)]
    day_rates, divisor = rates.rates[series.rate], rates.divisor[series.rate]
    # Each is rounded by itself, as in its document, so the difference is that of the documents.
    booked = valued(amount, day_rates[before], divisor)
    paid = valued(amount, day_rates[LEAD_DAYS + placements.rate_day[entry]], divisor)
    placements.booked[entry], placements.paid[entry] = booked, paid
    return row + rows_before_variant(series, booked, paid)


@kernel
def amount_version(series: np.record, version: int) -> int:
    """Return which of the amounts of a case its right (0) or wrong document has."""
    return WRONG_AMOUNT if version > 0 and series.mistake == AMOUNTS else ORIGINAL


@kernel
def deal_templates(
    begin: int,
    end: int,
    tables: ScheduleTables,
    rates: Rates,
    rings: Records,
    amounts: DrawnAmounts,
    rows: Records,
    placements: Placements,
) -> None:
    """Find row and drawn amount of some entries, and fetch row and ring; one turn is one entry.

    `deal_jitters` corrects the rows of wrong documents, and finds what `dealt_case` says in
    `jitter`: the number, or its complement where the key is already used in cases with a wrong document.
    """
    # Unsigned numbers spare every index a test for being negative.
    table, series_at, numbers = tables.series, placements.series.view(np.uint32), placements.number
    row_of, dealt, booked, paid = placements.row, placements.jitter, placements.booked, placements.paid
    thinning = tables.wrong.thinning
    for entry in range(begin, end):
        series, number = table[series_at[entry]], numbers[entry]
        row = series.row + number
        booked[entry], paid[entry] = 0, 0
        if series.distribution >= 0:
            row = deal_drawn(entry, tables, rates, amounts, placements)
        elif series.kind <= SINGLE:
            key = series.dealing_key
            if series.kind == CASE:
                thinned = thinning[
                    np.uintp(series.case_company), np.uintp(series.case), np.uintp(number & (CLASSES - 1))
                ]
                key, number = dealt_case(key, number, thinned.chance, thinned.phase)
            dealt[entry] = number if key == series.dealing_key else ~number
            template = template_of(key, number + series.first_dealt, series.class_bits)
            row = series.row + template
            prefetch(rings, series.first_ring + template)
        row_of[entry] = row
        prefetch(rows, row)


@kernel
def deal_jitters(
    begin: int, end: int, tables: ScheduleTables, rings: Records, rows: Records, placements: Placements
) -> None:
    """Find jitter and first line of some entries, after `deal_templates`; one turn is one entry."""
    table, series_at, version = tables.series, placements.series.view(np.uint32), placements.version
    row_of, jitter, first_line = placements.row, placements.jitter, placements.first_line
    for entry in range(begin, end):
        series, number = table[series_at[entry]], jitter[entry]
        jitter[entry] = 0
        if series.distribution < 0 and series.kind <= SINGLE:
            key, bits, template = series.dealing_key, series.class_bits, row_of[entry] - series.row
            if number < 0:
                key, number = key ^ MISTAKEN, ~number
            number += series.first_dealt
            if version[entry] > 0 and series.mistake == AMOUNTS:
                template, jitter[entry] = wrong_amounts(key, number, bits, template, rings, series.first_ring)
                row_of[entry] = series.row + template
            else:
                jitter[entry] = jitter_of(key, number, bits, template, rings, series.first_ring)
        first_line[entry + 1] = first_line[entry] + rows[np.uintp(row_of[entry])].lines


@kernel
def deal_rows(
    tables: ScheduleTables,
    rates: Rates,
    rings: Records,
    amounts: DrawnAmounts,
    rows: Records,
    placements: Placements,
) -> None:
    """Find each entry's row, jitter, drawn amount and first line; one turn is some entries.

    `rings` are those of `TemplateLines`; placements come from `fill_placements`.
    """
    count = len(placements.series)
    placements.first_line[0] = 0
    # What the first kernel asks for has come, and is still there, when the second one reads it.
    for begin in range(0, count, AT_ONCE):
        end = min(begin + AT_ONCE, count)
        deal_templates(begin, end, tables, rates, rings, amounts, rows, placements)
        deal_jitters(begin, end, tables, rings, rows, placements)


@kernel
def place_and_deal(
    first: int,
    tables: ScheduleTables,
    rates: Rates,
    rings: Records,
    amounts: DrawnAmounts,
    source: LineSource,
    workspace: Workspace,
    placements: Placements,
) -> None:
    """Place a run of entries, items and rows included; see `fill_placements` and `deal_rows`."""
    state, kept = workspace
    fill_placements(first, tables, state, placements)
    place_wrong_documents(tables, state, placements)
    fill_item_numbers(tables, kept, placements)
    deal_rows(tables, rates, rings, amounts, source.rows, placements)
