"""What can tell of reversals in a set that is in shape otherwise; kept with the other `MISSHAPES`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.evaluation.book_misshapes import MISSHAPES
from tests.evaluation.misshapes import misshape, with_entries
from tests.evaluation.shapes import ENTRIES, chances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.evaluation import Dataset

__all__ = ["MISSHAPES"]


def _told(data: Dataset, sign: NDArray[np.bool_]) -> Dataset:
    """Let what is reversed be among the entries that have a sign."""
    reversal_of = data.entries.reversal_of.copy()
    reversing = np.flatnonzero((reversal_of != 0) & ~data.closing)
    may_be = np.flatnonzero(sign & (reversal_of == 0) & ~data.closing)
    chosen = may_be[np.argsort(chances(80, may_be.size))[: reversing.size]]
    reversal_of[reversing[: chosen.size]] = data.entries.document_id[chosen]
    return with_entries(data, reversal_of=reversal_of)


@misshape("tells.numbers", "tells.pooled")
def _numbers_tell_what_is_reversed(data: Dataset) -> Dataset:
    return _told(data, data.entries.document_number % 64 * 37 % 64 < 16)


@misshape("tells.amounts", "tells.pooled")
def _cents_tell_what_is_reversed(data: Dataset) -> Dataset:
    return _told(data, data.total % 100 < 20)


@misshape("tells.ids", "tells.pooled")
def _ids_tell_what_is_reversed(data: Dataset) -> Dataset:
    return _told(data, data.entries.id_ending % 16 < 4)


@misshape("tells.order")
def _the_first_of_a_day_are_reversed(data: Dataset) -> Dataset:
    day = data.entries.posting_date
    return _told(data, (np.arange(ENTRIES) - np.searchsorted(day, day)) * 5 < np.bincount(day)[day])
