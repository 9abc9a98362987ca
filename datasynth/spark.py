"""Entries as a data source of Spark 4; needs the extra ``spark``.

::

    from datasynth import spark as datasynth_spark

    datasynth_spark.register(spark)
    frame = spark.read.format("datasynth").option("config", '{"global": {"seed": 7}}').load()

Options: ``config`` (JSON), ``view`` (``line`` or ``document``), ``first``, ``count``, ``partitions``, and for
streams ``rowsPerBatch``, the entries of a micro-batch.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import (
    DataSource,
    DataSourceReader,
    DataSourceStreamReader,
    EqualTo,
    GreaterThan,
    GreaterThanOrEqual,
    InputPartition,
    LessThan,
    LessThanOrEqual,
)
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.streaming.datasource import ReadAllAvailable, ReadMaxRows, SupportsTriggerAvailableNow

from datasynth.entries_table import EntriesTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa
    from pyspark.sql import SparkSession
    from pyspark.sql.datasource import Filter
    from pyspark.sql.streaming.datasource import ReadLimit
    from pyspark.sql.types import StructType

NAME = "datasynth"

ENTRIES_A_PARTITION = 131_072
"""Some 600,000 rows of the view ``line``."""

ENTRIES_A_BATCH = 131_072
"""Default of ``rowsPerBatch``."""

OPTIONS = ("config", "view", "first", "count", "partitions", "rowsPerBatch")

SEQUENCE, POSTING_DATE = ("sequence",), ("posting_date",)
"""Columns whose ranges need no other entries to be computed."""

Offset = dict[str, int]
"""Of a stream: ``{"sequence": n}``, the number of the next entry."""


class EntriesDataSource(DataSource):
    """What ``spark.read.format("datasynth")`` and ``spark.readStream`` find."""

    @classmethod
    def name(cls) -> str:
        """Return the name of the format."""
        return NAME

    def schema(self) -> StructType:
        """Return the schema of a view, which is the same whatever the data are."""
        return from_arrow_schema(_table(self.options).schema)

    def reader(self, schema: StructType) -> EntriesReader:  # noqa: ARG002 - it is the source's own
        """Return the reader of a batch query."""
        return EntriesReader(self.options)

    def streamReader(self, schema: StructType) -> EntriesStreamReader:  # noqa: ARG002, N802 - Spark's name
        """Return the reader of a streaming query."""
        return EntriesStreamReader(self.options)


class EntriesReader(DataSourceReader):
    """Reads a range of entries; each partition is a number of blocks.

    Parameters
    ----------
    options
        Those of the query.
    """

    def __init__(self, options: Mapping[str, str]) -> None:
        self._table = _table(options)
        self._entries = _range(self._table, options)
        self._parts = _number(options, "partitions", 0)

    def pushFilters(self, filters: list[Filter]) -> Iterable[Filter]:  # noqa: N802 - Spark's name
        """Narrow the range by bounds of sequence numbers and posting dates; return the other filters."""
        for wanted in filters:
            narrowed = self._narrowed(wanted)
            if narrowed is None:
                yield wanted
            else:
                self._entries = narrowed

    def partitions(self) -> Sequence[InputPartition]:
        """Cut the range at the borders of blocks."""
        parts = self._parts or -(-len(self._entries) // ENTRIES_A_PARTITION) or 1
        cut = self._table.partitions(self._entries, parts)
        return [InputPartition((part.start, part.stop)) for part in cut or [self._entries]]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Compute a partition, on a worker."""
        return self._table.batches(range(*partition.value))

    def _narrowed(self, wanted: Filter) -> range | None:
        """The range that a filter leaves, or None if it is not one of bounds."""
        column, value = getattr(wanted, "attribute", ()), getattr(wanted, "value", None)
        bounds = _bounds(wanted, value)
        if bounds is None:
            return None
        least, most = bounds
        if column == SEQUENCE and isinstance(value, int):
            first = self._entries.start if least is None else max(least, self._entries.start)
            stop = self._entries.stop if most is None else min(most + 1, self._entries.stop)
            return (
                range(min(first, stop), stop)
                if first < stop
                else range(self._entries.start, self._entries.start)
            )
        if column == POSTING_DATE and isinstance(value, date):
            return self._table.days(
                self._entries,
                None if least is None else date.fromordinal(least),
                None if most is None else date.fromordinal(most),
            )
        return None


