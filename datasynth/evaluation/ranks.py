"""Whether one thing tells of another: ranks, what is left of values, and what chance may do.

Every test here has the same null: given what is known of a document beforehand, its outcome
does not depend on the predictor.  Then the score of a document that was chosen by its outcome
has a rank that is uniform among the documents like it, whatever the scores are.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.keys import differs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.evaluation.arrays import Floats, Ints, Prints, Truths

UNIFORM = 12.0**-0.5
"""Standard deviation of a uniform rank between nought and one, .29."""

ROUNDS = 4
"""How often means are taken off; four leave less than a hundredth of what two crossed factors explain."""


def compact(key: Prints | Ints) -> Ints:
    """Number the distinct values of a key from 0, of shape ``(n,)``."""
    _, places = np.unique(key, return_inverse=True)
    return places.astype(np.int64).reshape(-1)


def means_by(groups: Ints, values: Floats, size: int) -> Floats:
    """Return the mean of each group, of shape ``(size,)``; 0 for empty ones."""
    counts = np.bincount(groups, minlength=size)
    found: Floats = np.bincount(groups, weights=values, minlength=size) / np.maximum(counts, 1)
    return found


def left_over(values: Floats, factors: Sequence[Ints]) -> Floats:
    """Return what is left of values when the means of several groupings are taken off, in turn and again.

    Parameters
    ----------
    values : (n,) float64
    factors
        Groupings, each of shape ``(n,)``, numbered from 0.
    """
    left = values - values.mean() if values.size else values.copy()
    for _ in range(ROUNDS):
        for factor in factors:
            left = left - means_by(factor, left, 0)[factor]
    return left


def learned_scores(residue: Ints, size: int, left: Floats, learn: Truths) -> Floats:
    """Learn from one half what each residue promises, and return that for the other half.

    The score of a residue is the sum of what is left of its documents' outcomes, divided by one more
    than their number: one that was seen often is believed, one that was never seen is worth nothing.

    Parameters
    ----------
    residue : (n,) int64
        From 0 up to `size`.
    left : (k,) float64
        What is left of the outcomes of the first half.
    learn : (n,) bool
        Which half is the first.

    Returns
    -------
    (n - k,) float64
    """
    mine = residue[learn]
    sums = np.bincount(mine, weights=left, minlength=size)
    scores = sums / (np.bincount(mine, minlength=size) + 1.0)
    found: Floats = scores[residue[~learn]]
    return found


def centred_ranks(scores: Floats | Ints, strata: Ints) -> Floats:
    """Rank inside each stratum, from -½ to ½, equals at their middle; so each stratum sums to nil."""
    size = scores.size
    order = _sorted_in_strata(scores, strata)
    stratum, score = strata[order], scores[order]
    new_stratum = differs(stratum)
    new_score = new_stratum | differs(score)
    first = np.flatnonzero(new_score)
    ends = np.append(first[1:], size)
    starts = np.flatnonzero(new_stratum)
    sizes = np.diff(np.append(starts, size))
    middle = (first + ends) / 2.0
    which = np.cumsum(new_stratum)[first] - 1 if size else first
    ranks = np.empty(size)
    ranks[order] = np.repeat((middle - starts[which]) / sizes[which] - 0.5, ends - first)
    return ranks


def _sorted_in_strata(scores: Floats | Ints, strata: Ints) -> Ints:
    """Return the order by stratum and score; equals are in any order."""
    if not strata.size or int(strata.max()) > np.iinfo(np.uint16).max:
        return np.lexsort((scores, strata))
    # Short integers are sorted by counting, three times as fast as by both keys at once.
    order = np.argsort(scores)
    return order[np.argsort(strata[order].astype(np.uint16), kind="stable")]


def chosen_deviations(ranks: Floats, chosen: Truths, strata: Ints) -> float:
    """Return by how many standard deviations the ranks of what was chosen are too high in sum.

    Ranks may be means of those of several tests, however these depend on one another: the variance
    is that of the values themselves, stratum by stratum, so nothing need be known of it.
    The null is standard normal, and a little narrower where much of a stratum is chosen.
    """
    spread = means_by(strata, ranks * ranks, 0)[strata[chosen]].sum()
    return float(ranks[chosen].sum() / np.sqrt(spread)) if spread > 0 else 0.0


def linked_deviations(ranks: Floats, left: Floats) -> float:
    """Return the correlation of two columns of mean nought in standard deviations: times the root of n."""
    norm = np.sqrt((ranks * ranks).sum() * (left * left).sum())
    return float((ranks * left).sum() / norm * np.sqrt(ranks.size)) if norm > 0 else 0.0


class RankCorrelations(NamedTuple):
    """How two columns rise together, stratum by stratum.

    Attributes
    ----------
    each : (strata,) float64
        Spearman's correlation times the root of n - 1; nought where nothing can be said.
    pooled
        Of all strata together.
    """

    each: Floats
    pooled: float


def rank_links(one: Floats | Ints, other: Floats | Ints, strata: Ints) -> RankCorrelations:
    """Return Spearman's correlations in standard deviations.

    Under every order of the one column being as likely, the sum of products of centred ranks has mean
    nought and exactly the variance Σa²·Σb²/(n - 1), ties or not, and those of strata add up.
    """
    first, second = centred_ranks(one, strata), centred_ranks(other, strata)
    if not strata.size:
        return RankCorrelations(first, 0.0)
    sums = np.bincount(strata, weights=first * second)
    squares = np.bincount(strata, weights=first * first) * np.bincount(strata, weights=second * second)
    variance = squares / np.maximum(np.bincount(strata) - 1, 1)
    each = np.divide(sums, np.sqrt(variance), out=np.zeros_like(sums), where=variance > 0)
    whole = variance.sum()
    return RankCorrelations(each, float(sums.sum() / np.sqrt(whole)) if whole > 0 else 0.0)


def allowed_deviations(chance: float, tests: int) -> float:
    """Return what each of some tests may deviate, to either side, for any to exceed it by so little chance.

    The bound of Bonferroni: tests may depend on one another.  One test and a chance of .00047 make 3.5.
    """
    return NormalDist().inv_cdf(1.0 - chance / (2 * max(tests, 1)))
