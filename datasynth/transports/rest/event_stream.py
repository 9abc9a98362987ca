"""`/api/stream/events`: what streams do as Server-Sent Events, for clients that want no WebSocket.

The conversation is that of a WebSocket, and so are its limits.  The answer
writes on the server's own connection while it runs: each write waits until the
peer has room, so a slow reader costs nobody anything.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final

from flask import Response, g, request

from datasynth.encoding import Format
from datasynth.errors import NotFound
from datasynth.service.blocks.chunk import SMALL_CHUNK_BYTES
from datasynth.service.threads.counters import Count
from datasynth.service.threads.waker import Caller
from datasynth.transports.bridge import fair_pause
from datasynth.transports.events.query import (
    ENTRY_ID,
    LAST_ID,
    EventSchema,
    after_event,
    find_stream,
    parse_query,
)
from datasynth.transports.events.subscriber import Subscriber
from datasynth.transports.guard import EVENT_STREAM_PATH, spend_ticket
from datasynth.transports.limits import SILENCE_SECONDS
from datasynth.transports.operations import Operation, OperationBlueprint, SuccessSpec
from datasynth.transports.request_head import connection_of
from datasynth.transports.rest.delivery import RequestWaker
from datasynth.transports.rest.operations import STREAMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from datasynth.service.services import Services
    from datasynth.service.threads.clock import Clock
    from datasynth.service.threads.waker import WakerFactory
    from datasynth.transports.events.query import EventQuery

MEDIA_TYPE: Final = "text/event-stream"

LAST_EVENT_ID: Final = "Last-Event-ID"
"""The header with which a browser goes on after its connection broke."""

COMMENT_SECONDS: Final = 15.0
"""After so long without an event a comment is sent, since proxies close silent connections. [s]"""

RETRY_MS: Final = 1_000
"""How long a client waits before it connects again. [ms]"""

LAST_TYPES: Final = frozenset({"complete", "error"})
"""The messages after which no other one follows."""

_LOGGER = logging.getLogger(__name__)

EVENT_STREAM = Operation(
    name="follow_stream",
    method="GET",
    path=EVENT_STREAM_PATH,
    subject=STREAMS,
    summary="Follow a stream as Server-Sent Events until it is complete",
    query=EventSchema,
    headers={
        LAST_EVENT_ID: {
            "type": "string",
            "pattern": f"^({LAST_ID}|{ENTRY_ID.pattern})$",
            "description": "The id of the last event that arrived; it replaces `from` and `line`.",
        }
    },
    successes=(
        SuccessSpec(
            "The events. The data of each is a message of `/ws/events`, which `/asyncapi.json` describes.",
            {MEDIA_TYPE: {"type": "string"}},
        ),
        SuccessSpec("The client already has all events.", status=HTTPStatus.NO_CONTENT),
    ),
    failures=(NotFound,),
    tickets=True,
)


class EventStreamWriter:
    """Writes messages as Server-Sent Events.

    Parameters
    ----------
    write
        Sends bytes, and returns when the peer has room for them; raises `OSError` when it has gone.
    pause
        Lets others run.
    clock
        Monotonic time. [s]
    """

    lines: ClassVar = Format.SSE_LINES
    documents: ClassVar = Format.SSE_DOCUMENTS

    def __init__(self, write: Callable[[bytes], object], pause: Callable[[], None], clock: Clock) -> None:
        self._write = write
        self._pause = pause
        self._clock = clock
        self._due = clock() + COMMENT_SECONDS

    def open(self) -> None:
        """Let the client know that it is connected, and when to come back if that is lost."""
        self._send(f"retry: {RETRY_MS}\n\n".encode())

    def entries(self, data: bytes | memoryview) -> None:
        """Send entries, which are whole events."""
        view = memoryview(data)
        # The timeout of a write counts for all of it, and a slow peer may take long over a large chunk.
        for start in range(0, len(view), SMALL_CHUNK_BYTES):
            self._write(bytes(view[start : start + SMALL_CHUNK_BYTES]))
        self._sent()

    def message(self, kind: str, content: bytes) -> None:
        """Send one message; the last one has an id with which a client that comes back is done."""
        last = f"id: {LAST_ID}\n" if kind in LAST_TYPES else ""
        self._send(f"{last}event: {kind}\ndata: ".encode() + content + b"\n\n")

    def keep_alive(self) -> float:
        """Send a comment if nothing was sent for a while; return the seconds until the next call."""
        if self._clock() >= self._due:
            self._send(b":\n\n")
        return max(0.0, self._due - self._clock())

    def _send(self, event: bytes) -> None:
        self._write(event)
        self._sent()

    def _sent(self) -> None:
        self._due = self._clock() + COMMENT_SECONDS
        self._pause()


class EventStream(Response):
    """The answer that holds a conversation with its client for as long as there is something to tell."""

    def __init__(self, conversation: Callable[[Callable[[bytes], object]], None]) -> None:
        # An iterator has no length, so none is announced.
        super().__init__(iter(()), content_type=f"{MEDIA_TYPE}; charset=utf-8")
        # Without this nginx collects events before it passes them on.
        self.headers["X-Accel-Buffering"] = "no"
        self._conversation = conversation

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Send the head, and then events until the stream, the client or the server ends."""
        body, status, headers = self.get_wsgi_response(environ)
        write = start_response(status, headers)
        if environ["REQUEST_METHOD"] != "HEAD":
            raw = connection_of(environ)
            if raw is not None:
                raw.settimeout(SILENCE_SECONDS)
            self._conversation(write)
            if raw is not None:
                raw.settimeout(None)
        return body


