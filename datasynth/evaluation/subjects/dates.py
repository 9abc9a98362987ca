"""Shapes 4 and 5: order and dates, and people who work by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.check import MANY, Check, no_fault, not_judged, only_from
from datasynth.evaluation.dataset import NEVER
from datasynth.evaluation.expected import ORDINARY, days_of, horizon

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Ints, Truths
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


def date_checks(data: Dataset, config: Config) -> list[Check]:
    """Check order, count and period."""
    entries, posted = data.entries, data.entries.posting_date
    start, end = horizon(config)
    back = np.zeros(data.count, dtype=np.bool_)
    back[1:] = posted[1:] < posted[:-1]
    outside = (posted < start) | (posted >= end)
    displaced = entries.sequence != np.arange(data.count)
    after = entries.document_date > posted
    untriggered = data.count - int(np.count_nonzero(data.called_for))
    wanted = config.transactions.target_count
    return [
        no_fault("dates.order", back, "entries posted before their predecessor"),
        no_fault("dates.period", outside, "entries posted before the start or after the end"),
        no_fault("dates.document", after, "entries with a document date after the posting date"),
        no_fault("dates.sequence", displaced, "entries whose sequence number is not their position"),
        Check("dates.count", untriggered, wanted, wanted, "entries, except entries of triggers"),
        _empty_days(data, config),
    ]


def _empty_days(data: Dataset, config: Config) -> Check:
    """Check that nobody works on days that have no activity at all; closes keep their dates."""
    place, inside = posting_days(data, config)
    closed = 0
    faults = np.zeros(data.count, dtype=np.bool_)
    for code, one in enumerate(config.companies):
        empty = days_of(config, one.country).weight == 0
        closed += int(np.count_nonzero(empty))
        faults |= (data.entries.company_code == code) & empty[np.clip(place, 0, empty.size - 1)]
    if not closed:
        return not_judged("dates.empty_days", "every day has some activity")
    return no_fault("dates.empty_days", faults & inside & ~data.closing, "entries on days without activity")


def posting_days(data: Dataset, config: Config) -> tuple[Ints, Truths]:
    """Return each entry's day from the start, and which lie in the period and belong to no trigger."""
    start, end = horizon(config)
    place = data.entries.posting_date - start
    return place, (place >= 0) & (place < end - start) & ~data.called_for


def hour_checks(data: Dataset, config: Config) -> list[Check]:
    """Check when entries are created."""
    created = data.entries.created_at
    known = created != NEVER
    # Closes have their evening; what people enter besides tells when they work.
    by_hand = data.of_source("manual", "adjustment") & known & ~data.called_for & ~data.closing
    second = created % DAY_SECONDS
    late = second[known & (second >= (HOURS - 1) * HOUR_SECONDS)]
    entries = max(data.count, 1)
    minutes = np.bincount((late // MINUTE_SECONDS) % MINUTES, minlength=MINUTES)
    in_busiest = f"of the entries, in the busiest minute, 23:{int(np.argmax(minutes)):02}"
    later = known & (created // DAY_SECONDS > data.entries.posting_date)
    return [
        *only_from(
            MANY,
            data.count,
            *_people(data, config, by_hand, second // HOUR_SECONDS),
            Check("hours.last_hour", late.size / entries, None, LAST_HOUR, "of the entries, from 23:00 on"),
            Check("hours.last_minute", float(minutes.max()) / entries, None, LAST_MINUTE, in_busiest),
        ),
        no_fault("hours.created", later, "entries created on a day after their posting date"),
    ]


def _people(data: Dataset, config: Config, by_hand: Truths, hour: Ints) -> list[Check]:
    """Check what is entered by hand: by day, and less at lunch."""
    entered = int(np.count_nonzero(by_hand))
    if not entered:
        why = "the data has no manual entries"
        return [not_judged("hours.working", why), not_judged("hours.lunch", why)]
    hours = np.bincount(hour[by_hand], minlength=HOURS)
    working = float(hours[MORNING:EVENING].sum()) / entered
    overtime = config.transactions.temporal.period_end_overtime
    at_ends = np.count_nonzero(by_hand & _at_ends(data, config)) / entered
    beside = float(hours[BESIDE_LUNCH].mean())
    lunch = float(hours[LUNCH]) / beside if beside else None
    least = WORKING * (1 - overtime * at_ends)
    by_day = "of manual entries, from 8 to 18; overtime at period ends lowers the bound"
    at_lunch = "entries from 12 to 13, relative to the mean of the four hours around"
    return [
        Check("hours.working", working, least, None, by_day),
        Check("hours.lunch", lunch, None, 1.0, at_lunch),
    ]


def _at_ends(data: Dataset, config: Config) -> Truths:
    """Tell which entries are posted in the last days of a period; the same days in every country."""
    place, inside = posting_days(data, config)
    last = days_of(config, config.companies[0].country).end != ORDINARY
    found: Truths = inside & last[np.clip(place, 0, last.size - 1)]
    return found
