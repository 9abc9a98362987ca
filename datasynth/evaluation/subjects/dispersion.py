"""Counts of days stray as is promised: neither like clockwork nor wildly."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.check import MANY, Check, not_judged, only_from
from datasynth.evaluation.dispersion import compare_days
from datasynth.evaluation.expected import ORDINARY, days_of, horizon
from datasynth.evaluation.subjects.dates import posting_days

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Floats, Ints, Truths
    from datasynth.evaluation.dataset import Dataset
    from datasynth.evaluation.expected import Days

    Compared = tuple[Ints, Ints, Floats]

TOLERANCE = 0.2
"""What a variance may be off, chance aside."""

LEAST_OF_TYPES = 0.25
"""Part of the variance of independent documents that those of a type have at least."""

FEWEST_OF_TYPE = 2.0
"""Documents of a type a day, on average, from which it is looked at."""

WEEK = 7


def dispersion_checks(data: Dataset, config: Config) -> list[Check]:
    """Check how much like days differ, in each company: pairs of the same weekday and month."""
    pairs = {country: like_days(config, country) for country in {one.country for one in config.companies}}
    return only_from(MANY, data.count, _days(data, config, pairs), _types(data, config, pairs))


def like_days(config: Config, country: str) -> Ints:
    """Return pairs (n, 2) of days of a country that are due the same; no day is in two of them.

    Both are ordinary days of a month, and the same weekday; days from the start of the data.
    """
    days = days_of(config, country)
    start, _ = horizon(config)
    ordinary = np.flatnonzero((days.end == ORDINARY) & ~days.holiday & (days.base > 0))
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for day in ordinary.tolist():
        found[int(days.month[day]), (start + day) % WEEK].append(day)
    pairs = [pair for alike in found.values() for pair in zip(alike[::2], alike[1::2], strict=False)]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _days(data: Dataset, config: Config, pairs: dict[str, Ints]) -> Check:
    """Compare all entries of companies with the variance that is promised."""
    compared = []
    for code, one in enumerate(config.companies):
        mine = data.entries.company_code == code
        compared.append(_compared(data, config, mine, days_of(config, one.country), pairs[one.country]))
    found = compare_days(*_joined(compared), config.transactions.temporal.day_dispersion)
    if not found:
        return not_judged("dispersion.days", "no similar days to compare")
    note = f"variance of similar days over μ + (cμ)²; chi-square, {found.freedom:.0f} degrees of freedom"
    return Check("dispersion.days", found.figure, *found.bounds(TOLERANCE), note)


def _types(data: Dataset, config: Config, pairs: dict[str, Ints]) -> Check:
    """Compare the entries of document types with independent ones, closes aside, which stray no less."""
    compared = []
    for code, one in enumerate(config.companies):
        days = days_of(config, one.country)
        mine = (data.entries.company_code == code) & ~data.closing
        kinds = np.bincount(data.entries.document_type[mine])
        for kind in np.flatnonzero(kinds >= FEWEST_OF_TYPE * days.base.size).tolist():
            chosen = mine & (data.entries.document_type == kind)
            compared.append(_compared(data, config, chosen, days, pairs[one.country]))
    found = compare_days(*_joined(compared), 0.0)
    if not found:
        return not_judged("dispersion.types", "no document type has enough entries")
    note = f"variance of similar days over μ, by type; chi-square, {found.freedom:.0f} degrees of freedom"
    return Check("dispersion.types", found.figure, LEAST_OF_TYPES * found.bounds()[0], None, note)


def _compared(data: Dataset, config: Config, chosen: Truths, days: Days, pairs: Ints) -> Compared:
    """Return what pairs of days have of some entries, and what they are due."""
    place, inside = posting_days(data, config)
    volumes = np.bincount(place[chosen & inside], minlength=days.base.size)
    due = volumes.sum() * days.weight / days.weight.sum()
    return volumes[pairs[:, 0]], volumes[pairs[:, 1]], due[pairs[:, 0]]


def _joined(compared: list[Compared]) -> Compared:
    none = np.zeros(0, dtype=np.int64)
    first, second, due = zip((none, none, none.astype(np.float64)), *compared, strict=True)
    return np.concatenate(first), np.concatenate(second), np.concatenate(due)
