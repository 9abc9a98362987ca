"""Entries as a Dask data frame."""

from __future__ import annotations

import pytest

from datasynth import dask
from tests.cluster.expected import CONFIG, PARTITIONS, sums


@pytest.mark.parametrize("parts", PARTITIONS)
def test_any_number_of_partitions(parts: int) -> None:
    """Count and sums are those of one process."""
    frame = dask.read(config=CONFIG, npartitions=parts)
    found = len(frame), frame["debit"].sum().compute(), frame["credit"].sum().compute()

    assert min(parts, 5) == frame.npartitions
    assert sums() == found


def test_what_is_planned_is_what_comes() -> None:
    """Types are known before anything is computed, also of no entries."""
    frame = dask.read(config=CONFIG, view="document", first=100, count=50)
    computed = frame.compute()

    assert frame.dtypes.equals(computed.dtypes)
    assert list(range(100, 150)) == computed["sequence"].tolist()
    assert 0 == len(dask.read(config=CONFIG, count=0))
