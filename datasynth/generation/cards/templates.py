"""Which accounts the lines of a document are posted to.

Real ledgers repeat themselves: most documents post to a set of accounts seen
before.  A step therefore has a number of templates, short lists of accounts;
few templates are used often and many seldom (Zipf 1949), and the lines of a
document go through the list of its template.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import make_key, uniform
from datasynth.generation.elementary import exp, log
from datasynth.generation.kernels.layout import Templates, choose_ranks, fill_templates

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 4
"""Most accounts of a template."""

_PART = 1 << 15
_FEWEST_TEMPLATES = 24
_MOST_TEMPLATES = 512
_TEMPLATE_EXPONENT = 1.05
_ACCOUNT_EXPONENT = 1.75
# Of 100 templates, so many have one account, two, three and four.
_LENGTHS = (46, 74, 90)


@lru_cache(maxsize=512)
def zipf_chances(size: int, exponent: float) -> NDArray[np.float64]:
    """Return the cumulated chances of `size` things, the k-th with a weight of ``k ** -exponent``.

    Parameters
    ----------
    size
        How many things.
    exponent
        Concentration (Zipf 1949).

    Returns
    -------
    (size,) float64
        Read-only; the last is 1.
    """
    chances = _reached(size, exponent)
    chances.setflags(write=False)
    return chances


def _reached(size: int, exponent: float) -> NDArray[np.float64]:
    reached = np.empty(size)
    before = 0.0
    # In parts, since a million ranks have temporary arrays of 60 MB; sums go on in order, to the last bit.
    for begin in range(0, size, _PART):
        ranks = np.arange(begin + 1, min(begin + _PART, size) + 1, dtype=np.float64)
        weights = exp(-exponent * log(ranks))
        weights[0] += before
        np.add.accumulate(weights, out=reached[begin : begin + _PART])
        before = reached[begin + len(ranks) - 1]
    chances: NDArray[np.float64] = reached / reached[-1]
    return chances


def zipf_choice(size: int, bits: NDArray[np.uint64], exponent: float) -> NDArray[np.int64]:
    """Choose among `size` things; see `zipf_chances`.

    Parameters
    ----------
    size
        How many things.
    bits : (n,) uint64
        Draws.
    exponent
        Concentration.

    Returns
    -------
    (n,) int64
        0 … size - 1.
    """
    return np.searchsorted(_reached(size, exponent), uniform(bits)).astype(np.int64)


def templates_of(widest: int) -> int:
    """Return how many templates a step has whose largest pool has so many accounts."""
    return min(max(2 * widest, _FEWEST_TEMPLATES), _MOST_TEMPLATES)


def choose_templates(key: int, pairs: int, templates: int) -> NDArray[np.int64]:
    """Return the template of each pair of cards.

    Parameters
    ----------
    key
        Of the step.
    pairs
        How many pairs.
    templates
        How many templates there are.
    """
    chosen = np.empty(pairs, dtype=np.int64)
    choose_ranks(
        np.uint64(make_key(key, "template")),
        np.uint64(0),
        zipf_chances(templates, _TEMPLATE_EXPONENT),
        chosen,
    )
    return chosen


def choose_accounts(key: int, pool: tuple[int, ...], templates: int) -> Templates:
    """Return the accounts that the lines of a posting go through, for each template.

    Parameters
    ----------
    key
        Of the posting.
    pool
        Accounts to choose from, the busiest first.
    templates
        How many templates there are.
    """
    chosen = Templates(np.empty(templates, dtype=np.int64), np.empty((templates, LONGEST), dtype=np.int16))
    members = np.array(pool, dtype=np.int16)
    chances = zipf_chances(len(pool), _ACCOUNT_EXPONENT)
    fill_templates(np.uint64(key), members, chances, np.array(_LENGTHS, dtype=np.int64), chosen)
    return chosen
