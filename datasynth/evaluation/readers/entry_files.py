"""Files of entries, in every format of `datasynth generate`, to whole entries that can be parsed."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.json
import pyarrow.parquet

from datasynth.evaluation.readers.documents import ROW_SCHEMA, SCHEMA, entry_starts
from datasynth.evaluation.readers.source import Unreadable, whole_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

FILE_NAMES = (
    *("entries.ndjson", "entries.ndjson.gz", "entries.ndjson.zst"),
    *("entries.csv", "entries.csv.gz", "entries.csv.zst"),
    *("entries.arrow", "entries.parquet"),
)
"""What a file of entries may be called."""

LINES = "lines"
"""The field that documents have, and records of the line view do not."""


def read_entries(path: Path) -> Iterator[bytes | pa.Table]:
    """Yield whole entries: documents as NDJSON, everything else as tables of documents or of lines.

    Parameters
    ----------
    path
        One of `FILE_NAMES`, which says the format.

    Raises
    ------
    Unreadable
        The file cannot be read, or a field is not there; the message is one line.
    """
    readers: dict[str, Callable[[Path], Iterator[bytes | pa.Table]]] = {
        "ndjson": _ndjson,
        "csv": _csv,
        "arrow": _arrow,
        "parquet": _parquet,
    }
    try:
        yield from readers[path.name.split(".")[1]](path)
    except OSError as error:
        reason = error.strerror or " ".join(str(error).split())
        raise Unreadable(f"{path}: {reason}") from error
    except (pa.ArrowException, ValueError) as error:
        raise Unreadable(f"{path}: {' '.join(str(error).split())}") from error


def whole_entries(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Cut tables of lines where entries end; lines of one number that follow one another are an entry."""
    begun: pa.Table | None = None
    for table in tables:
        rows = table if begun is None else pa.concat_tables([begun, table])
        start = int(entry_starts(rows)[-1]) if rows.num_rows else 0
        if start:
            yield rows.slice(0, start)
        begun = rows.slice(start)
    if begun is not None and begun.num_rows:
        yield begun


def _ndjson(path: Path) -> Iterator[bytes | pa.Table]:
    with pa.input_stream(str(path)) as file:
        parts = whole_lines(file.read)
        first = next(parts, b"")
        whole = chain([first] if first else [], parts)
        if _is_line(first.partition(b"\n")[0]):
            yield from whole_entries(map(_json_rows, whole))
        else:
            yield from whole


def _is_line(record: bytes) -> bool:
    """Tell whether a record is of the line view; what is no JSON is for the parser to refuse."""
    try:
        found = json.loads(record)
    except ValueError:
        return False
    return isinstance(found, dict) and "account" in found and LINES not in found


def _json_rows(text: bytes) -> pa.Table:
    return pyarrow.json.read_json(
        pa.BufferReader(text),
        parse_options=pyarrow.json.ParseOptions(
            explicit_schema=ROW_SCHEMA, unexpected_field_behavior="ignore"
        ),
    )


def _csv(path: Path) -> Iterator[pa.Table]:
    options = pyarrow.csv.ConvertOptions(
        column_types=ROW_SCHEMA,
        include_columns=ROW_SCHEMA.names,
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=[""],
        timestamp_parsers=["%Y-%m-%dT%H:%M:%SZ", pyarrow.csv.ISO8601],
    )
    with pa.input_stream(str(path)) as file:
        reader = pyarrow.csv.open_csv(
            file, convert_options=options, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True)
        )
        yield from whole_entries(pa.Table.from_batches([batch]) for batch in reader)


def _arrow(path: Path) -> Iterator[pa.Table]:
    with pa.memory_map(str(path)) as file:
        reader = pa.ipc.open_file(file)
        batches = map(reader.get_batch, range(reader.num_record_batches))
        yield from _typed(batches, reader.schema)


def _parquet(path: Path) -> Iterator[pa.Table]:
    with pa.parquet.ParquetFile(path) as file:
        names = file.schema_arrow.names
        known = [*(SCHEMA if LINES in names else ROW_SCHEMA).names]
        columns = [name for name in names if name in known]
        # A batch of documents cannot span groups: Arrow reads no dictionary inside a list in parts.
        groups = (file.read_row_group(group, columns=columns) for group in range(file.num_row_groups))
        batches = chain.from_iterable(group.combine_chunks().to_batches() for group in groups)
        yield from _typed(batches, file.schema_arrow)


def _typed(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Give the columns of Arrow and Parquet the types that are judged."""
    wanted = SCHEMA if LINES in schema.names else ROW_SCHEMA
    strange = [name for name in wanted.names if name not in schema.names]
    if strange:
        raise ValueError(f"unknown column {strange[0]}")
    tables = (
        pa.table([_cast(batch.column(field.name), field.type) for field in wanted], wanted)
        for batch in batches
    )
    return tables if wanted is SCHEMA else whole_entries(tables)


def _cast(array: pa.Array, wanted: pa.DataType) -> pa.Array:
    """Cast an array, lists of structures field by field.

    Raises
    ------
    ValueError
        It holds whole minor units, which say nothing without a currency.
    """
    if pa.types.is_list(wanted):
        inner = wanted.value_type
        flat = array.flatten()
        fields = [_cast(flat.field(field.name), field.type) for field in inner]
        return pa.ListArray.from_arrays(
            array.offsets, pa.StructArray.from_arrays(fields, fields=list(inner)), type=wanted
        )
    if pa.types.is_decimal(wanted) and pa.types.is_integer(array.type):
        raise ValueError("amounts are whole minor units; write them with amounts=decimal")
    if pa.types.is_decimal(array.type) and pa.types.is_string(wanted):
        # Arrow's own text of small decimals has an exponent.
        found = array.dictionary_encode()
        texts = pa.array([f"{value:f}" for value in found.dictionary.to_pylist()], pa.string())
        return texts.take(found.indices)
    return array.cast(wanted)
