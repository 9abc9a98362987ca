"""On which day each step of a case is posted.

A case's *class* is its number mod `CLASSES`.  Day of start and class decide the
day of every step.  So the number of documents of a step on a day is a sum of
`CLASSES` closed-form counts, and the case of the k-th of them is found by search.

Lags are tilted by the day weights: payments follow the calendar as invoices do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.build_context import ALONE
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.lags import Lag, choose_days, find_lags, find_starts, fit_days
from datasynth.generation.schedule.document_series import SeriesKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config, DocumentFlows
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.ledger.processes import Step

USUAL_RECEIPT = 33
"""Days to payment that the lags of customers' payments stand for. [days]"""

USUAL_PAYMENT = 32
"""Days to payment that the lags of payments to vendors stand for. [days]"""

# Rounds of the fit, and how far it may move a factor in each; see `fit_days`.
_ROUNDS = 8
_MOST_TILT = 50.0
# Fewest days from the likeliest payment to the latest one; our choice. [days]
_NARROWEST = 6
_LONGEST = LEAD_DAYS - 1


def scaled_lag(step: Step, flows: DocumentFlows) -> tuple[int, int, int]:
    """Return the fewest, likeliest and most days of a step; a payment's follow the days to payment.

    Nobody pays before the invoice. [days]
    """
    if not step.pays:
        return step.lag
    usual, wanted = (
        (USUAL_RECEIPT, flows.o2c.payment_days)
        if step.pays == "o2c"
        else (USUAL_PAYMENT, flows.p2p.payment_days)
    )
    fewest, likeliest, most = step.lag
    fewest = max(step.after + 1, min(fewest, fewest * wanted // usual))
    likeliest = max(fewest + 1, likeliest * wanted // usual)
    most = min(max(likeliest + _NARROWEST, most * wanted // usual), _LONGEST)
    return fewest, min(likeliest, most - 1), most


def lag_weights(fewest: int, likeliest: int, most: int) -> NDArray[np.float64]:
    """Return the untilted weights of the lags of a step: a triangle, hence log-concave. [days]"""
    lags = np.arange(fewest, most + 1, dtype=np.float64)
    rising = (lags - fewest + 1.0) / (likeliest - fewest + 1.0)
    falling = (most - lags + 1.0) / (most - likeliest + 1.0)
    return np.minimum(rising, falling)


def target_days(weights: NDArray[np.int64], lag: tuple[int, int, int], salt: int) -> NDArray[np.int32]:
    """Return the day of a step for every day of start and class.

    Parameters
    ----------
    weights : (days,) int64
        Day weights.
    lag
        Fewest, likeliest and most days from start to step; fewest at least 1. [days]
    salt
        Decides which classes are fast.

    Returns
    -------
    (days, CLASSES) int32
        Places in `weights`, or beyond its end; never falling along the first axis.
    """
    fewest, _, most = lag
    days = len(weights)
    likely = Lag(fewest, lag_weights(*lag))
    wanted = np.concatenate([weights.astype(np.float64), np.full(most + 1, 1.0)])
    tilt, flow = np.empty_like(wanted), np.empty_like(wanted)
    fit_days(wanted, likely, _ROUNDS, _MOST_TILT, tilt, np.empty(days), flow)
    chosen = np.empty((days, CLASSES), dtype=np.int32)
    choose_days(tilt, likely, np.argsort(_ranks(salt)), np.empty(len(likely.weights)), chosen)
    return chosen


def _ranks(salt: int) -> NDArray[np.int64]:
    return (np.arange(CLASSES) * 37 + salt * 11) % CLASSES


def class_ranks(lag: tuple[int, int, int]) -> NDArray[np.int64]:
    """Return the place of each class among all at a step of a lag, from the fastest to the slowest."""
    return _ranks(_salt(lag))


def _salt(lag: tuple[int, int, int]) -> int:
    """Tell steps apart, so that classes that are fast at one are not at the next."""
    return 8 * lag[1] + lag[0]


def lag_table(targets: NDArray[np.int32], days: int) -> NDArray[np.uint8]:
    """Return how many days before each day the first case started whose step is not before that day.

    Parameters
    ----------
    targets : (days of start, CLASSES) int32
        From `target_days`.
    days
        Length of the table; at most the days of start.

    Returns
    -------
    (days, CLASSES) uint8
        Cases started from ``i - result[i]`` on, but before ``i + 1 - result[i + 1]``, have
        their step on day ``i``.  A byte holds the longest lag: see `LEAD_DAYS`. [days]
    """
    window = np.empty((days, CLASSES), dtype=np.uint8)
    find_starts(targets, window)
    return window


def lags_of(windows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return lag tables by the day of start instead of the day of the step; see `find_lags`."""
    lags = np.zeros_like(windows)
    for window, found in zip(windows, lags, strict=True):
        find_lags(window, found)
    return lags


@dataclass(frozen=True, slots=True)
class LagTableSpec:
    """All that a lag table depends on; builds share the tables of equal ones.

    `weights` are day weights, lead days included, as bytes; `lag` is the fewest, likeliest
    and most days, `size` the length of the table in days.
    """

    weights: bytes
    lag: tuple[int, int, int]
    size: int

    def make(self) -> NDArray[np.uint8]:
        """Make the lag table."""
        if self.lag[2] == 0:
            return np.zeros((self.size, CLASSES), dtype=np.uint8)
        weights = np.frombuffer(self.weights, dtype=np.int64)
        return lag_table(target_days(weights, self.lag, _salt(self.lag)), self.size)

    def size_of(self, window: NDArray[np.uint8]) -> int:
        """Return the size of the table and its key. [bytes]"""
        return window.nbytes + len(self.weights)


def lag_tables(
    config: Config,
    document_series: Sequence[DocumentSeries],
    weights: Sequence[NDArray[np.int64]],
    days: int,
    build: BuildContext = ALONE,
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Make the lag tables of all series of cases, one for each country and lag.

    Parameters
    ----------
    weights : (LEAD_DAYS + days + LEAD_DAYS,) int64 each
        Day weights of each company.
    days
        Days of the data set.

    Returns
    -------
    windows : (tables, LEAD_DAYS + days + 1, CLASSES) uint8
        See `lag_table`.
    series_window : (series,) int32
        Table of each series, or -1.
    """
    size = LEAD_DAYS + days + 1
    wanted: list[LagTableSpec] = []
    of_country: dict[str, bytes] = {}
    place: dict[tuple[str, tuple[int, int, int]], int] = {}
    series_window = np.full(len(document_series), -1, dtype=np.int32)
    for at, series in enumerate(document_series):
        if series.kind is not SeriesKind.CASE:
            continue
        lag = scaled_lag(series.posted, config.document_flows)
        country = config.companies[series.company].country
        if (country, lag) not in place:
            place[country, lag] = len(wanted)
            if country not in of_country:
                of_country[country] = weights[series.company].tobytes()
            wanted.append(LagTableSpec(of_country[country], lag, size))
        series_window[at] = place[country, lag]
    windows = np.empty((len(wanted), size, CLASSES), dtype=np.uint8)
    for number, spec in enumerate(wanted):
        build.checkpoint()
        windows[number] = build.parts.take(spec, spec.make, spec.size_of)
    return windows, series_window
