"""Records that are fetched ahead of their use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.kernels.reading_ahead import CACHE_LINE, empty_records, prefetch
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from datasynth.kernel import Records

FIGURE = np.dtype([("amount", np.int64), ("code", np.int16)])


@kernel
def _total(records: Records) -> int:
    total = 0
    for place in range(len(records)):
        # The last turns name what does not exist, which must do no harm.
        prefetch(records, place + 8)
        total += records[place].amount
    return total


def test_a_fetch_changes_nothing() -> None:
    """A loop that fetches ahead, past the end too, adds up the same."""
    records = np.zeros(100, dtype=FIGURE).view(np.recarray)
    records.amount = np.arange(100)
    assert _total(records) == 4950
    assert records.amount.tolist() == list(range(100))


@pytest.mark.parametrize("count", [1, 3, 1_000, 1_000_000])
def test_records_begin_with_a_line_of_the_cache(count: int) -> None:
    """Wherever numpy finds room, so that one fetch brings all of a record that fits."""
    found = [empty_records(count, FIGURE) for _ in range(8)]
    for records in found:
        records.amount = np.arange(count)

    assert {0} == {records.ctypes.data % CACHE_LINE for records in found}
    assert {(FIGURE, (count,))} == {(records.dtype, records.shape) for records in found}
    assert [list(range(min(count, 5)))] * 8 == [records.amount[:5].tolist() for records in found]
