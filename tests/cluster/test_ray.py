"""Entries as a Ray data set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import ray

from datasynth import ray as datasynth_ray
from tests.cluster.expected import CONFIG, PARTITIONS, sums

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.timeout(300), pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module", autouse=True)
def _engine() -> Iterator[None]:
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.mark.parametrize("parts", PARTITIONS)
def test_any_number_of_partitions(parts: int) -> None:
    """Count and sums are those of one process."""
    entries = datasynth_ray.read(config=CONFIG, view="line", partitions=parts).materialize()

    assert sums() == (entries.count(), entries.sum("debit"), entries.sum("credit"))


def test_an_empty_range_has_its_columns() -> None:
    """No entries are a data set without rows."""
    entries = datasynth_ray.read(config=CONFIG, view="document", count=0).materialize()

    assert 0 == entries.count()
    assert ["sequence", "document_id"] == entries.schema().names[:2]
