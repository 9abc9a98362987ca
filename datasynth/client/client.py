"""The client for programs that wait for each answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from datasynth.client import calls
from datasynth.client.answers import read_answer
from datasynth.client.attempts import Attempts
from datasynth.client.connection import ServerConnection
from datasynth.client.data_frames import to_duckdb, to_pandas, to_polars
from datasynth.client.defaults import PAGE, RETRIES, TIMEOUT, URL
from datasynth.client.errors import ClientError
from datasynth.client.file_download import FileDownload
from datasynth.client.filters import wanted
from datasynth.client.following import Following
from datasynth.client.later_imports import batch_reader, message_reader
from datasynth.client.record_reader import RecordReader
from datasynth.client.server_address import server_address

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date
    from types import TracebackType
    from typing import Unpack

    import duckdb as duck
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from datasynth.client.calls import Answer, Call
    from datasynth.client.download_reader import DownloadReader, Piece
    from datasynth.client.filters import ArrowFilters, FileFilters, FileFormat, Filters, View
    from datasynth.client.following import First
    from datasynth.client.record_reader import Record


class Client:
    """A server, over REST, WebSocket and gRPC.

    It can be used by one thread at a time, and as a context, which closes its connections.
    Every call raises a `ClientError` if it fails.  Calls that are safe to repeat are tried
    again where the server is overloaded or the rate limit is reached (after the time that it
    names), and where the connection breaks; readers of entries and events go on where
    they were.

    Parameters
    ----------
    url
        Of the server.
    api_key
        Its key, if it wants one.
    timeout
        How long it may be silent. [s]
    grpc_url
        Where it speaks gRPC: `host:port`, or with `grpc://` or `grpcs://`; None for port
        50051 of the same host.
    ca_file
        PEM file of certificates to trust, in place of those of the system.
    retries
        Number of retries without progress, after the first try.

    Raises
    ------
    ValueError
        An address is none.
    """

    def __init__(
        self,
        url: str = URL,
        api_key: str | None = None,
        timeout: float = TIMEOUT,
        grpc_url: str | None = None,
        *,
        ca_file: str | Path | None = None,
        retries: int = RETRIES,
    ) -> None:
        self._connection = ServerConnection(server_address(url, grpc_url, ca_file), api_key, timeout)
        self._retries = retries

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def config(self) -> Record:
        """Return the configuration in effect."""
        return self._send(calls.config())

    def set_config(self, patch: Mapping[str, object]) -> Record:
        """Merge a partial configuration; return the whole result.

        Parameters
        ----------
        patch
            Sections with keys; lists replace, None returns a key to its default.
        """
        return self._send(calls.set_config(patch))

    def start(
        self,
        count: int | None = None,
        entries_per_second: float | None = None,
        config: Mapping[str, object] | None = None,
    ) -> str:
        """Start a stream; return its id.

        Parameters
        ----------
        count
            So many entries over the whole period; None for the configured number.
        entries_per_second
            The pace; None for as fast as readers read.
        config
            A partial configuration for this stream only.
        """
        return self._send(calls.start(count, entries_per_second, config))

    def stop(self) -> str:
        """End the active stream; return its id."""
        return self._send(calls.steer("stop"))

    def pause(self) -> str:
        """Hold the active stream; return its id."""
        return self._send(calls.steer("pause"))

    def resume(self) -> str:
        """Resume the active stream; return its id."""
        return self._send(calls.steer("resume"))

    def trigger(self, pattern: str) -> Record:
        """Insert the entries of a close at the active stream's present place.

        Parameters
        ----------
        pattern
            `month_end`, `quarter_end` or `year_end`.

        Returns
        -------
        Record
            `pattern`, `stream_id`, `at_sequence` and `entries`.
        """
        return self._send(calls.trigger(pattern))

    def stream(self, stream_id: str | None = None) -> Record:
        """Return the state of a stream; without an id, of the active or the last one."""
        return self._send(calls.stream(stream_id))

    def accounts(self, *, stream_id: str | None = None, company: str | None = None) -> list[Record]:
        """Return the chart of accounts."""
        return self._send(calls.listing("accounts", stream_id, company))

    def parties(self, *, stream_id: str | None = None, company: str | None = None) -> list[Record]:
        """Return customers, vendors and employees."""
        return self._send(calls.listing("parties", stream_id, company))

    def users(self, *, stream_id: str | None = None, company: str | None = None) -> list[Record]:
        """Return who enters and approves documents."""
        return self._send(calls.listing("users", stream_id, company))

    def balances(
        self, at: int | str | date | None = None, *, stream_id: str | None = None, company: str | None = None
    ) -> Record:
        """Return the trial balance.

        Parameters
        ----------
        at
            A number of entries, or a date, whose end is meant; None for the end.
        stream_id
            A stream; None for the present configuration.
        company
            Code of one company.

        Returns
        -------
        Record
            `at_sequence`, `at_date` and `balances`.
        """
        return self._send(calls.balances(at, stream_id, company))

    def open_items(
        self,
        at: int | str | date | None = None,
        *,
        stream_id: str | None = None,
        company: str | None = None,
        page: int = PAGE,
    ) -> Iterator[Record]:
        """Yield what is not cleared, page by page.

        Parameters
        ----------
        at, stream_id, company
            As for `balances`.
        page
            Items that are asked for at a time, up to 10,000.
        """
        cursor: str | None = None
        while True:
            found = self._send(calls.open_items(at, stream_id, company, page, cursor))
            yield from found["items"]
            cursor = found["next_cursor"]
            if cursor is None:
                return

    def entries(
        self,
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        **filters: Unpack[Filters],
    ) -> Iterator[Record]:
        """Yield a range of entries as they arrive, a record a line item.

        Parameters
        ----------
        first
            Sequence number of the first entry.
        count
            Number of entries; None for all.
        stream_id
            A stream; None for the present configuration.
        filters
            `view` (`line` or `document`), `fields`, `company`, `from_date`, `to_date`.
        """
        return self._read(RecordReader(wanted(first, count, stream_id, filters, format="ndjson")))

    def batches(
        self,
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        **filters: Unpack[ArrowFilters],
    ) -> Iterator[pa.RecordBatch]:
        """Yield a range of entries as Arrow record batches of up to 8,192 entries.

        Parameters
        ----------
        first, count, stream_id
            As for `entries`.
        filters
            Those of `entries`, and `amounts` (`decimal`, `minor` or `text`).
        """
        return self._read(batch_reader(first, count, stream_id, filters))

    def table(
        self,
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        **filters: Unpack[ArrowFilters],
    ) -> pa.Table:
        """Return a range of entries as an Arrow table; arguments as for `batches`."""
        reader = batch_reader(first, count, stream_id, filters)
        return reader.table(list(self._read(reader)))

    def pandas(
        self,
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        **filters: Unpack[ArrowFilters],
    ) -> pd.DataFrame:
        """Return a range of entries as a frame of pandas; arguments as for `batches`."""
        return to_pandas(self.table(first, count, stream_id, **filters))

    def polars(
        self,
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        **filters: Unpack[ArrowFilters],
    ) -> pl.DataFrame:
        """Return a range of entries as a frame of Polars; arguments as for `batches`."""
        return to_polars(self.table(first, count, stream_id, **filters))

    def duckdb(
        self,
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        *,
        connection: duck.DuckDBPyConnection | None = None,
        **filters: Unpack[ArrowFilters],
    ) -> duck.DuckDBPyRelation:
        """Return a range of entries as a relation of DuckDB; arguments as for `batches`.

        Parameters
        ----------
        first, count, stream_id, filters
            As for `batches`.
        connection
            Whose relation it is; None for DuckDB's default connection.
        """
        return to_duckdb(self.table(first, count, stream_id, **filters), connection)

    def download(
        self,
        path: str | Path,
        format: FileFormat = "ndjson",
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        **filters: Unpack[FileFilters],
    ) -> Path:
        """Write a range of entries into a file, which gets its name when it is whole.

        Parameters
        ----------
        path
            Of the file; one that is there is replaced.
        format
            `ndjson`, `csv`, `arrow` (a stream) or `parquet`.
        first, count, stream_id
            As for `entries`.
        filters
            Those of `batches`, `compression`, and of CSV `header`, `dialect` and `decimal`.

        Returns
        -------
        Path
            The file.
        """
        file = Path(path)
        attempts = Attempts(self._retries)
        with FileDownload(file, wanted(first, count, stream_id, filters, format=format)) as download:
            while True:
                try:
                    with self._connection.open(download.query(), download.headers()) as body:
                        download.begin(body.status, body.headers)
                        for data in body.chunks:
                            download.write(data)
                            if download.advanced:
                                attempts.progressed()
                except ClientError as error:
                    self._connection.wait(attempts.failed(error))
                else:
                    return file

    def follow(
        self,
        stream_id: str | None = None,
        first: First = 0,
        types: Collection[str] | None = None,
        view: View = "line",
    ) -> Iterator[Record]:
        """Yield the events of a stream as they happen, to its `complete`.

        Parameters
        ----------
        stream_id
            The stream; None for the active one, else the next that starts.
        first
            Sequence number of the first entry wanted, or `latest`.
        types
            Types of the events wanted; None for all.
        view
            `line`, an event a line item, or `document`, an event an entry.

        Raises
        ------
        StreamFailedError
            The stream has failed.
        """
        following, attempts = Following(stream_id, first, types, view), Attempts(self._retries)
        while True:
            try:
                with self._connection.listen(following.query()) as messages:
                    for message in messages:
                        event = following.accept(message)
                        if following.advanced:
                            attempts.progressed()
                        if event is not None:
                            yield event
                        if following.ended():
                            return
            except ClientError as error:
                following.broken()
                self._connection.wait(attempts.failed(error))

    def grpc_entries(self, count: int | None = None, first: int = 0) -> Iterator[Record]:
        """Yield the entries of a gRPC stream of one's own, with what its messages have.

        Parameters
        ----------
        count
            So many entries over the whole period; None for the configured number.
        first
            Sequence number of the first entry wanted.
        """
        reader = message_reader(count, first)
        attempts = Attempts(self._retries)
        while True:
            try:
                for message in self._connection.generate(reader):
                    entry = reader.accept(message)
                    if entry is not None:
                        attempts.progressed()
                        yield entry
            except ClientError as error:
                reader.broken()
                self._connection.wait(attempts.failed(error))
            else:
                return

    def _send(self, call: Call[Answer]) -> Answer:
        attempts = Attempts(self._retries if call.repeatable else 0)
        while True:
            try:
                return read_answer(call, self._connection.send(call))
            except ClientError as error:
                self._connection.wait(attempts.failed(error))

    def _read(self, reader: DownloadReader[Piece]) -> Iterator[Piece]:
        attempts = Attempts(self._retries)
        while True:
            try:
                with self._connection.open(reader.query(), {}) as body:
                    for data in body.chunks:
                        found = reader.feed(data)
                        if found:
                            attempts.progressed()
                        yield from found
                reader.ended()
            except ClientError as error:
                reader.broken()
                self._connection.wait(attempts.failed(error))
            else:
                return
