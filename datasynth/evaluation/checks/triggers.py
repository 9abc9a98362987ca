"""What triggers have inserted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.expected.days import horizon
from datasynth.evaluation.gates import Gate, count_of_faults, no_faults, not_judged
from datasynth.ledger.calendars import month_end, to_date, to_day

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset

PATTERNS = frozenset({"month_end", "quarter_end", "year_end"})
CALLED_FOR = ("XC", "XR", "XS", "XF")


def check_triggers(data: Dataset, config: Config) -> list[Gate]:
    """Judge the packages of triggers; what they say about themselves, and that accruals go back."""
    called = data.called_for
    if not called.any():
        why = "no trigger was called"
        return [
            not_judged("triggers.patterns", why),
            not_judged("triggers.types", why),
            not_judged("triggers.releases", why),
        ]
    known = data.vocabulary.table("patterns", PATTERNS.__contains__)
    return [
        no_faults("triggers.patterns", called & ~known[data.entries.pattern], "entries of unknown patterns"),
        no_faults(
            "triggers.types",
            (called & ~data.of_type(*CALLED_FOR)) | (data.of_type("XC", "XR") & ~called),
            "entries of triggers by another type, or the other way round",
        ),
        _releases(data, config),
    ]


def _releases(data: Dataset, config: Config) -> Gate:
    """Judge that the accruals of each package are reversed, where the next period is in the data."""
    _, end = horizon(config)
    called = data.of_type("XC") & data.called_for
    original = data.original[data.of_type("XR")]
    released = set(data.entries.posting_date[original[original >= 0]].tolist())
    days = [int(day) for day in np.unique(data.entries.posting_date[called])]
    due = [day for day in days if to_day(month_end(to_date(day))) + 1 < end]
    missing = [day for day in due if day not in released]
    return count_of_faults(
        "triggers.releases",
        len(missing),
        f"of {len(due)} days with packages, those without a reversed accrual",
    )
