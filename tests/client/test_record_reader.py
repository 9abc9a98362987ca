"""Records of a download, whatever the chunks and wherever the connection breaks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.client.errors import ConnectionLostError, JournalChangedError, UnexpectedAnswerError
from datasynth.client.filters import wanted
from datasynth.client.record_reader import RecordReader
from tests.client.records import Record, answer, documents, lines, ndjson

ENTRIES = 12
CUTS = st.lists(st.integers(0, 900), max_size=6)
SIZES = st.integers(1, 300)


def read(reader: RecordReader, journal: list[Record], cuts: list[int], size: int) -> list[Record]:
    """Read all records; connection `i` breaks after `cuts[i]` bytes, the last one holds."""
    found = []
    for cut in [*cuts, None]:
        body = ndjson(answer(journal, reader.query()))
        arrived = body if cut is None else body[:cut]
        for begin in range(0, len(arrived), size):
            found += reader.feed(arrived[begin : begin + size])
        if cut is not None:
            reader.broken()
    reader.ended()
    return found


@given(CUTS, SIZES, st.integers(0, ENTRIES), st.none() | st.integers(0, ENTRIES + 3))
def test_no_line_is_lost_and_none_comes_twice(
    cuts: list[int], size: int, first: int, count: int | None
) -> None:
    """The records are those of one answer without a break, for every cut, chunk and range."""
    journal = lines(ENTRIES)
    expected = answer(journal, {"from": str(first), **({} if count is None else {"count": str(count)})})

    assert expected == read(RecordReader(wanted(first, count, None, {})), journal, cuts, size)


@given(CUTS, SIZES)
def test_documents_go_on_too(cuts: list[int], size: int) -> None:
    """A document has no line number; its sequence number is its place."""
    journal = documents(ENTRIES)
    reader = RecordReader(wanted(0, None, None, {"view": "document"}))

    assert journal == read(reader, journal, cuts, size)


@given(CUTS, SIZES)
def test_chosen_fields_go_on_too(cuts: list[int], size: int) -> None:
    """The fields that say where a record lies are asked for and not shown."""
    journal = lines(ENTRIES)
    reader = RecordReader(wanted(0, None, None, {"fields": ["debit", "line"]}))
    expected = [{"debit": record["debit"], "line": record["line"]} for record in journal]

    assert expected == read(reader, journal, cuts, size)


@pytest.mark.parametrize("changed", [lines(ENTRIES, seed=1), lines(3)], ids=["others", "shorter"])
def test_another_journal_is_noticed(changed: list[Record]) -> None:
    """Entries of two journals are never mixed."""
    reader = RecordReader(wanted(0, None, "s", {}))
    reader.feed(ndjson(lines(5)))
    reader.broken()

    with pytest.raises(JournalChangedError):
        read(reader, changed, [], 1000)


def test_a_trigger_that_moves_entries_is_noticed() -> None:
    """Entries inserted before the last one would make others come twice."""
    moved = [{**record, "sequence": record["sequence"] + 2} for record in lines(ENTRIES)]
    reader = RecordReader(wanted(0, None, "s", {}))
    reader.feed(ndjson(lines(5)))
    reader.broken()

    with pytest.raises(JournalChangedError):
        read(reader, moved, [], 1000)


def test_an_answer_that_ends_in_a_record_is_broken() -> None:
    """Half a record is no record, and no end."""
    reader = RecordReader(wanted(0, None, None, {}))
    body = ndjson(lines(3))

    assert lines(3)[:-1] == reader.feed(body[:-1])
    with pytest.raises(ConnectionLostError):
        reader.ended()


@pytest.mark.parametrize("line", [b"<html>\n", b"{}\n", b"7\n"])
def test_what_is_no_record_is_an_error(line: bytes) -> None:
    """A page of a proxy is not taken for entries."""
    reader = RecordReader(wanted(0, None, None, {}))

    with pytest.raises(UnexpectedAnswerError):
        reader.feed(line)


def test_the_query_names_the_stream_and_what_is_left() -> None:
    """After a break the last entry is asked for again, with as many as are left."""
    filters: Any = {"company": "1000"}
    reader = RecordReader(wanted(2, 5, "abc", filters, format="ndjson"))
    fixed = {"format": "ndjson", "stream_id": "abc", "company": "1000"}

    assert {**fixed, "from": "2", "count": "5"} == reader.query()
    reader.feed(ndjson(answer(lines(9), {"from": "2", "count": "3"})))
    reader.broken()
    assert {**fixed, "from": "4", "count": "3"} == reader.query()
