"""Which accounts a document type may post to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.columns import NO_PRINT
from datasynth.evaluation.gates import Gate, no_faults
from datasynth.evaluation.pools import in_pools
from datasynth.ledger.rules import allowed_pools, document_types

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset


def check_rule_book(data: Dataset, config: Config) -> list[Gate]:
    """Judge every line against the row of its document type.

    A reversal posts what its original does with the sides swapped, which is judged elsewhere.
    """
    debit, credit = _allowed(data, config)
    judged = (data.entries.reversal_of == NO_PRINT)[data.entry]
    kind = data.entries.document_type[data.entry]
    account = data.lines.account
    right = np.where(data.lines.debit > 0, debit[kind, account], credit[kind, account])
    return [
        no_faults(
            "structure.rule_book",
            data.per_entry(judged & ~right) > 0,
            "entries with an account that their document type does not allow on that side",
        )
    ]


def _allowed(data: Dataset, config: Config) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return what may be debited and credited, by document type and account; nothing by unknown types."""
    types = data.vocabulary.words["document_types"]
    shape = (len(types) + 1, len(data.vocabulary.words["accounts"]) + 1)
    debit, credit = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    known = frozenset(document_types())
    for code, kind in enumerate(types):
        if kind not in known:
            continue
        debited, credited = allowed_pools(kind)
        debit[code] = in_pools(data, config, *debited)
        credit[code] = in_pools(data, config, *credited)
    return debit, credit
