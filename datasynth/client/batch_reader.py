"""Reads a download as Arrow record batches, over as many connections as it takes; needs pyarrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import compute

from datasynth.client.arrow_decoder import ArrowDecoder
from datasynth.client.errors import ConnectionLostError, JournalChangedError, UnexpectedAnswerError
from datasynth.client.filters import with_place
from datasynth.client.record_reader import ANOTHER_JOURNAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.client.filters import Wanted


class BatchReader:
    """The record batches of a range, each of whole entries.

    After a lost connection it asks once more for the entry that was read last, as
    `RecordReader` does.

    Parameters
    ----------
    asked
        What is wanted.
    """

    def __init__(self, asked: Wanted) -> None:
        self._asked = with_place(asked)
        self._decoder = ArrowDecoder()
        self._schema: pa.Schema | None = None
        self._last: tuple[int, str] | None = None
        self._behind = False

    def query(self) -> dict[str, str]:
        """Return the query of the next request."""
        return self._asked.query(None if self._last is None else self._last[0])

    def feed(self, data: bytes) -> list[pa.RecordBatch]:
        """Return the batches that are whole with these bytes.

        Raises
        ------
        JournalChangedError
            The connection was lost, and the entries are others now.
        UnexpectedAnswerError
            The bytes are no Arrow stream.
        """
        try:
            arrived = [batch for batch in self._decoder.feed(data) if batch.num_rows]
        except (ValueError, OSError, pa.ArrowException) as error:
            raise UnexpectedAnswerError("The answer is not an Arrow stream.") from error
        self._schema = self._schema or self._decoder.schema
        if self._behind and arrived:
            arrived[0] = self._after_last(arrived[0])
        if arrived and arrived[-1].num_rows:
            self._last = _place(arrived[-1], arrived[-1].num_rows - 1)
        return [self._shown(batch) for batch in arrived if batch.num_rows]

    def ended(self) -> None:
        """Judge the end of an answer that seems whole.

        Raises
        ------
        ConnectionLostError
            It has no end.
        JournalChangedError
            The entry that was read last is not there any more.
        """
        if not self._decoder.ended:
            raise ConnectionLostError("The Arrow stream in the answer is incomplete.")
        if self._behind:
            raise JournalChangedError(ANOTHER_JOURNAL)

    def broken(self) -> None:
        """Prepare for another connection."""
        self._decoder = ArrowDecoder()
        self._behind = self._last is not None

    def table(self, batches: Sequence[pa.RecordBatch]) -> pa.Table:
        """Return all batches as one table, which has its columns also without rows."""
        schema = None if self._schema is None else pa.schema(map(self._schema.field, self._names()))
        return pa.Table.from_batches(batches, schema)

    def _after_last(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Pass over the rows of the entry that was read last; it is asked for first."""
        if _place(batch, 0) != self._last:
            raise JournalChangedError(ANOTHER_JOURNAL)
        self._behind = False
        same = compute.sum(compute.equal(batch.column("sequence"), batch.column("sequence")[0])).as_py()
        return batch.slice(same)

    def _names(self) -> list[str]:
        names: list[str] = [] if self._schema is None else self._schema.names
        return [name for name in names if name not in self._asked.hidden]

    def _shown(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return batch.select(self._names()) if self._asked.hidden else batch


def _place(batch: pa.RecordBatch, row: int) -> tuple[int, str]:
    """Return which entry a row is of: its sequence number and its id."""
    return batch.column("sequence")[row].as_py(), batch.column("document_id")[row].as_py()
