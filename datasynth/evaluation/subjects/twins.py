"""Shape 11: no document has a near-copy more often than chance gives one.

Documents are compared with others of their pattern: same type, same currency, and as many lines on each
account and side. The order of the lines does not count, so that shuffled lines hide nothing. By the mere set
of accounts copies would drown: so many unlike documents share it.

The logarithm of the quotient of two totals has a density that is nearly flat around nought where totals are
spread broadly. So there are as many pairs within 10 % of each other as pairs 30 to 40 % apart, each divided
by the width of its band on that scale. With log-normal totals of standard deviation s in a pattern,
differences have the density exp(-d² / 4s²), and pairs within 10 % are more frequent by exp((m - m') / 4s²),
where m is the mean square of d in the band apart and m' that in the near one: 1.010 at s = 1.5, 1.022 at 1.
That is taken out.

Pairs that share a document are not independent. The variance of a sum over pairs, Σ g(i, j), is estimated by
Σ u(i)² - Σ g(i, j)², where u(i) is the sum over the pairs of document i: the variance for dyads of Fafchamps
and Gubert (2007), "The formation of risk sharing networks", whose second term takes out what the first
counts twice.
"""

from __future__ import annotations

from math import log, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.check import DEVIATIONS, MANY, Check, not_judged, only_from
from datasynth.evaluation.keys import key_of
from datasynth.evaluation.pairs import Band, companions

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Floats, Ints, Prints
    from datasynth.evaluation.dataset import Dataset

NEAR = Band(100, 110)
FAR = Band(130, 140)
AS_WIDE = Band(130, 143)
"""A band apart that is as wide as the near one: so many documents have a companion there by chance."""

LIMITS = ((6, 1.15), (10, 1.25))
"""Fewest lines of the documents, and how many times as frequent as by chance near pairs may be."""

NARROWEST = 0.5
"""Least spread that a pattern is taken to have; a narrower one would explain copies by itself. [ln]"""

PRIOR = 10
"""As how many documents of a pattern's own the spread of all patterns counts in its spread."""


class Frequency(NamedTuple):
    """How frequent near pairs are.

    Attributes
    ----------
    near, expected
        Pairs within 10 %, and how many there would be by chance, from the pairs 30 to 40 % apart.
    deviation
        Standard deviation of their difference among independent documents.
    correction
        What the spread of the patterns makes of the expected number, on average.
    copied, chance
        Shares of the documents that have a companion within 10 %, and in a band apart that is as wide.
    """

    near: int
    expected: float
    deviation: float
    correction: float
    copied: float
    chance: float


def twin_checks(data: Dataset, _: Config) -> list[Check]:
    """Check that documents of several lines have no near-copies; `Dataset.one_off` says which count."""
    judged = data.one_off & (data.total > 0) & (data.line_counts >= LIMITS[0][0])
    entries = np.flatnonzero(judged)
    pattern, total, lines = copy_patterns(data, entries), data.total[entries], data.line_counts[entries]
    checks = []
    for fewest, limit in LIMITS:
        long = lines >= fewest
        checks += _judge(fewest, limit, frequency(pattern[long], total[long]))
    return only_from(MANY, data.count, *checks)


def frequency(pattern: Prints, total: Ints) -> Frequency:
    """Count pairs of documents with the same pattern by the quotient of their totals.

    Parameters
    ----------
    pattern : (n,) uint64
        Keys of what is compared.
    total : (n,) int64
        Above zero. [minor units]
    """
    near, far, wide = companions(pattern, total, (NEAR, FAR, AS_WIDE))
    correction = _correction(pattern, total)
    weight = NEAR.width / FAR.width * correction
    excess = near - weight * far
    pairs = int(near.sum()) // 2
    # Half of it, as each pair stands with both of its documents; sharing documents adds to it, if anything.
    single = float(near.sum() + (weight**2 * far).sum()) / 2
    variance = max(float((excess**2).sum()) - single, single)
    return Frequency(
        near=pairs,
        expected=float((weight * far).sum()) / 2,
        deviation=sqrt(variance),
        correction=float((correction * far).sum() / max(far.sum(), 1)),
        copied=float((near > 0).sum() / max(near.size, 1)),
        chance=float((wide > 0).sum() / max(near.size, 1)),
    )


def _judge(fewest: int, limit: float, found: Frequency) -> list[Check]:
    names = f"twins.lines_{fewest}", f"twins.copied_{fewest}"
    if not found.near and not found.expected:
        return [not_judged(name, "no two documents are similar") for name in names]
    # With less than one pair expected the quotient says nothing; the number of near pairs does.
    expected = max(found.expected, 1.0)
    note = (
        f"near pairs, {found.near:,}, over {found.expected:,.0f} by chance; "
        f"the spread of totals makes {found.correction:.4f} of it"
    )
    high = limit + DEVIATIONS * found.deviation / expected
    share = f"reported: documents of {fewest} lines or more with a near-copy; by chance {found.chance:.4f}"
    return [
        Check(names[0], found.near / expected, None, high, note),
        not_judged(names[1], share, found.copied),
    ]


def copy_patterns(data: Dataset, entries: Ints) -> Prints:
    """Return a key of each entry's type and currency, and of how many lines are on each account and side."""
    lines, starts = data.lines_of(entries)
    posting = key_of(data.lines.account[lines], data.lines.debit[lines] > 0).view(np.int64)
    sums = np.add.reduceat(posting, starts) if entries.size else posting
    header = data.entries
    return key_of(header.document_type[entries], header.currency[entries], sums)


def _correction(pattern: Prints, total: Ints) -> Floats:
    """Return by how much more frequent pairs within 10 % are among log-normal totals, by document.

    Each pattern has a spread of its own, drawn to that of all, which is taken over pairs, since pairs are
    counted: patterns of a few documents, half of which may be copies, say little in it.
    """
    _, group, times = np.unique(pattern, return_inverse=True, return_counts=True)
    value = np.log(total)
    mean = np.bincount(group, value) / times
    squares = np.bincount(group, (value - mean[group]) ** 2)
    common = float((times * squares).sum() / max((times * (times - 1)).sum(), 1))
    variance = np.maximum((squares + PRIOR * common) / (times - 1 + PRIOR), NARROWEST**2)
    found: Floats = np.exp((_mean_square(FAR) - _mean_square(NEAR)) / (4 * variance))[group]
    return found


def _mean_square(band: Band) -> float:
    """Return the mean square of the logarithms in a band."""
    low, high = log(band.low / 100), log(band.high / 100)
    return (low * low + low * high + high * high) / 3
