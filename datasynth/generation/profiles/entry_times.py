"""When documents are entered: times of the day by part of the day."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.columns.headers import SEGMENT_BITS
from datasynth.ledger.processes import DayPart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config

# Hours by day part, and how busy the time from each to the next is.  People work 8 to 18
# with a dip at lunch; batch jobs run at night.
_DAY_HOURS = (
    *((7.0, 1), (8.0, 6), (9.0, 10), (12.0, 4), (13.0, 7)),
    *((14.0, 10), (17.0, 7), (18.0, 1), (19.0, 0)),
)
_HOURS = {
    DayPart.NIGHT: ((0.5, 2), (1.5, 3), (3.0, 4), (4.0, 2), (5.5, 0)),
    DayPart.DAY: _DAY_HOURS,
    DayPart.EVENING: ((20.5, 3), (21.0, 4), (21.75, 0)),
    DayPart.CLOSE: ((22.0, 1), (23.0, 0)),
}
_OVERTIME_FROM, _OVERTIME_TO = 18.0, 20.25
_OVERTIME_UNITS = 1_000


def entry_times(config: Config) -> NDArray[np.int32]:
    """Return when documents are entered; at the end of a period some are entered after hours.

    Returns
    -------
    (day_parts, 2, 2 ** SEGMENT_BITS + 1) int32
        Time of day by which each equal share of a day part's documents is entered, on other
        days and on the last days of a period. [s]
    """
    overtime = round(config.transactions.temporal.period_end_overtime * _OVERTIME_UNITS)
    hours = [(hour, busy) for hour, busy in _DAY_HOURS if hour < _OVERTIME_FROM]
    within = sum(
        (later - hour) * busy for (hour, busy), (later, _) in pairwise([*hours, (_OVERTIME_FROM, 0)])
    )
    weight = round((_OVERTIME_UNITS - overtime) * 100 / within)
    after = round(overtime * 100 / (_OVERTIME_TO - _OVERTIME_FROM))
    long_day = (
        *((hour, busy * weight) for hour, busy in hours),
        (_OVERTIME_FROM, after),
        (_OVERTIME_TO, 0),
    )
    day_parts = [
        (_HOURS[day_part], long_day if day_part is DayPart.DAY else _HOURS[day_part]) for day_part in DayPart
    ]
    return np.array([[_time_table(table) for table in pair] for pair in day_parts], dtype=np.int32)


def _time_table(stretches: Sequence[tuple[float, int]]) -> list[int]:
    """Return the time of day by which each equal share of the documents is entered. [s]"""
    seconds = [round(hour * 3_600) for hour, _ in stretches]
    mass = [0]
    for (begin, end), (_, busy) in zip(pairwise(seconds), stretches, strict=False):
        mass.append(mass[-1] + (end - begin) * busy)
    table = []
    segments = 1 << SEGMENT_BITS
    for share in range(segments + 1):
        due = mass[-1] * share // segments
        place = max(at for at in range(len(stretches) - 1) if mass[at] <= due and stretches[at][1])
        table.append(seconds[place] + (due - mass[place]) // stretches[place][1])
    return table
