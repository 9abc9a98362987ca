"""On which day each step of a chain is posted.

A chain's *class* is its number mod `CLASSES`.  Day of start and class decide the
day of every step, so that the number of documents of a step on a day is a sum
of `CLASSES` closed-form counts, and the chain of the k-th of them is found by
search instead of by walking.

Lags are tilted by the day weights: payments follow the calendar as invoices do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.schedule.leaves import LeafKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config, DocumentFlows
    from datasynth.generation.schedule.leaves import Leaf
    from datasynth.ledger.processes import Step

USUAL_RECEIPT = 33
"""Days to payment that the lags of customers' payments are meant for. [days]"""

USUAL_PAYMENT = 32
"""Days to payment that the lags of payments to vendors are meant for. [days]"""

_ROUNDS = 8
_MOST_TILT = 50.0
_NARROWEST = 6
_LONGEST = LEAD_DAYS - 1


def scaled_lag(step: Step, flows: DocumentFlows) -> tuple[int, int, int]:
    """Return the lag of a step, stretched to the configured days to payment if it is one.

    Parameters
    ----------
    step
        Of a chain; its lag is meant for the default days to payment.
    flows
        Of the configuration.

    Returns
    -------
    tuple
        Fewest, likeliest and most days; nobody pays before the invoice. [days]
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


def lag_shape(fewest: int, likeliest: int, most: int) -> NDArray[np.float64]:
    """Return the untilted distribution of a lag: a triangle, hence log-concave.

    Parameters
    ----------
    fewest, likeliest, most
        Corners of the triangle. [days]

    Returns
    -------
    (most - fewest + 1,) float64
        Weights of the lags from `fewest` on.
    """
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
        Which classes are fast differs between steps of different salt.

    Returns
    -------
    (days, CLASSES) int32
        Places in `weights`, or beyond its end; never falling along the first axis.
    """
    fewest, _, most = lag
    shape = lag_shape(*lag)
    days = len(weights)
    wanted = np.concatenate([weights.astype(np.float64), np.full(most + 1, 1.0)])
    tilt = _tilt(wanted, shape, fewest, days)
    chances = np.empty((days, len(shape)))
    for step, chance in enumerate(shape):
        chances[:, step] = chance * tilt[fewest + step : fewest + step + days]
    reached = np.add.accumulate(chances, axis=1)
    closed = reached[:, -1] <= 0.0
    reached[closed] = np.add.accumulate(shape)
    quantiles = (_ranks(salt) + 0.5) / CLASSES
    chosen = np.empty((days, CLASSES), dtype=np.int32)
    for number, quantile in enumerate(quantiles):
        short = reached < (reached[:, -1:] * quantile)
        chosen[:, number] = np.arange(days) + fewest + np.count_nonzero(short, axis=1)
    return np.maximum.accumulate(chosen, axis=0)


def _tilt(
    wanted: NDArray[np.float64], shape: NDArray[np.float64], fewest: int, days: int
) -> NDArray[np.float64]:
    """Find day factors under which steps fall on days as `wanted` has it.

    Iterative proportional fitting (Deming and Stephan 1940) of one margin.
    """
    tilt = wanted.copy()
    for _ in range(_ROUNDS):
        mass = np.zeros(days)
        for step, chance in enumerate(shape):
            mass += chance * tilt[fewest + step : fewest + step + days]
        starts = np.divide(wanted[:days], mass, out=np.zeros(days), where=mass > 0.0)
        flow = np.zeros(len(wanted))
        for step, chance in enumerate(shape):
            flow[fewest + step : fewest + step + days] += chance * starts
        flow *= tilt
        ratio = np.divide(wanted, flow, out=np.ones(len(wanted)), where=flow > 0.0)
        tilt *= np.clip(ratio, 1.0 / _MOST_TILT, _MOST_TILT)
    return tilt


def _ranks(salt: int) -> NDArray[np.int64]:
    return (np.arange(CLASSES) * 37 + salt * 11) % CLASSES


def class_ranks(lag: tuple[int, int, int]) -> NDArray[np.int64]:
    """Return the place of each class among all, from the fastest to the slowest.

    Parameters
    ----------
    lag
        Fewest, likeliest and most days of the step. [days]

    Returns
    -------
    (CLASSES,) int64
        0 … CLASSES - 1.
    """
    return _ranks(_salt(lag))


def _salt(lag: tuple[int, int, int]) -> int:
    """Tell steps apart, so that who is fast at one is not at the next."""
    return 8 * lag[1] + lag[0]


def first_starts(targets: NDArray[np.int32], days: NDArray[np.int64]) -> NDArray[np.int16]:
    """Return, for days and classes, the first day of start whose step is not before the day.

    Parameters
    ----------
    targets : (days of start, CLASSES) int32
        From `target_days`.
    days : (n,) int64
        Places to look up.

    Returns
    -------
    (n, CLASSES) int16
        Chains started in ``[result[i], result[i + 1])`` have their step on day ``i``.
    """
    found = np.empty((len(days), CLASSES), dtype=np.int16)
    for number in range(CLASSES):
        found[:, number] = np.searchsorted(targets[:, number], days, side="left")
    return found


def lag_tables(
    config: Config, leaves: Sequence[Leaf], weights: Sequence[NDArray[np.int64]], days: int
) -> tuple[NDArray[np.int16], NDArray[np.int32]]:
    """Make the lag tables of all chain leaves, one for each country and lag.

    Parameters
    ----------
    config
        What to schedule.
    leaves
        All leaves.
    weights : (LEAD_DAYS + days + LEAD_DAYS,) int64 each
        Day weights of each company.
    days
        Of the data set. [days]

    Returns
    -------
    windows : (tables, LEAD_DAYS + days + 1, CLASSES) int16
        See `first_starts`.
    leaf_window : (leaves,) int32
        Table of each leaf, or -1.
    """
    tables: list[NDArray[np.int16]] = []
    place: dict[tuple[str, tuple[int, int, int]], int] = {}
    leaf_window = np.full(len(leaves), -1, dtype=np.int32)
    for at, leaf in enumerate(leaves):
        if leaf.kind is not LeafKind.CHAIN:
            continue
        lag = scaled_lag(leaf.posted, config.document_flows)
        key = (config.companies[leaf.company].country, lag)
        if key not in place:
            place[key] = len(tables)
            tables.append(_window(weights[leaf.company], lag, LEAD_DAYS + days + 1))
        leaf_window[at] = place[key]
    return np.stack(tables), leaf_window


def _window(weights: NDArray[np.int64], lag: tuple[int, int, int], size: int) -> NDArray[np.int16]:
    days = np.arange(size, dtype=np.int64)
    if lag[2] == 0:
        return np.repeat(days.astype(np.int16)[:, None], CLASSES, axis=1)
    found = first_starts(target_days(weights, lag, 8 * lag[1] + lag[0]), days)
    # A chain's number counts starts up to the horizon's end, not beyond.
    return np.minimum(found, np.int16(size - 1))
