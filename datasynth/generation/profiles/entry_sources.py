"""The source of each document, from its mode of entry and the configured shares."""

from __future__ import annotations

from math import sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.elementary import ordered_sum
from datasynth.generation.fitting import fit_table
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import CASE_KINDS, ENTRY_MODES, SINGLE_KINDS, SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.ledger.processes import CaseKind, Step

BITS = 24
"""Chances are in parts of ``2 ** BITS``."""

# Upper bound and number of steps of the search for the factor that raises manual entries.
_MOST_TILT = 1_024.0
_HALVINGS = 10

StepKey = tuple[SeriesKind, int, int]
"""Kind of series, index of the kind of case, and step."""

STEPS: Mapping[StepKey, tuple[CaseKind, Step]] = MappingProxyType(
    {
        (kind, number, place): (case, step)
        for kind, cases in ((SeriesKind.CASE, CASE_KINDS), (SeriesKind.SINGLE, SINGLE_KINDS))
        for number, case in enumerate(cases)
        for place, step in enumerate(case.steps)
    }
)
"""All steps of all kinds of case, with their kind."""

_REVERSAL = SOURCES.index("reversal")
_USUAL = SOURCES[:_REVERSAL]
_BY_HAND = np.array([source in {"manual", "adjustment"} for source in _USUAL])


def fixed_source(source: str) -> NDArray[np.int64]:
    """Return the chances of documents that always have the same source."""
    place = SOURCES.index(source)
    chances = np.where(np.arange(len(SOURCES) - 1) >= place, 1 << BITS, 0)
    return np.tile(chances.astype(np.int64), (2, 1))


def fit_sources(
    config: Config, schedule: Schedule, day_end: NDArray[np.int8], fixed: Mapping[str, int]
) -> dict[StepKey, NDArray[np.int64]]:
    """Return the chances of each step's sources, so that all documents meet the configured shares.

    Parameters
    ----------
    day_end : (days,) int8
        1 on the last days of a period, when more is entered by hand.
    fixed
        Number of closing documents that have each source in any case.

    Returns
    -------
    dict
        (2, sources - 1) int64 cumulated chances for each step, on other days and
        on the last days of a period. [parts of 2 ** BITS]
    """
    documents = {key: np.zeros(2) for key in STEPS}
    last_days = np.flatnonzero(day_end)
    at_end = (schedule.before[last_days + 1] - schedule.before[last_days]).sum(axis=0)
    all_days = schedule.before[-1]
    wrong = schedule.wrong.by_series()
    for at, series in enumerate(schedule.document_series):
        if series.in_cases:
            documents[series.kind, series.case, series.step] += (all_days[at] - at_end[at], at_end[at])
            # Wrong documents are entered as right ones are, and most days are no last ones.
            documents[series.kind, series.case, series.step][0] += wrong[at]
    free = list(STEPS)
    rows = np.maximum(np.concatenate([documents[key] for key in free]), 1e-6)
    usual = np.array([ENTRY_MODES[STEPS[key][1].entry_mode] for key in free], dtype=np.float64)
    wanted = _wanted(config, ordered_sum(rows), fixed)
    fitted = _raised(usual, rows, wanted, config.transactions.temporal.period_end_manual_factor)
    chances: dict[StepKey, NDArray[np.int64]] = {}
    for place, key in enumerate(free):
        part = fitted[2 * place : 2 * place + 2]
        cumulated = np.add.accumulate(part, axis=1)
        scaled = np.floor(cumulated / cumulated[:, -1:] * float(1 << BITS) + 0.5).astype(np.int64)
        scaled[:, -1] = 1 << BITS
        chances[key] = scaled
    return chances


def _raised(
    usual: NDArray[np.float64], rows: NDArray[np.float64], wanted: NDArray[np.float64], factor: float
) -> NDArray[np.float64]:
    """Fit the table so that manual entries are `factor` times as frequent on the last days of periods."""
    low, high = 1.0, _MOST_TILT
    for _ in range(_HALVINGS if factor > 1.0 else 0):
        middle = sqrt(low * high)
        if _by_hand(fit_table(_prior(usual, middle), rows, wanted), rows) < factor:
            low = middle
        else:
            high = middle
    return fit_table(_prior(usual, low), rows, wanted)


def _prior(usual: NDArray[np.float64], tilt: float) -> NDArray[np.float64]:
    """Return two rows for each step: on other days, and on the last days of a period."""
    at_end = np.where(_BY_HAND[None, :], usual * tilt, usual)
    return np.stack([usual, at_end], axis=1).reshape(-1, usual.shape[1])


def _by_hand(fitted: NDArray[np.float64], rows: NDArray[np.float64]) -> float:
    """Return how many times as frequent manual entries are on the last days of periods."""
    chance = np.add.accumulate(fitted * _BY_HAND, axis=1)[:, -1] / rows
    at_end = rows[1::2]
    raised, otherwise = (ordered_sum(at_end * chance[side::2]) for side in (1, 0))
    return raised / max(otherwise, 1e-9)


def _wanted(config: Config, free: float, fixed: Mapping[str, int]) -> NDArray[np.float64]:
    """Return how many of the free documents should have each source."""
    sources = config.transactions.sources
    shares = np.array([getattr(sources, name) for name in _USUAL])
    shares /= ordered_sum(shares)
    settled = np.array([fixed.get(name, 0) for name in _USUAL], dtype=np.float64)
    total = free + ordered_sum(settled)
    wanted = np.maximum(shares * total - settled, 0.0)
    return wanted * (free / max(ordered_sum(wanted), 1e-9))
