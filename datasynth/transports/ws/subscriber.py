"""One subscriber of ``/ws/events``: which streams it is told about, until when.

A subscriber pulls: it has a place in a stream, and reads on when its peer has
taken what it was sent before.  So a slow one costs nobody anything.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from datasynth.errors import DatasynthError
from datasynth.service.streams.lifecycle import State
from datasynth.transports.ws.encode import encode
from datasynth.transports.ws.frames import CloseCode
from datasynth.transports.ws.reading import Reading

if TYPE_CHECKING:
    from datasynth.service.services import Services
    from datasynth.service.streams.stream import Stream
    from datasynth.service.threads.caller import Caller
    from datasynth.transports.ws.query import EventQuery
    from datasynth.transports.ws.socket import Socket

FOLLOWED: Final = "rest"
"""The kind of stream that a subscriber follows who named none."""


class Subscriber:
    """Tells a peer about one stream, or about each as it comes.

    Parameters
    ----------
    services
        Where streams are found.
    query
        What the peer wants to see.
    stream
        The first stream; None to wait for one.
    socket
        The peer.
    caller
        Whom the subscriber counts for, and the calling greenlet's or thread's waker.
    """

    def __init__(
        self, services: Services, query: EventQuery, stream: Stream | None, socket: Socket, caller: Caller
    ) -> None:
        self._services = services
        self._query = query
        self._stream = stream
        self._previous: Stream | None = None
        self._socket = socket
        self._caller = caller
        self._waker = caller.waker
        self._episode = -1

    def run(self) -> tuple[CloseCode, str]:
        """Tell all there is to tell.

        Returns
        -------
        CloseCode, str
            Why the connection ends now, when it is for us to end it.

        Raises
        ------
        PeerGone
            When the peer ended it.
        """
        self._warn()
        while not self._services.registry.closing:
            if self._stream is None:
                self._stream = self._wait_for_stream()
                continue
            try:
                self._read(self._stream)
            except DatasynthError as error:
                self._say("error", self._stream.id, message=error.message)
                return CloseCode.INTERNAL_ERROR, error.code
            if self._services.registry.closing:
                break
            if self._query.stream_id is not None:
                return self._last_words(self._stream)
            self._previous, self._stream = self._stream, None
            self._query = replace(self._query, first=0, line=1)
        return CloseCode.GOING_AWAY, "server shuts down"

    def _read(self, stream: Stream) -> None:
        """Follow a stream to its end, or to the server's."""
        with Reading(stream, self._query, self._socket, self._caller, self._services.clock) as reading:
            while True:
                self._waker.clear()
                if self._services.registry.closing:
                    return
                attention = self._socket.attend()
                self._warn()
                pause = reading.step()
                if pause is None:
                    return
                if pause > 0:
                    self._waker.wait(min(pause, attention))

    def _wait_for_stream(self) -> Stream | None:
        """Return the stream that is next, or None if there is none yet after a wait."""
        self._waker.clear()
        attention = self._socket.attend()
        self._warn()
        stream = self._next_stream()
        if stream is None and not self._services.registry.closing:
            self._waker.wait(attention)
        return stream

    def _next_stream(self) -> Stream | None:
        registry = self._services.registry
        if self._previous is None:
            return registry.join()
        known = registry.all()
        if self._previous in known:
            known = known[known.index(self._previous) + 1 :]
        return next((stream for stream in known if stream.kind == FOLLOWED), None)

    def _warn(self) -> None:
        """Tell once that memory is low; an active stream announces that itself."""
        guard = self._services.guard
        if guard.episode == self._episode:
            return
        opening, self._episode = self._episode < 0, guard.episode
        if guard.low and (opening or self._stream is None or not self._stream.active):
            stream_id = None if self._stream is None else self._stream.id
            self._say("warning", stream_id, **guard.warning())

    def _say(self, kind: str, stream_id: str | None, **fields: object) -> None:
        if kind in self._query.types:
            self._socket.send(encode(kind, stream_id, **fields))

    @staticmethod
    def _last_words(stream: Stream) -> tuple[CloseCode, str]:
        if stream.state is State.FAILED:
            return CloseCode.INTERNAL_ERROR, "stream failed"
        return CloseCode.NORMAL, f"stream {stream.state}"
