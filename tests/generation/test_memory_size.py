"""How much memory a thing holds."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pytest

from datasynth.generation.journal import Journal
from datasynth.generation.memory_size import memory_bytes
from datasynth.ledger.chart import chart_of
from tests.generation.cases import case
from tests.generation.configs import make_config


@dataclass(frozen=True, slots=True)
class Slotted:
    """An object of this package's making."""

    first: object
    second: object = None


Slotted.__module__ = "datasynth.generation.fake"


def test_an_array_counts_once_whoever_shares_it() -> None:
    """Views show a buffer that is there once."""
    array = np.zeros(1_000, dtype=np.int64)
    alone = memory_bytes(array)

    assert 8_000 == alone
    assert 8_000 == memory_bytes(array, array[10:], array.reshape(10, 100).T)
    assert alone + 80 + sys.getsizeof([]) + 24 == memory_bytes(
        [array, array[:5], np.zeros(10, dtype=np.int64)]
    )


def test_objects_are_entered_if_they_are_our_own() -> None:
    """Attributes of a journal's parts count; tables of the ledger, which all journals share, do not."""
    inner = Slotted(np.zeros(500, dtype=np.int64))
    mine = Slotted(inner, {"key": [np.zeros(100, dtype=np.int8)]})

    assert 4_000 + 100 < memory_bytes(mine) < 4_000 + 100 + 1_000
    assert 0 == memory_bytes(chart_of("large"))


def test_long_runs_of_plain_values_are_estimated() -> None:
    """Of very many pairs some are measured; a hundred thousand are judged within a tenth."""
    pairs = [(number, number * 10**6) for number in range(1_000, 101_000)]
    exact = sys.getsizeof(pairs) + sum(sys.getsizeof(pair) + sum(map(sys.getsizeof, pair)) for pair in pairs)

    assert exact == pytest.approx(memory_bytes(pairs), rel=0.1)


def test_a_journal_tells_its_size() -> None:
    """It grows with companies, is the same for equal configurations, and covers the largest arrays."""
    one, again, five = (Journal(make_config(5_000, companies=number)) for number in (1, 1, 5))

    assert one.nbytes == again.nbytes
    assert 5_000_000 < one.nbytes < five.nbytes < 200_000_000


def test_a_triggered_journal_counts_what_it_shares() -> None:
    """A journal with closes called for holds what the one without them holds, and a little more."""
    journal = case("a year").journal
    triggered, _ = journal.trigger("month_end", 5_000)

    assert journal.nbytes < triggered.nbytes < 1.05 * journal.nbytes
