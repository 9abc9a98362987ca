"""Tables as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.encoding.tables import (
    CHUNK_ROWS,
    Table,
    TableFormat,
    amount_text,
    encode_object,
    encode_objects,
    encode_table,
)

TABLE = Table("things", ("id", "name", "size", "open"))
ROWS = [("a", "Ash, Oak & Co.", 3, True), ("b", 'The "Elm"', None, False)]


def test_json() -> None:
    """JSON is one object: the facts, then the rows as objects, with null where a value is absent."""
    text = b"".join(encode_table(TABLE, TableFormat.JSON, ROWS, {"at": 5, "next": None}))

    assert text == (
        b'{"at":5,"next":null,"things":[{"id":"a","name":"Ash, Oak & Co.","size":3,"open":true},'
        b'{"id":"b","name":"The \\"Elm\\"","size":null,"open":false}]}\n'
    )


def test_csv() -> None:
    """CSV has a header row and LF, quotes only what demands it, and is empty where a value is absent."""
    text = b"".join(encode_table(TABLE, TableFormat.CSV, ROWS, {"at": 5}))

    assert text == b'id,name,size,open\na,"Ash, Oak & Co.",3,true\nb,"The ""Elm""",,false\n'


@pytest.mark.parametrize(
    ("format", "expected"),
    [(TableFormat.JSON, b'{"things":[]}\n'), (TableFormat.CSV, b"id,name,size,open\n")],
)
def test_no_rows(format: TableFormat, expected: bytes) -> None:
    """A table without rows is still a table, in one chunk."""
    assert [expected] == list(encode_table(TABLE, format, []))


@pytest.mark.parametrize("count", [1, CHUNK_ROWS - 1, CHUNK_ROWS, CHUNK_ROWS + 1, 3 * CHUNK_ROWS])
def test_chunks_join(count: int) -> None:
    """However many chunks there are, together they are what one would be, and no chunk is large."""
    rows = [(str(number), "x", number, None) for number in range(count)]
    chunks = list(encode_table(TABLE, TableFormat.JSON, iter(rows)))
    decoded = json.loads(b"".join(chunks))
    table = b"".join(encode_table(TABLE, TableFormat.CSV, iter(rows))).decode()

    assert rows == [tuple(row.values()) for row in decoded["things"]]
    assert [row[:1] for row in rows] == [(row["id"],) for row in csv.DictReader(io.StringIO(table))]
    assert max(chunk.count(b"{") for chunk in chunks) <= CHUNK_ROWS + 1


def test_rows_are_taken_as_they_are_needed() -> None:
    """A long table is never held whole: the first chunk takes the first rows only."""
    taken = iter([("a", "b", number, True) for number in range(10 * CHUNK_ROWS)])
    next(encode_table(TABLE, TableFormat.CSV, taken))

    assert 9 * CHUNK_ROWS == len(list(taken))


def test_objects_come_batch_by_batch() -> None:
    """A list of objects within objects is one JSON object, however it is cut into batches."""
    objects: list[dict[str, object]] = [{"id": "a", "inside": {"size": [1, 2]}}, {"id": "b"}, {"id": "c"}]
    chunks = [
        list(encode_objects("things", (objects[at : at + size] for at in range(0, 3, size)), {"at": 5}))
        for size in (1, 2, 3)
    ]

    assert [4, 3, 2] == [len(one) for one in chunks]
    assert {b"".join(one) for one in chunks} == {
        b'{"at":5,"things":[{"id":"a","inside":{"size":[1,2]}},{"id":"b"},{"id":"c"}]}\n'
    }


def test_one_object_is_a_line() -> None:
    """An object alone ends with a line feed, as lists of objects do."""
    assert b'{"at":5,"inside":{"size":[1,2]}}\n' == encode_object({"at": 5, "inside": {"size": [1, 2]}})


@pytest.mark.parametrize(
    ("amount", "decimals", "expected"),
    [
        (0, 2, "0.00"),
        (5, 2, "0.05"),
        (-5, 2, "-0.05"),
        (-123_456, 2, "-1234.56"),
        (1_234, 0, "1234"),
        (-1, 0, "-1"),
        (1_234, 3, "1.234"),
        (-(2**63), 3, "-9223372036854775.808"),
    ],
)
def test_amounts(amount: int, decimals: int, expected: str) -> None:
    """An amount has all decimals of its currency, and a sign only where it is below zero."""
    assert expected == amount_text(amount, decimals)


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from([0, 2, 3]))
def test_amounts_read_back(amount: int, decimals: int) -> None:
    """No minor unit is lost in print."""
    assert amount == int(amount_text(amount, decimals).replace(".", ""))
