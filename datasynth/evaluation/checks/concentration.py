"""Shape 7: a few accounts are busy, and entries repeat themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.gates import MANY, Gate, not_judged, only_from
from datasynth.evaluation.mixing import key_of, mix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset

BUSIEST = {"small": (0.60, 0.80), "medium": (0.85, 0.97), "large": (0.93, 0.995)}
"""Share of the lines on the busiest tenth of the postable accounts, by complexity."""

RECURRING = 0.80
COMMONEST = 50
COVERED = (0.50, 0.75)


def check_concentration(data: Dataset, config: Config) -> list[Gate]:
    """Judge accounts and patterns."""
    complexity = config.chart_of_accounts.complexity
    return only_from([_accounts(data, complexity), *_patterns(data, complexity)], data.count, MANY)


def _accounts(data: Dataset, complexity: str) -> Gate:
    name = "concentration.accounts"
    tenth = round(np.count_nonzero(data.accounts.postable) / 10)
    if not tenth:
        return not_judged(name, "there is no chart of accounts")
    known = data.lines.account[data.lines.account >= 0]
    times = np.sort(np.bincount(known))[::-1]
    share = float(times[:tenth].sum()) / max(known.size, 1)
    return Gate(name, share, *BUSIEST[complexity], f"of the lines on the {tenth} busiest accounts")


def _patterns(data: Dataset, complexity: str) -> list[Gate]:
    times = np.unique(patterns(data), return_counts=True)[1]
    recurring = 1 - times.size / max(data.count, 1)
    covered = float(np.sort(times)[::-1][:COMMONEST].sum()) / max(data.count, 1)
    if complexity != "medium":
        why = "judged for charts of medium complexity"
        return [
            not_judged("concentration.recurring", why, recurring),
            not_judged("concentration.commonest", why, covered),
        ]
    return [
        Gate("concentration.recurring", recurring, RECURRING, None, "entries with a pattern seen before"),
        Gate("concentration.commonest", covered, *COVERED, f"entries with one of the {COMMONEST} commonest"),
    ]


def patterns(data: Dataset) -> NDArray[np.uint64]:
    """Return a key of each entry's document type and set of accounts and sides.

    Returns
    -------
    (n,) uint64
        Equal where both are, whatever the order and number of lines.
    """
    accounts = len(data.vocabulary.words["accounts"]) + 1
    side = 2 * accounts
    posting = (data.lines.account.astype(np.int64) % accounts) * 2 + (data.lines.debit > 0)
    # Sorted, lines of one entry stay together, and those that say the same stand side by side.
    ordered = np.sort(data.entry.astype(np.int64) * side + posting)
    new = np.ones(ordered.size, dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    scattered = mix((ordered % side).astype(np.uint64)).view(np.int64)
    return key_of(data.entries.document_type, data.per_entry(np.where(new, scattered, 0)))
