"""The client for programs on asyncio; the same as `Client`, method by method."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from datasynth.client import calls
from datasynth.client.answers import read_answer
from datasynth.client.async_connection import AsyncServerConnection
from datasynth.client.attempts import Attempts
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
    from collections.abc import AsyncIterator, Collection, Mapping
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


class AsyncClient:
    """A server, over REST, WebSocket and gRPC, for one event loop.

    Parameters and methods are those of `Client`; calls are awaited, and what yields is an
    asynchronous iterator.  Leave one early by way of `contextlib.aclosing`, so that its
    connection is closed at once.
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
        self._connection = AsyncServerConnection(server_address(url, grpc_url, ca_file), api_key, timeout)
        self._retries = retries

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._connection.close()

    async def config(self) -> Record:
        """Return the configuration in effect."""
        return await self._send(calls.config())

    async def set_config(self, patch: Mapping[str, object]) -> Record:
        """Merge a partial configuration; return the whole result."""
        return await self._send(calls.set_config(patch))

    async def start(
        self,
        count: int | None = None,
        entries_per_second: float | None = None,
        config: Mapping[str, object] | None = None,
    ) -> str:
        """Start a stream; return its id."""
        return await self._send(calls.start(count, entries_per_second, config))

    async def stop(self) -> str:
        """End the active stream; return its id."""
        return await self._send(calls.steer("stop"))

    async def pause(self) -> str:
        """Hold the active stream; return its id."""
        return await self._send(calls.steer("pause"))

    async def resume(self) -> str:
        """Resume the active stream; return its id."""
        return await self._send(calls.steer("resume"))

    async def trigger(self, pattern: str) -> Record:
        """Insert the entries of a close at the active stream's present place."""
        return await self._send(calls.trigger(pattern))

    async def stream(self, stream_id: str | None = None) -> Record:
        """Return the state of a stream; without an id, of the active or the last one."""
        return await self._send(calls.stream(stream_id))

    async def accounts(self, *, stream_id: str | None = None, company: str | None = None) -> list[Record]:
        """Return the chart of accounts."""
        return await self._send(calls.listing("accounts", stream_id, company))

    async def parties(self, *, stream_id: str | None = None, company: str | None = None) -> list[Record]:
        """Return customers, vendors and employees."""
        return await self._send(calls.listing("parties", stream_id, company))

    async def users(self, *, stream_id: str | None = None, company: str | None = None) -> list[Record]:
        """Return who enters and approves documents."""
        return await self._send(calls.listing("users", stream_id, company))

    async def balances(
        self, at: int | str | date | None = None, *, stream_id: str | None = None, company: str | None = None
    ) -> Record:
        """Return the trial balance."""
        return await self._send(calls.balances(at, stream_id, company))

    async def open_items(
        self,
        at: int | str | date | None = None,
        *,
        stream_id: str | None = None,
        company: str | None = None,
        page: int = PAGE,
    ) -> AsyncIterator[Record]:
        """Yield what is not cleared, page by page."""
        cursor: str | None = None
        while True:
            found = await self._send(calls.open_items(at, stream_id, company, page, cursor))
            for item in found["items"]:
                yield item
            cursor = found["next_cursor"]
            if cursor is None:
                return

    def entries(
        self,
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        **filters: Unpack[Filters],
    ) -> AsyncIterator[Record]:
        """Yield a range of entries as they arrive, a record a line item."""
        return self._read(RecordReader(wanted(first, count, stream_id, filters, format="ndjson")))

    def batches(
        self,
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        **filters: Unpack[ArrowFilters],
    ) -> AsyncIterator[pa.RecordBatch]:
        """Yield a range of entries as Arrow record batches of up to 8,192 entries."""
        return self._read(batch_reader(first, count, stream_id, filters))

    async def table(
        self,
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        **filters: Unpack[ArrowFilters],
    ) -> pa.Table:
        """Return a range of entries as an Arrow table; arguments as for `batches`."""
        reader = batch_reader(first, count, stream_id, filters)
        return reader.table([batch async for batch in self._read(reader)])

    async def pandas(
        self,
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        **filters: Unpack[ArrowFilters],
    ) -> pd.DataFrame:
        """Return a range of entries as a frame of pandas; arguments as for `batches`."""
        return to_pandas(await self.table(first, count, stream_id, **filters))

    async def polars(
        self,
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        **filters: Unpack[ArrowFilters],
    ) -> pl.DataFrame:
        """Return a range of entries as a frame of Polars; arguments as for `batches`."""
        return to_polars(await self.table(first, count, stream_id, **filters))

    async def duckdb(
        self,
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        *,
        connection: duck.DuckDBPyConnection | None = None,
        **filters: Unpack[ArrowFilters],
    ) -> duck.DuckDBPyRelation:
        """Return a range of entries as a relation of DuckDB; arguments as for `batches`."""
        return to_duckdb(await self.table(first, count, stream_id, **filters), connection)

    async def download(
        self,
        path: str | Path,
        format: FileFormat = "ndjson",
        first: int = 0,
        count: int | None = None,
        stream_id: str | None = None,
        **filters: Unpack[FileFilters],
    ) -> Path:
        """Write a range of entries into a file, which gets its name when it is whole."""
        file = Path(path)
        attempts = Attempts(self._retries)
        with FileDownload(file, wanted(first, count, stream_id, filters, format=format)) as download:
            while True:
                try:
                    async with self._connection.open(download.query(), download.headers()) as body:
                        download.begin(body.status, body.headers)
                        async for data in body.chunks:
                            download.write(data)
                            if download.advanced:
                                attempts.progressed()
                except ClientError as error:
                    await self._connection.wait(attempts.failed(error))
                else:
                    return file

    async def follow(
        self,
        stream_id: str | None = None,
        first: First = 0,
        types: Collection[str] | None = None,
        view: View = "line",
    ) -> AsyncIterator[Record]:
        """Yield the events of a stream as they happen, to its `complete`."""
        following, attempts = Following(stream_id, first, types, view), Attempts(self._retries)
        while True:
            try:
                async with self._connection.listen(following.query()) as messages:
                    async for message in messages:
                        event = following.accept(message)
                        if following.advanced:
                            attempts.progressed()
                        if event is not None:
                            yield event
                        if following.ended():
                            return
            except ClientError as error:
                following.broken()
                await self._connection.wait(attempts.failed(error))

    async def grpc_entries(self, count: int | None = None, first: int = 0) -> AsyncIterator[Record]:
        """Yield the entries of a gRPC stream of one's own, with what its messages have."""
        reader = message_reader(count, first)
        attempts = Attempts(self._retries)
        while True:
            try:
                async for message in self._connection.generate(reader):
                    entry = reader.accept(message)
                    if entry is not None:
                        attempts.progressed()
                        yield entry
            except ClientError as error:
                reader.broken()
                await self._connection.wait(attempts.failed(error))
            else:
                return

    async def _send(self, call: Call[Answer]) -> Answer:
        attempts = Attempts(self._retries if call.repeatable else 0)
        while True:
            try:
                return read_answer(call, await self._connection.send(call))
            except ClientError as error:
                await self._connection.wait(attempts.failed(error))

    async def _read(self, reader: DownloadReader[Piece]) -> AsyncIterator[Piece]:
        attempts = Attempts(self._retries)
        while True:
            try:
                async with self._connection.open(reader.query(), {}) as body:
                    async for data in body.chunks:
                        found = reader.feed(data)
                        if found:
                            attempts.progressed()
                        for piece in found:
                            yield piece
                reader.ended()
            except ClientError as error:
                reader.broken()
                await self._connection.wait(attempts.failed(error))
            else:
                return
