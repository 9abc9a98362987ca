"""Shape 5: people work by day, batch jobs by night, and nobody piles up before midnight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.checks.dates import posting_days
from datasynth.evaluation.columns import NEVER
from datasynth.evaluation.expected.days import ORDINARY, days_of, horizon
from datasynth.evaluation.gates import MANY, Gate, no_faults, not_judged, only_from

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset

WORKING = 0.90
LAST_HOUR = 0.02
LAST_MINUTE = 0.01
MORNING, EVENING = 8, 18
LUNCH = 12
BESIDE_LUNCH = [10, 11, 13, 14]
DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
MINUTE_SECONDS = 60
HOURS = 24
MINUTES = 60


def check_hours(data: Dataset, config: Config) -> list[Gate]:
    """Judge when entries are created."""
    created = data.entries.created_at
    known = created != NEVER
    # Closes have their evening; what people enter besides tells when they work.
    by_hand = data.of_source("manual", "adjustment") & known & ~data.called_for & ~data.closing
    second = created % DAY_SECONDS
    late = second[known & (second >= (HOURS - 1) * HOUR_SECONDS)]
    entries = max(data.count, 1)
    minutes = np.bincount((late // MINUTE_SECONDS) % MINUTES, minlength=MINUTES)
    gates = [
        *_people(data, config, by_hand, second // HOUR_SECONDS),
        Gate("hours.last_hour", late.size / entries, None, LAST_HOUR, "of the entries, from 23:00 on"),
        Gate(
            "hours.last_minute",
            float(minutes.max()) / entries,
            None,
            LAST_MINUTE,
            f"of the entries, in the busiest minute, 23:{int(np.argmax(minutes)):02}",
        ),
    ]
    later = known & (created // DAY_SECONDS > data.entries.posting_date)
    return [
        *only_from(gates, data.count, MANY),
        no_faults("hours.created", later, "entries created on a day after their posting date"),
    ]


def _people(data: Dataset, config: Config, by_hand: NDArray[np.bool_], hour: NDArray[np.int64]) -> list[Gate]:
    """Judge what is entered by hand: by day, and less at lunch."""
    entered = int(np.count_nonzero(by_hand))
    if not entered:
        why = "nothing is entered by hand"
        return [not_judged("hours.working", why), not_judged("hours.lunch", why)]
    hours = np.bincount(hour[by_hand], minlength=HOURS)
    overtime = config.transactions.temporal.period_end_overtime
    at_ends = np.count_nonzero(by_hand & _at_ends(data, config)) / entered
    beside = float(hours[BESIDE_LUNCH].mean())
    return [
        Gate(
            "hours.working",
            float(hours[MORNING:EVENING].sum()) / entered,
            WORKING * (1 - overtime * at_ends),
            None,
            "of what is entered by hand, from 8 to 18; less by the overtime of period ends",
        ),
        Gate(
            "hours.lunch",
            float(hours[LUNCH]) / beside if beside else None,
            None,
            1.0,
            "the hour from 12 to 13 beside the mean of the four around it",
        ),
    ]


def _at_ends(data: Dataset, config: Config) -> NDArray[np.bool_]:
    """Tell which entries are posted in the last days of a period; the same days in every country."""
    place, inside = posting_days(data, config)
    start, end = horizon(config)
    last = days_of(config, config.companies[0].country).end != ORDINARY
    found: NDArray[np.bool_] = inside & last[np.clip(place, 0, end - start - 1)]
    return found
