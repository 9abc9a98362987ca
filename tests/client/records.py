"""A small journal as a server gives it, for tests that cut what arrives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable

Record = dict[str, Any]
BATCH = 4
"""Entries of a record batch."""


def lines(entries: int, seed: int = 0) -> list[Record]:
    """All line records of a journal: entry `n` has `n % 3 + 2` lines."""
    return [
        {
            "document_id": f"{seed}-{sequence}",
            "account": f"{1000 + sequence * line % 7}",
            "debit": f"{sequence}.{line}0",
            "sequence": sequence,
            "line": line,
        }
        for sequence in range(entries)
        for line in range(1, sequence % 3 + 3)
    ]


def documents(entries: int, seed: int = 0) -> list[Record]:
    """All document records of a journal."""
    return [
        {"document_id": f"{seed}-{n}", "sequence": n, "lines": [{"debit": "1.00"}]} for n in range(entries)
    ]


def answer(records: list[Record], query: dict[str, str]) -> list[Record]:
    """What a server answers: the range, and of each record the fields that are wanted."""
    first = int(query["from"])
    end = first + int(query["count"]) if "count" in query else len(records)
    found = [record for record in records if first <= record["sequence"] < end]
    if "fields" not in query:
        return found
    return [{name: record[name] for name in query["fields"].split(",")} for record in found]


def ndjson(records: Iterable[Record]) -> bytes:
    """Records as NDJSON."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def arrow(records: list[Record], compression: str | None = None) -> bytes:
    """Records as an Arrow stream of batches that end where sequence numbers are multiples of `BATCH`."""
    names = list(lines(1)[0]) if not records else list(records[0])
    dictionary = pa.dictionary(pa.int16(), pa.string())
    kinds = {"account": dictionary, "sequence": pa.int64(), "line": pa.int64()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in names])
    words = pa.array([str(account) for account in range(1000, 1010)])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        for batch in _batches(records):
            writer.write_batch(
                pa.RecordBatch.from_arrays([_column(batch, field, words) for field in schema], schema=schema)
            )
    found: bytes = sink.getvalue().to_pybytes()
    return found


def _batches(records: list[Record]) -> list[list[Record]]:
    """The first is empty: it carries the words."""
    numbers = sorted({record["sequence"] // BATCH for record in records})
    return [[], *([one for one in records if one["sequence"] // BATCH == number] for number in numbers)]


def _column(batch: list[Record], field: pa.Field, words: pa.Array) -> pa.Array:
    values = [record[field.name] for record in batch]
    if not pa.types.is_dictionary(field.type):
        return pa.array(values, field.type)
    codes = pa.array([int(value) - 1000 for value in values], pa.int16())
    return pa.DictionaryArray.from_arrays(codes, words)
