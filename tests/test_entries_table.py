"""Entries as workers of a cluster compute them."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth import entries_table
from datasynth.encoding import EntriesFormat, FileFormat, View
from datasynth.encoding.arrow import RecordBatchEncoder
from datasynth.entries_table import EntriesTable
from datasynth.errors import InvalidConfiguration
from datasynth.library import Journal

if TYPE_CHECKING:
    from collections.abc import Mapping

COUNT = 20_000
CONFIG = {"transactions": {"target_count": COUNT}, "chart_of_accounts": {"complexity": "small"}}


@pytest.mark.parametrize("view", ["line", "document"])
def test_rows_are_those_of_the_journal(view: str) -> None:
    """Words are plain strings and times have microseconds; the values are the published ones."""
    table = EntriesTable.of(CONFIG, view)
    journal = Journal.from_config(CONFIG)
    encoder = RecordBatchEncoder(journal.vocabulary, EntriesFormat(FileFormat.ARROW, View(view)))
    found = table.table(range(8_000, 8_400))

    assert encoder.encode(journal.block(8_000, 400)).to_pylist() == found.to_pylist()
    assert table.schema == found.schema
    assert not any(pa.types.is_dictionary(kind) for kind in found.schema.types)


@given(
    first=st.integers(0, 10**12),
    count=st.integers(0, 10**7),
    parts=st.integers(1, 50),
)
def test_partitions_are_the_range(first: int, count: int, parts: int) -> None:
    """Together they are the range, in its order, about equal, and end where blocks end."""
    table = EntriesTable()
    cut = table.partitions(range(first, first + count), parts)
    size = table.format.block_entries

    assert len(cut) <= parts
    assert [*(part.start for part in cut), first + count] == [first, *(part.stop for part in cut)]
    assert all(part.stop % size == 0 for part in cut[:-1])
    assert all(cut)
    if cut:
        assert max(map(len, cut)) - min(len(part) for part in cut[1:-1] or cut[:1]) <= max(size, len(cut[0]))


def test_a_worker_needs_a_few_kilobytes() -> None:
    """What is sent is a configuration and a range; what comes out is the same everywhere."""
    table = EntriesTable.of(CONFIG, "line", [("month_end", 5_000)])
    sent = pickle.dumps(table)

    assert len(sent) < 2_000
    assert table.table(range(5_000, 5_100)).equals(pickle.loads(sent).table(range(5_000, 5_100)))  # noqa: S301


def test_triggers_count() -> None:
    """Their entries are among the rows, under their pattern."""
    plain, triggered = (
        EntriesTable.of(CONFIG, "document"),
        EntriesTable.of(CONFIG, "document", [("month_end", 100)]),
    )

    assert COUNT == plain.total < triggered.total
    assert "month_end" == triggered.table(range(100, 101))["pattern"][0].as_py()


def test_a_process_builds_a_journal_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads of a worker that begin together wait for one build."""
    built: list[object] = []
    build = Journal.from_config

    def count(document: Mapping[str, object]) -> Journal:
        built.append(document)
        return build(document)

    monkeypatch.setattr(Journal, "from_config", count)
    table = EntriesTable.of(CONFIG | {"global": {"seed": 4711}}, "line")
    with ThreadPoolExecutor(4) as pool:
        tables = list(pool.map(table.table, [range(100)] * 4))

    assert 1 == len(built)
    assert all(one.equals(tables[0]) for one in tables)


def test_days() -> None:
    """A range of days is cut where its entries are."""
    table = EntriesTable.of(CONFIG, "document")
    found = table.days(table.entries(), date(2024, 3, 1), date(2024, 3, 31))
    months = {day.strftime("%Y-%m") for day in table.table(found)["posting_date"].to_pylist()}

    assert {"2024-03"} == months
    assert table.entries() == table.days(table.entries(), None, None)


@pytest.mark.parametrize(("first", "count"), [(-1, None), (COUNT + 1, None), (0, -1)])
def test_no_such_range(first: int, count: int | None) -> None:
    """What is not there is refused before anything is sent."""
    with pytest.raises(ValueError, match="from 0 to 20,000, the number of entries"):
        EntriesTable.of(CONFIG, "line").entries(first, count)


def test_ranges_are_cut_at_the_end() -> None:
    """A count past the end is as many as there are; the end itself is empty."""
    table = EntriesTable.of(CONFIG, "line")

    assert range(COUNT - 5, COUNT) == table.entries(COUNT - 5, 100)
    assert 0 == len(table.entries(COUNT))
    assert 0 == table.table(range(5, 5)).num_rows


def test_faults_are_found_before_anything_is_sent() -> None:
    """A wrong configuration is an error of the caller, not of a worker."""
    with pytest.raises(InvalidConfiguration):
        EntriesTable.of({"transactions": {"target_count": -1}}, "line")
    with pytest.raises(ValueError, match="page"):
        EntriesTable.of({}, "page")
    assert entries_table.JOURNALS > 1
