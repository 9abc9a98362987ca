"""Which row of lines each placed entry copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS
from datasynth.generation.kernels.placements import find_day
from datasynth.generation.kernels.templates import jitter_of, template_of
from datasynth.generation.kernels.valued import SETTLES, day_of_step, valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

SINGLE = 1


@kernel
def deal_rows(
    day: NDArray[np.int32],
    series: NDArray[np.int32],
    number: NDArray[np.int64],
    series_kind: NDArray[np.int8],
    series_row: NDArray[np.int64],
    series_bits: NDArray[np.int32],
    series_key: NDArray[np.uint64],
    series_jitter: NDArray[np.int64],
    series_valuation: NDArray[np.int8],
    series_settled: NDArray[np.int64],
    series_settled_window: NDArray[np.int32],
    series_receives: NDArray[np.int8],
    series_rate: NDArray[np.int16],
    series_case_company: NDArray[np.int16],
    series_case: NDArray[np.int8],
    starts: NDArray[np.int64],
    windows: NDArray[np.uint8],
    rates: NDArray[np.int64],
    divisor: NDArray[np.int64],
    jitters: NDArray[np.int64],
    row_total: NDArray[np.int64],
    offsets: NDArray[np.int64],
    row: NDArray[np.int64],
    jitter: NDArray[np.int64],
    booked: NDArray[np.int64],
    paid: NDArray[np.int64],
    first_line: NDArray[np.int64],
) -> None:
    """Find each entry's row, its variation and where its lines go; one turn is one entry.

    Parameters
    ----------
    day, series, number
        From `fill_placements`.
    series_kind … series_case : (series,)
        See `SeriesTable`.
    starts, windows
        See `Schedule`.
    rates, divisor
        See `RateTable`.
    jitters, row_total, offsets
        See `TemplateLines` and `DocumentLines`.
    row, jitter : (n,) int64
        Outputs; jitter steps.
    booked, paid : (n,) int64
        Outputs: of entries whose series settles one in foreign currency, what that one
        was booked at and what is paid; of others they mean nothing. [minor units]
    first_line : (n + 1,) int64
        Output.
    """
    # long: one argument for each array, and a loop that a call would slow down.
    first_line[0] = 0
    for entry in range(len(series)):
        at = series[entry]
        jitter[entry] = 0
        booked[entry] = 0
        paid[entry] = 0
        if series_kind[at] <= SINGLE:
            template = template_of(series_key[at], number[entry], series_bits[at])
            row[entry] = series_row[at] + template
            largest = jitters[series_jitter[at] + template]
            if largest > 0:
                jitter[entry] = jitter_of(series_key[at], number[entry], largest)
            if series_valuation[at] == SETTLES:
                case = number[entry]
                rate = series_rate[at]
                start = find_day(starts[series_case_company[at], series_case[at]], case)
                before = day_of_step(windows[series_settled_window[at]], start, case & (CLASSES - 1))
                whole = row_total[series_settled[at] + template]
                booked[entry] = valued(whole, rates[rate, before], divisor[rate])
                paid[entry] = valued(whole, rates[rate, LEAD_DAYS + day[entry]], divisor[rate])
                gained = paid[entry] - booked[entry]
                if series_receives[at] == 0:
                    gained = -gained
                templates = np.int64(1) << (series_bits[at] + CLASS_BITS)
                if gained < 0:
                    row[entry] += templates
                elif gained > 0:
                    row[entry] += 2 * templates
        else:
            row[entry] = series_row[at] + number[entry]
        first_line[entry + 1] = first_line[entry] + offsets[row[entry] + 1] - offsets[row[entry]]
