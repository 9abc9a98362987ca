"""Which accounts the lines of a document are posted to.

In real ledgers most documents post to a set of accounts that was used before.  A step
therefore has a number of account combinations, which are short lists of accounts: few
are used often, many seldom (Zipf 1949).  The lines of a document go through the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import make_key
from datasynth.generation.kernels.layout import CombinationTable, choose_ranks, fill_combinations
from datasynth.generation.zipf import zipf_chances

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 4
"""Most accounts of an account combination."""

_FEWEST_COMBINATIONS = 24
_MOST_COMBINATIONS = 512
_COMBINATION_EXPONENT = 1.05
_ACCOUNT_EXPONENT = 1.75
# Cumulated percentages of the combinations of one, two and three accounts; the others have four.
_LENGTHS = (46, 74, 90)


def combinations_of(widest: int) -> int:
    """Return the number of a step's combinations from the size of its largest account pool."""
    return min(max(2 * widest, _FEWEST_COMBINATIONS), _MOST_COMBINATIONS)


def choose_combinations(key: int, pairs: int, combinations: int) -> NDArray[np.int64]:
    """Return the account combination of each pair of templates."""
    chosen = np.empty(pairs, dtype=np.int64)
    choose_ranks(
        np.uint64(make_key(key, "template")),
        np.uint64(0),
        zipf_chances(combinations, _COMBINATION_EXPONENT),
        chosen,
    )
    return chosen


def choose_accounts(key: int, accounts: tuple[int, ...], combinations: int) -> CombinationTable:
    """Return the accounts of each combination, chosen from a pool that begins with the busiest."""
    chosen = CombinationTable(
        np.empty(combinations, dtype=np.int64), np.empty((combinations, LONGEST), dtype=np.int16)
    )
    members = np.array(accounts, dtype=np.int16)
    chances = zipf_chances(len(accounts), _ACCOUNT_EXPONENT)
    fill_combinations(np.uint64(key), members, chances, np.array(_LENGTHS, dtype=np.int64), chosen)
    return chosen
