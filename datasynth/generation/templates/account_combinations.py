"""Which accounts the lines of a document are posted to.

In real ledgers most documents post to a set of accounts that was used before.  A step
therefore has a number of account combinations, which are short lists of accounts: few
are used often, many seldom (Zipf 1949).  The lines of a document go through the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import make_key
from datasynth.generation.kernels.layout import (
    CombinationGroups,
    CombinationTable,
    choose_alike,
    fill_combinations,
)
from datasynth.generation.zipf import zipf_chances

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def choose_combinations(
    key: int, rings: NDArray[np.int64], combinations: int, heads: Sequence[NDArray[np.int16]]
) -> NDArray[np.int64]:
    """Return the account combination of each template.

    Templates of a ring have combinations that begin with the same accounts.

    Parameters
    ----------
    rings : (templates,) int64
        Ring of each template.
    heads
        First accounts (combinations,) of each posting with jitter.
    """
    chances = np.diff(zipf_chances(combinations, _COMBINATION_EXPONENT), prepend=0.0)
    group = np.zeros(combinations, dtype=np.int64)
    if heads:
        group = np.unique(np.stack(heads, axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    # Groups one after the other, the commonest combinations of each first.
    member = np.argsort(group, kind="stable")
    reached = np.add.accumulate(chances[member])
    groups = CombinationGroups(
        member,
        np.searchsorted(group[member], group, side="left"),
        np.searchsorted(group[member], group, side="right"),
        reached / reached[-1],
    )
    # A ring draws by its rank, as a template alone would.
    chosen = np.empty(len(rings), dtype=np.int64)
    choose_alike(
        np.uint64(make_key(key, "template")),
        rings,
        zipf_chances(combinations, _COMBINATION_EXPONENT),
        groups,
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
