"""Record batches of a download, wherever the connection breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.client.batch_reader import BatchReader
from datasynth.client.errors import ConnectionLostError, JournalChangedError, UnexpectedAnswerError
from datasynth.client.filters import wanted
from tests.client.records import answer, arrow, documents, lines

if TYPE_CHECKING:
    import pyarrow as pa

    from tests.client.records import Record

ENTRIES = 12
CUTS = st.lists(st.integers(0, 6_000), max_size=5)
SIZES = st.integers(1, 4_000)


def read(reader: BatchReader, journal: list[Record], cuts: list[int], size: int) -> list[Record]:
    """Read all rows; connection `i` breaks after `cuts[i]` bytes, the last one holds."""
    found: list[pa.RecordBatch] = []
    for cut in [*cuts, None]:
        body = arrow(answer(journal, reader.query()))
        arrived = body if cut is None else body[:cut]
        for begin in range(0, len(arrived), size):
            found += reader.feed(arrived[begin : begin + size])
        if cut is not None:
            reader.broken()
    reader.ended()
    rows: list[Record] = reader.table(found).to_pylist()
    return rows


@given(CUTS, SIZES, st.integers(0, ENTRIES), st.none() | st.integers(0, ENTRIES + 3))
def test_no_row_is_lost_and_none_comes_twice(
    cuts: list[int], size: int, first: int, count: int | None
) -> None:
    """The rows are those of one answer without a break."""
    journal = lines(ENTRIES)
    query = {"from": str(first), **({} if count is None else {"count": str(count)})}

    found = read(BatchReader(wanted(first, count, None, {})), journal, cuts, size)

    assert answer(journal, query) == found


@given(CUTS, SIZES)
def test_chosen_fields_go_on_too(cuts: list[int], size: int) -> None:
    """The fields that say where a row lies are asked for and not shown."""
    journal = lines(ENTRIES)
    fields: Any = {"fields": ["account", "debit"]}
    expected = [{"account": record["account"], "debit": record["debit"]} for record in journal]

    assert expected == read(BatchReader(wanted(0, None, None, fields)), journal, cuts, size)


def test_a_table_without_rows_has_its_columns() -> None:
    """An empty range has the schema of any other."""
    reader = BatchReader(wanted(0, 0, None, {"fields": ["debit"]}))
    batches = reader.feed(arrow([]))
    reader.ended()

    assert ([], 0) == (batches, reader.table(batches).num_rows)
    assert "debit" in reader.table(batches).schema.names
    assert "sequence" not in reader.table(batches).schema.names


@pytest.mark.parametrize("changed", [lines(ENTRIES, seed=1), []], ids=["others", "none"])
def test_another_journal_is_noticed(changed: list[Record]) -> None:
    """Entries of two journals are never mixed."""
    reader = BatchReader(wanted(0, None, None, {}))
    reader.feed(arrow(lines(8)))
    reader.broken()

    with pytest.raises(JournalChangedError):
        read(reader, changed, [], 10_000)


def test_a_stream_without_end_is_broken() -> None:
    """What was not ended may have had more."""
    reader = BatchReader(wanted(0, None, None, {}))
    reader.feed(arrow(lines(8))[:-8])

    with pytest.raises(ConnectionLostError):
        reader.ended()


def test_what_is_no_arrow_is_an_error() -> None:
    """A page of a proxy is not taken for entries."""
    with pytest.raises(UnexpectedAnswerError):
        BatchReader(wanted(0, None, None, {})).feed(b"<html><body>")


def test_documents_go_on_too() -> None:
    """A document's rows are one."""
    journal = [
        {key: str(value) if key == "lines" else value for key, value in one.items()} for one in documents(9)
    ]
    reader = BatchReader(wanted(0, None, None, {"view": "document"}))

    assert journal == read(reader, journal, [1_500, 1_900], 100)
