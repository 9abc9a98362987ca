"""gRPC for the client: the one call that streams entries, and what its messages and failures mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc

from datasynth.client.errors import (
    ClientError,
    ConnectionLostError,
    JournalChangedError,
    NoServerError,
    RefusedError,
    TimedOutError,
)
from datasynth.client.record_reader import ANOTHER_JOURNAL
from datasynth.client.refusals import rpc_refusal
from datasynth.transports.rpc import synth_pb2, synth_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from datasynth.client.record_reader import Record
    from datasynth.client.server_address import ServerAddress

# Each client has connections of its own.
_OPTIONS = (("grpc.use_local_subchannel_pool", 1),)


class MessageReader:
    """The entries of one generation, over as many calls as it takes.

    After a lost connection it asks once more for the entry that was read last, which
    must be the same as before.

    Parameters
    ----------
    count
        Number of entries of the whole period; None for the configured one.
    first
        Sequence number of the first entry wanted.
    """

    def __init__(self, count: int | None, first: int) -> None:
        self.request = synth_pb2.GenerationRequest(count=count)
        self._next = first
        self._last: Record | None = None
        self._behind = False

    def first(self) -> int:
        """Return the first entry of the next call."""
        return self._next - self._behind

    def accept(self, message: synth_pb2.Entry) -> Record | None:
        """Return the entry that a message is; None for one that was there before.

        Raises
        ------
        JournalChangedError
            The connection was lost, and the entries are others now.
        """
        entry = _as_record(message)
        if self._behind:
            if entry != self._last:
                raise JournalChangedError(ANOTHER_JOURNAL)
            self._behind = False
            return None
        self._next += 1
        self._last = entry
        return entry

    def broken(self) -> None:
        """Prepare for another call."""
        self._behind = self._last is not None


class RpcConnection:
    """A gRPC channel.

    Parameters
    ----------
    address
        Of the server.
    api_key
        Its key, if it wants one.
    """

    def __init__(self, address: ServerAddress, api_key: str | None) -> None:
        self._key = [("x-api-key", api_key)] if api_key else []
        self._channel = (
            grpc.secure_channel(address.target, _credentials(address), _OPTIONS)
            if address.secure
            else grpc.insecure_channel(address.target, _OPTIONS)
        )

    def generate(self, reader: MessageReader) -> Iterator[synth_pb2.Entry]:
        """Yield the messages of one call."""
        stub = synth_pb2_grpc.SynthServiceStub(self._channel)
        call = stub.StartGeneration(reader.request, metadata=[*self._key, ("x-first", str(reader.first()))])
        try:
            yield from call
        except grpc.RpcError as error:
            raise _failure(error.code(), error.details(), error.trailing_metadata()) from error
        finally:
            call.cancel()

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()


class AsyncRpcConnection:
    """Likewise, for asyncio."""

    def __init__(self, address: ServerAddress, api_key: str | None) -> None:
        self._key = (("x-api-key", api_key),) if api_key else ()
        self._channel = (
            grpc.aio.secure_channel(address.target, _credentials(address), _OPTIONS)
            if address.secure
            else grpc.aio.insecure_channel(address.target, _OPTIONS)
        )

    async def generate(self, reader: MessageReader) -> AsyncIterator[synth_pb2.Entry]:
        """Yield the messages of one call."""
        stub = synth_pb2_grpc.SynthServiceStub(self._channel)
        call = stub.StartGeneration(reader.request, metadata=(*self._key, ("x-first", str(reader.first()))))
        try:
            async for message in call:
                yield message
        except grpc.aio.AioRpcError as error:
            raise _failure(error.code(), error.details(), error.trailing_metadata()) from error
        finally:
            call.cancel()

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close()


def _credentials(address: ServerAddress) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(address.certificates())


def _failure(code: grpc.StatusCode, details: str | None, trailers: object) -> ClientError:
    """Return the error that a failed call stands for."""
    named = {str(key): str(value) for key, value in trailers or ()}  # type: ignore[attr-defined]  # pairs
    message = details or code.name
    if (refused := rpc_refusal(named, message)) is not None:
        return refused
    match code:
        case grpc.StatusCode.UNAVAILABLE:
            # Whether nobody is there or somebody has gone, gRPC says in words only.
            return NoServerError(message)
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return TimedOutError(message)
        case grpc.StatusCode.CANCELLED | grpc.StatusCode.INTERNAL | grpc.StatusCode.UNKNOWN:
            return ConnectionLostError(message)
        case _:
            return RefusedError(message, code=code.name.lower())


def _as_record(message: synth_pb2.Entry) -> Record:
    return {
        "document_id": message.document_id,
        "posting_date": message.posting_date,
        "company_code": message.company_code,
        "lines": [
            {"account": line.account, "debit": line.debit, "credit": line.credit} for line in message.lines
        ],
    }
