"""Which accounts the lines of a document are posted to.

Real ledgers repeat themselves: most documents post to a set of accounts seen
before.  A step therefore has a number of templates, short lists of accounts;
few templates are used often and many seldom (Zipf 1949), and the lines of a
document go through the list of its template.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import below, draws, make_key, uniform
from datasynth.generation.elementary import exp, log

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


def zipf_choice(size: int, bits: NDArray[np.uint64], exponent: float) -> NDArray[np.int64]:
    """Choose among `size` things, the k-th with a weight of ``k ** -exponent``.

    Parameters
    ----------
    size
        How many things.
    bits : (n,) uint64
        Draws.
    exponent
        Concentration (Zipf 1949).

    Returns
    -------
    (n,) int64
        0 … size - 1.
    """
    reached = np.empty(size)
    before = 0.0
    # In parts, since a million ranks have temporary arrays of 60 MB; sums go on in order, to the last bit.
    for begin in range(0, size, _PART):
        ranks = np.arange(begin + 1, min(begin + _PART, size) + 1, dtype=np.float64)
        weights = exp(-exponent * log(ranks))
        weights[0] += before
        np.add.accumulate(weights, out=reached[begin : begin + _PART])
        before = reached[begin + len(ranks) - 1]
    return np.searchsorted(reached / reached[-1], uniform(bits)).astype(np.int64)


def choose_templates(key: int, pairs: NDArray[np.int64], widest: int) -> NDArray[np.int64]:
    """Return the template of each pair of cards.

    Parameters
    ----------
    key
        Of the step.
    pairs : (n,) int64
        Numbers of the pairs.
    widest
        Number of accounts of the step's largest pool; more accounts, more templates.
    """
    size = min(max(2 * widest, _FEWEST_TEMPLATES), _MOST_TEMPLATES)
    return zipf_choice(size, draws(make_key(key, "template"), pairs, 0), _TEMPLATE_EXPONENT)


def choose_accounts(
    key: int, pool: tuple[int, ...], template: NDArray[np.int64], nth: NDArray[np.int64]
) -> NDArray[np.int16]:
    """Return the account of each line of a posting.

    Parameters
    ----------
    key
        Of the posting.
    pool
        Accounts to choose from, the busiest first.
    template : (lines,) int64
        Template of the line's document.
    nth : (lines,) int64
        Number of the line within the posting, from 0.
    """
    members = np.array(pool, dtype=np.int16)
    if len(pool) == 1:
        return np.full(len(nth), members[0], dtype=np.int16)
    length = below(draws(key, template, 0), 100)
    length = 1 + np.searchsorted(np.array(_LENGTHS), length, side="right")
    place = template * LONGEST + nth % length
    return members[zipf_choice(len(pool), draws(key, place, 1), _ACCOUNT_EXPONENT)]
