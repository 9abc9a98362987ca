"""The page's four calls: a message becomes a call of the service, its answer a message.

Entries leave as the bytes that the encoder has written, one slice a message;
no message object is made on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.config.document import parse_document
from datasynth.encoding import Format
from datasynth.errors import InternalError, Overloaded
from datasynth.service.admission.memory_guard import EXCEEDED
from datasynth.service.blocks.chunk import SMALL_CHUNK_BYTES
from datasynth.service.streams.lifecycle import State
from datasynth.service.threads.waker import Caller
from datasynth.transports.rpc.listening_waker import ListeningWaker
from datasynth.transports.rpc.messages import parsed
from datasynth.transports.rpc.starting_point import first_wanted
from datasynth.transports.rpc.synth_pb2 import Config, Empty, GenerationRequest, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.service.services import Services
    from datasynth.service.streams.stream import Cursor, Stream
    from datasynth.transports.rpc.calls import Call
    from datasynth.transports.rpc.slots import Slots


class SynthServicer:
    """Answers the calls of ``synth.SynthService`` and ``synth.Synth``.

    Parameters
    ----------
    services
        What is called.
    slots
        Places for streams.
    """

    def __init__(self, services: Services, slots: Slots) -> None:
        self._services = services
        self._slots = slots

    def get_config(self, body: bytes, call: Call) -> bytes:
        """Answer with the whole configuration."""
        del call
        parsed(Empty, body)
        return Config(yaml=self._services.config_store.document.as_yaml()).SerializeToString()

    def set_config(self, body: bytes, call: Call) -> bytes:
        """Merge a document over the configuration."""
        del call
        patch = parse_document(parsed(Config, body).yaml.encode(), "yaml")
        self._services.config_store.merge(patch)
        return Status(success=True, message="The configuration has been changed.").SerializeToString()

    def stop_generation(self, body: bytes, call: Call) -> bytes:
        """Stop every stream."""
        del call
        parsed(Empty, body)
        stopped = self._services.registry.stop_all()
        message = f"Stopped {stopped} stream{'' if stopped == 1 else 's'}."
        return Status(success=True, message=message).SerializeToString()

    def start_generation(self, body: bytes, call: Call) -> Iterator[bytes]:
        """Send the entries of a stream of the call's own, and free all of it when the call ends."""
        request = parsed(GenerationRequest, body)
        count = request.count if request.HasField("count") else None
        first = first_wanted(call.context.invocation_metadata())
        with self._slots.taken():
            document = self._services.config_store.document
            caller = Caller(call.client, ListeningWaker(call))
            try:
                stream = self._services.registry.open_call(count, first, document, caller)
            except ConnectionResetError:
                return
            try:
                # At once for whoever wants to look at the stream; again for whoever looks only at the end.
                call.context.send_initial_metadata((("stream-id", stream.id),))
                call.tell({"stream-id": stream.id})
                with stream.open_cursor(Format.PROTOBUF, first, call.waker, client=call.client) as cursor:
                    yield from self._entries(cursor, call)
                _conclude(stream, call)
            finally:
                stream.stop()

    def _entries(self, cursor: Cursor, call: Call) -> Iterator[bytes]:
        """Read a cursor to its end, or until the client has gone."""
        while not call.gone:
            # Clear first, look second, wait last: no wake-up is lost.
            call.waker.clear()
            if call.closing or self._services.registry.closing:
                raise Overloaded("The server is shutting down.")
            messages = _messages(cursor)
            if messages:
                yield from messages
            elif cursor.finished:
                return
            else:
                call.waker.wait(cursor.delay())


def _messages(cursor: Cursor) -> list[bytes]:
    """Take the next entries, if there are any now.

    They are copied, so that a client which does not read holds on to these
    alone and not to the block that they are part of.
    """
    chunk = cursor.poll(SMALL_CHUNK_BYTES)
    return [] if chunk is None else list(chunk.payloads())


def _conclude(stream: Stream, call: Call) -> None:
    """Say how a stream ended that has been read to its end."""
    status = stream.snapshot()
    if status.error == EXCEEDED:
        raise Overloaded(f"{status.error}.")
    if status.state is State.FAILED:
        raise InternalError(status.error or "The stream has failed.")
    call.tell({"stream-status": str(State.STOPPED if status.state is State.STOPPED else State.COMPLETED)})