class OpenEventStreams:
    """The event streams that are open now."""

    def __init__(self, services: Services, new_waker: WakerFactory) -> None:
        self._services = services
        self._new_waker = new_waker
        self._open = 0
        services.counters.gauge("event_streams_open", lambda: self._open)

    def answer(self, query: EventQuery) -> EventStream:
        """Return the answer to a request whose query is `query`.

        Raises
        ------
        NotFound, InvalidRequest
            As for `find_stream`.
        Unauthorized
            The ticket has been spent meanwhile.
        """
        services, client = self._services, g.client
        stream = find_stream(services, query)
        waker = RequestWaker(self._new_waker(), request.environ)
        if request.method != "HEAD":
            # Nothing can refuse the request after this.
            spend_ticket(request, services)

        def converse(write: Callable[[bytes], object]) -> None:
            writer = EventStreamWriter(write, fair_pause(self._new_waker()), services.clock)
            writer.open()
            Subscriber(services, query, stream, writer, Caller(client, waker)).run()

        return EventStream(lambda write: self._counted(converse, write, waker))

    def _counted(
        self,
        converse: Callable[[Callable[[bytes], object]], None],
        write: Callable[[bytes], object],
        waker: RequestWaker,
    ) -> None:
        registry = self._services.registry
        self._services.counters.add(Count.EVENT_STREAMS_OPENED)
        self._open += 1
        registry.attach(waker)
        try:
            converse(write)
        except OSError as error:
            # Servers then drop the connection without the end mark of the body.
            raise ConnectionResetError(*error.args) from error
        except Exception as error:
            _LOGGER.exception("An event stream was interrupted.")
            raise ConnectionResetError("The event stream was interrupted.") from error
        finally:
            registry.detach(waker)
            self._open -= 1


def blueprint(services: Services, new_waker: WakerFactory) -> OperationBlueprint:
    """Build the call."""
    calls = OperationBlueprint("event_stream")
    streams = OpenEventStreams(services, new_waker)

    @calls.call(EVENT_STREAM)
    def follow() -> Response:
        query = replace(parse_query(request.args), stays=False)
        last = request.headers.get(LAST_EVENT_ID, "")
        following = after_event(query, last) if last else query
        if following is None:
            # A browser would connect again and again; this answer ends that.
            return Response(status=HTTPStatus.NO_CONTENT)
        return streams.answer(following)

    return calls
