"""Shape 4, exactly: the order of entries, and dates inside the period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.expected.days import days_of, horizon
from datasynth.evaluation.gates import Gate, no_faults, not_judged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset


def check_dates(data: Dataset, config: Config) -> list[Gate]:
    """Judge order, count and period."""
    entries = data.entries
    start, end = horizon(config)
    posted = entries.posting_date
    back = np.zeros(data.count, dtype=np.bool_)
    back[1:] = posted[1:] < posted[:-1]
    untriggered = data.count - int(np.count_nonzero(data.called_for))
    wanted = config.transactions.target_count
    return [
        no_faults("dates.order", back, "entries posted before their predecessor"),
        no_faults(
            "dates.period",
            (posted < start) | (posted >= end),
            "entries posted before the start or after the end",
        ),
        no_faults(
            "dates.document",
            entries.document_date > posted,
            "entries whose document is dated after their posting",
        ),
        no_faults(
            "dates.sequence",
            entries.sequence != np.arange(data.count),
            "entries whose sequence number is not their place",
        ),
        Gate("dates.count", untriggered, wanted, wanted, "entries, those of triggers aside"),
        _empty_days(data, config),
    ]


def _empty_days(data: Dataset, config: Config) -> Gate:
    """Judge that nobody works on days that have no activity at all; closes keep their dates."""
    name = "dates.empty_days"
    start, end = horizon(config)
    place = np.clip(data.entries.posting_date - start, 0, end - start - 1)
    inside = (data.entries.posting_date >= start) & (data.entries.posting_date < end)
    company = data.entries.company_code
    closed = 0
    faults = np.zeros(data.count, dtype=np.bool_)
    for code, one in enumerate(config.companies):
        empty = days_of(config, one.country).weight == 0
        closed += int(np.count_nonzero(empty))
        faults |= (company == code) & empty[place]
    if not closed:
        return not_judged(name, "there is some activity on every day")
    return no_faults(name, faults & inside & ~data.closing & ~data.called_for, "entries on days without any")


def posting_days(data: Dataset, config: Config) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return each entry's day from the start, and which lie in the period and belong to no trigger."""
    start, end = horizon(config)
    place = data.entries.posting_date - start
    return place, (place >= 0) & (place < end - start) & ~data.called_for
