"""Reads a download as NDJSON, record by record, over as many connections as it takes.

Knows bytes and places, no network: whoever has a connection feeds what arrives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from datasynth.client.errors import ConnectionLostError, JournalChangedError, UnexpectedAnswerError
from datasynth.client.filters import with_place

if TYPE_CHECKING:
    from datasynth.client.filters import Wanted

Record = dict[str, Any]
"""A JSON object."""

ANOTHER_JOURNAL = "The connection broke, and the journal changed before the retry."


class RecordReader:
    """The records of a range.

    After a lost connection it asks once more for the entry that was read last: the
    records up to there are passed over, and the last one must be the same as before.

    Parameters
    ----------
    asked
        What is wanted.
    """

    def __init__(self, asked: Wanted) -> None:
        self._asked = with_place(asked)
        self._half = b""
        self._last: Record | None = None
        self._next: int | None = None
        self._behind = False

    def query(self) -> dict[str, str]:
        """Return the query of the next request."""
        return self._asked.query(self._next)

    def feed(self, data: bytes) -> list[Record]:
        """Return the records that are whole with these bytes.

        Raises
        ------
        JournalChangedError
            The connection was lost, and the entries are others now.
        UnexpectedAnswerError
            The bytes are no records of entries.
        """
        head, newline, rest = data.rpartition(b"\n")
        if not newline:
            self._half += data
            return []
        lines = (self._half + head).split(b"\n")
        self._half = rest
        try:
            records: list[Record] = [orjson.loads(line) for line in lines]
            if self._behind:
                records = self._after_last(records)
            if records:
                self._last = records[-1]
                self._next = records[-1]["sequence"]
        except (ValueError, TypeError, KeyError) as error:
            raise UnexpectedAnswerError("A line of the answer is not an entry record.") from error
        return [self._shown(record) for record in records] if self._asked.hidden else records

    def ended(self) -> None:
        """Judge the end of an answer that seems whole.

        Raises
        ------
        ConnectionLostError
            Its last record is not.
        JournalChangedError
            The record that was read last is not there any more.
        """
        if self._half:
            raise ConnectionLostError("The answer ends in the middle of a record.")
        if self._behind:
            raise JournalChangedError(ANOTHER_JOURNAL)

    def broken(self) -> None:
        """Prepare for another connection."""
        self._half = b""
        self._behind = self._last is not None

    def _after_last(self, records: list[Record]) -> list[Record]:
        """Pass over what was read before, up to the last record and with it."""
        for index, record in enumerate(records):
            if record == self._last:
                self._behind = False
                return records[index + 1 :]
            if not self._is_before_last(record):
                raise JournalChangedError(ANOTHER_JOURNAL)
        return []

    def _is_before_last(self, record: Record) -> bool:
        last = self._last or {}
        return (record["sequence"], record.get("line", 0)) < (last["sequence"], last.get("line", 0))

    def _shown(self, record: Record) -> Record:
        return {name: value for name, value in record.items() if name not in self._asked.hidden}
