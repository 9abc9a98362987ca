"""On which day each step of a case is posted.

A case's *class* is its number mod `CLASSES`.  Day of start and class decide the
day of every step.  So the number of documents of a step on a day is a sum of
`CLASSES` closed-form counts, and the case of the k-th of them is found by search.

Lags are tilted by the day weights: payments follow the calendar as invoices do.

Two steps of a case in a row lie some business days apart, so that between them there is a
day for a wrong version of the later one, and where that clears an item, one for its
reversal; see `wrong_documents`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.build_context import ALONE
from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.schedule.lags import Lag, choose_days, find_starts, fit_days, keep_apart
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
# Our choice: seasons stay above this part of the median, and weekends of usual activity below it.
_PART_OF_USUAL = 3
# Business days from a step to the next: a wrong version of that and, on the day of the
# right one at the latest, its reversal; one more where the right one clears an item.
_APART = 2
# The most days that a byte holds; long closed stretches can push a step so far.
_LONGEST_LAG = 255


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


class LagTable(NamedTuple):
    """The days of a step, by day of start and by day of the step.

    Attributes
    ----------
    window : (LEAD_DAYS + days + 1, CLASSES) uint8
        See `lag_table`.
    lags : (LEAD_DAYS + days + 1, CLASSES) uint8
        Days from the start of a case to the step, by day of start and class. [days]
    """

    window: NDArray[np.uint8]
    lags: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class LagTableSpec:
    """All that a lag table depends on; builds share the tables of equal ones.

    `steps` has, for each step of the case up to this one, the day weights of its country, lead
    days included, as bytes, the fewest, likeliest and most days, and the fewest business days
    from the step before; `size` is the length of the table in days.
    """

    steps: tuple[tuple[bytes, tuple[int, int, int], int], ...]
    size: int

    def make(self, previous: NDArray[np.uint8] | None = None) -> LagTable:
        """Make the lag table; `previous` has the lags of the step before, if there is one."""
        packed, lag, apart = self.steps[-1]
        if lag[2] == 0:
            return LagTable(*np.zeros((2, self.size, CLASSES), dtype=np.uint8))
        weights = np.frombuffer(packed, dtype=np.int64)
        targets = target_days(weights, lag, _salt(lag))[: self.size]
        if previous is not None:
            keep_apart(targets, previous, later_business_days(weights, apart))
        lags = (targets - np.arange(self.size, dtype=np.int32)[:, None]).astype(np.uint8)
        return LagTable(lag_table(targets, self.size), lags)

    def size_of(self, table: LagTable) -> int:
        """Return the size of the table and its key. [bytes]"""
        return table.window.nbytes + table.lags.nbytes + len(self.steps[-1][0])


def open_days(weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the business days, and every day after the last known one.

    Days off keep some activity; business days are those of at least a third of the median weight.
    """
    later = np.arange(len(weights), len(weights) + _LONGEST_LAG)
    open_here = np.sort(weights[weights > 0])
    least = open_here[len(open_here) // 2] // _PART_OF_USUAL
    days: NDArray[np.int64] = np.concatenate([np.flatnonzero(weights > least), later])
    return days


def later_business_days(weights: NDArray[np.int64], apart: int) -> NDArray[np.int32]:
    """Return the business day that is `apart` ones after each day, for all days that a step can have."""
    business = open_days(weights)
    nth = np.searchsorted(business, np.arange(len(weights) + _LONGEST_LAG), side="right") + apart - 1
    return business[np.minimum(nth, len(business) - 1)].astype(np.int32)


def lag_tables(
    config: Config,
    document_series: Sequence[DocumentSeries],
    weights: Sequence[NDArray[np.int64]],
    days: int,
    build: BuildContext = ALONE,
) -> tuple[LagTable, NDArray[np.int32]]:
    """Make the lag tables of all series of cases, one for each country and lags up to the step.

    Parameters
    ----------
    weights : (LEAD_DAYS + days + LEAD_DAYS,) int64 each
        Day weights of each company.
    days
        Days of the data set.

    Returns
    -------
    tables
        The arrays of `LagTable` with one more axis in front, (tables, …).
    series_window : (series,) int32
        Table of each series, or -1.
    """
    size = LEAD_DAYS + days + 1
    companies = {
        (series.case_company, series.case, series.step): (series.company, series.repeats_amounts)
        for series in document_series
        if series.kind is SeriesKind.CASE
    }
    of_country: dict[str, bytes] = {}
    place: dict[LagTableSpec, int] = {}
    series_window = np.full(len(document_series), -1, dtype=np.int32)
    for at, series in enumerate(document_series):
        if series.kind is not SeriesKind.CASE:
            continue
        steps = []
        for number, step in enumerate(series.case_kind.steps[: series.step + 1]):
            company, repeats = companies[series.case_company, series.case, number]
            country = config.companies[company].country
            if country not in of_country:
                of_country[country] = weights[company].tobytes()
            apart = _APART + repeats
            steps.append((of_country[country], scaled_lag(step, config.document_flows), apart))
        # Tables of the steps before come first, so that each finds its predecessor's.
        for upto in range(1, len(steps) + 1):
            spec = LagTableSpec(tuple(steps[:upto]), size)
            series_window[at] = place.setdefault(spec, len(place))
    tables = LagTable(*np.empty((2, len(place), size, CLASSES), dtype=np.uint8))
    for spec, number in place.items():
        build.checkpoint()
        before = place.get(LagTableSpec(spec.steps[:-1], size))
        previous = None if before is None else tables.lags[before]
        made = build.parts.take(spec, partial(spec.make, previous), spec.size_of)
        tables.window[number], tables.lags[number] = made
    return tables, series_window
