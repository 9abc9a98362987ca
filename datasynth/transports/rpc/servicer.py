"""The proto's four calls: a message becomes a call of the service, its answer a message.

Entries leave as the bytes that the encoder has written, one slice a message;
no message object is made on the way.
"""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING

from datasynth.config.document import parse_document
from datasynth.encoding import Format
from datasynth.errors import InternalError, InvalidRequest, Overloaded
from datasynth.service.admission.memory_guard import EXCEEDED
from datasynth.service.blocks.chunk import SMALL_CHUNK_BYTES
from datasynth.service.streams.lifecycle import State
from datasynth.service.threads.waker import Caller
from datasynth.transports.rpc.calls import SHUTTING_DOWN, parsed
from datasynth.transports.rpc.synth_pb2 import Config, Empty, GenerationRequest, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datasynth.service.services import Services
    from datasynth.service.streams.stream import Cursor, Stream
    from datasynth.transports.rpc.calls import CallLimit, RpcCall

FIRST = "x-first"
"""Metadata with the sequence number of the first entry.

It is no field of the request: a client in Rust names every field of a message, and
does not compile any more when one is added.
"""

# As many digits as an int64 has, which is what counts of entries are.
_DECIMAL = re.compile(r"[0-9]{1,19}")


class SynthServicer:
    """Answers the calls of ``synth.SynthService`` and ``synth.Synth``; `limit` bounds the streams at once."""

    def __init__(self, services: Services, limit: CallLimit) -> None:
        self._services = services
        self._limit = limit

    def get_config(self, body: bytes, call: RpcCall) -> bytes:
        """Answer with the whole configuration."""
        del call
        parsed(Empty, body)
        return Config(yaml=self._services.config_store.document.as_yaml()).SerializeToString()

    def set_config(self, body: bytes, call: RpcCall) -> bytes:
        """Merge a document over the configuration."""
        del call
        patch = parse_document(parsed(Config, body).yaml.encode(), "yaml")
        self._services.config_store.merge(patch)
        return Status(success=True, message="The configuration has been changed.").SerializeToString()

    def stop_generation(self, body: bytes, call: RpcCall) -> bytes:
        """Stop every stream."""
        del call
        parsed(Empty, body)
        stopped = self._services.registry.stop_all()
        message = f"Stopped {stopped} stream{'' if stopped == 1 else 's'}."
        return Status(success=True, message=message).SerializeToString()

    def start_generation(self, body: bytes, call: RpcCall) -> Iterator[bytes]:
        """Send the entries of a stream of the call's own, and free all of it when the call ends."""
        request = parsed(GenerationRequest, body)
        count = request.count if request.HasField("count") else None
        first = first_wanted(call.context.invocation_metadata())
        with self._limit.taken():
            document = self._services.config_store.document
            caller = Caller(call.client, CallWaker(call))
            try:
                stream = self._services.registry.open_call(count, first, document, caller)
            except ConnectionResetError:
                return
            try:
                # Now for clients that look at the stream meanwhile, and again for those that look at the end.
                call.context.send_initial_metadata((("stream-id", stream.id),))
                call.add_trailers({"stream-id": stream.id})
                with stream.open_cursor(Format.PROTOBUF, first, call.waker, client=call.client) as cursor:
                    yield from self._entries(cursor, call)
                _conclude(stream, call)
            finally:
                stream.stop()

    def _entries(self, cursor: Cursor, call: RpcCall) -> Iterator[bytes]:
        """Read a cursor to its end, or until the client has gone."""
        while not call.gone:
            # Clear first, look second, wait last: no wake-up is lost.
            call.waker.clear()
            if call.closing or self._services.registry.closing:
                raise Overloaded(SHUTTING_DOWN)
            messages = _messages(cursor)
            if messages:
                yield from messages
            elif cursor.finished:
                return
            else:
                call.waker.wait(cursor.delay())


def _messages(cursor: Cursor) -> list[bytes]:
    """Take the next entries, if there are any now.

    They are copies, so that a client which does not read holds on to these
    alone and not to the block that they are part of.
    """
    chunk = cursor.poll(SMALL_CHUNK_BYTES)
    return [] if chunk is None else list(chunk.payloads())


def _conclude(stream: Stream, call: RpcCall) -> None:
    """Say how a stream ended that has been read to its end."""
    status = stream.snapshot()
    if status.error == EXCEEDED:
        raise Overloaded(f"{status.error}.")
    if status.state is State.FAILED:
        raise InternalError(status.error or "The stream has failed.")
    call.add_trailers(
        {"stream-status": str(State.STOPPED if status.state is State.STOPPED else State.COMPLETED)}
    )


class CallWaker:
    """The waker of a call, which notices that the client has gone; gRPC wakes it when the call has ended."""

    def __init__(self, call: RpcCall) -> None:
        self._call = call

    def clear(self) -> None:
        """Forget earlier wake-ups."""
        self._call.waker.clear()

    def wake(self) -> None:
        """End the sleep, or the next one."""
        self._call.waker.wake()

    def wait(self, timeout: float | None) -> bool:
        """Sleep until woken, until `timeout` seconds have passed, or until the client has gone.

        Raises
        ------
        ConnectionResetError
            The client has gone.
        """
        # Looked at first as well: the call may have ended before the wake-ups were forgotten.
        woken = self._call.gone or self._call.waker.wait(timeout)
        if self._call.gone:
            raise ConnectionResetError(errno.ECONNRESET, "The client has disconnected.")
        return woken


def first_wanted(metadata: Iterable[tuple[str, str | bytes]]) -> int:
    """Return the sequence number of the first entry that a client wants, 0 where it says nothing.

    Raises
    ------
    InvalidRequest
        It was given twice, or is no number; ``details`` name it.
    """
    given = [value for name, value in metadata if name == FIRST]
    if not given:
        return 0
    if len(given) > 1:
        raise _refusal("Must be given only once.")
    (value,) = given
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise _refusal("Must be a whole number from 0, in decimal digits.")
    return int(value)


def _refusal(sentence: str) -> InvalidRequest:
    return InvalidRequest(f"{FIRST}: {sentence}", {FIRST: [sentence]})