class EntriesStreamReader(DataSourceStreamReader, SupportsTriggerAvailableNow):
    """Reads entries in micro-batches; an offset is a sequence number, so a restart goes on where it was.

    Parameters
    ----------
    options
        Those of the query.
    """

    def __init__(self, options: Mapping[str, str]) -> None:
        self._table = _table(options)
        self._entries = _range(self._table, options)
        self._parts = _number(options, "partitions", 1)
        self._most = _number(options, "rowsPerBatch", ENTRIES_A_BATCH)

    def initialOffset(self) -> Offset:  # noqa: N802 - Spark's name
        """Return where a new query begins."""
        return {"sequence": self._entries.start}

    def getDefaultReadLimit(self) -> ReadLimit:  # noqa: N802 - Spark's name
        """Return the size of a micro-batch."""
        return ReadMaxRows(self._most)

    def latestOffset(self, start: Offset, limit: ReadLimit) -> Offset:  # noqa: N802 - Spark's name
        """Return where the next micro-batch ends."""
        end = self._entries.stop
        if not isinstance(limit, ReadAllAvailable):
            end = min(end, start["sequence"] + getattr(limit, "max_rows", self._most))
        return {"sequence": max(end, start["sequence"])}

    def prepareForTriggerAvailableNow(self) -> None:  # noqa: N802 - Spark's name
        """Do nothing: what is there is there from the beginning."""

    def partitions(self, start: Offset, end: Offset) -> Sequence[InputPartition]:
        """Cut a micro-batch at the borders of blocks."""
        entries = range(start["sequence"], end["sequence"])
        return [
            InputPartition((part.start, part.stop)) for part in self._table.partitions(entries, self._parts)
        ]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Compute a partition, on a worker."""
        return self._table.batches(range(*partition.value))


def register(spark: SparkSession) -> None:
    """Let a session know the format ``datasynth``, and push bounds down to it.

    Sessions of Spark find the format by themselves where this package is installed; they read only
    with ``spark.sql.python.filterPushdown.enabled``, which this sets.
    """
    spark.conf.set("spark.sql.python.filterPushdown.enabled", "true")
    spark.dataSource.register(EntriesDataSource)


def _bounds(wanted: Filter, value: Any) -> tuple[int | None, int | None] | None:
    """Least and largest value that pass a filter, dates as ordinals; None if it is no filter of bounds."""
    if isinstance(value, bool) or not isinstance(value, int | date):
        return None
    number = value if isinstance(value, int) else value.toordinal()
    bounds = {
        EqualTo: (number, number),
        GreaterThan: (number + 1, None),
        GreaterThanOrEqual: (number, None),
        LessThan: (None, number - 1),
        LessThanOrEqual: (None, number),
    }
    return bounds.get(type(wanted))


def _table(options: Mapping[str, str]) -> EntriesTable:
    known = {option.lower() for option in OPTIONS}
    unknown = sorted(set(map(str.lower, options)) - known - {"path"})
    if unknown:
        raise ValueError(f"unknown options: {', '.join(unknown)}; the options are: {', '.join(OPTIONS)}")
    return EntriesTable.of(json.loads(options.get("config", "{}")), options.get("view", "line"))


def _range(table: EntriesTable, options: Mapping[str, str]) -> range:
    count = options.get("count")
    return table.entries(_number(options, "first", 0), None if count is None else int(count))


def _number(options: Mapping[str, str], name: str, default: int) -> int:
    return int(options.get(name, default))
