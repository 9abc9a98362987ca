"""One WebSocket after its handshake: writing, reading, keeping alive and closing.

Two greenlets work on a socket at once, or two threads under a server without a
hub.  The *reader* only reads: it ignores the peer's messages, and notes pings,
closes and breaches of the protocol.  The *writer* does all the writing, pongs,
pings and close frames included, each whole through ``sendall``.  So no frame
can cut another in two, and no lock is needed: it would be held across a switch
of greenlets, which a native lock must never be.
"""

from __future__ import annotations

import os
import socket as sockets
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from wsproto.extensions import Extension
from wsproto.frame_protocol import CloseReason, FrameProtocol, ParseFailed, RsvBits
from wsproto.frame_protocol import Opcode as Received

from datasynth.transports.limits import PING_SECONDS, SILENCE_SECONDS
from datasynth.transports.ws.frames import CloseCode, Opcode, close_frame, frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsproto.frame_protocol import FrameDecoder

    from datasynth.service.threads.clock import Clock
    from datasynth.service.threads.waker import Waker

LINGER_SECONDS: Final = 2.0
"""How long a closed socket goes on reading, so that unread input does not destroy the close frame. [s]"""

STALL: Final = 0.1
"""A write that takes longer waited for the peer, and its end is a sign of life. [s]"""

MESSAGE_LIMIT: Final = 64 * 1024
"""The longest message that is ignored; a longer one ends the connection. [bytes]"""

MOST_PONGS: Final = 32
"""Of more pings than that, those that came last are answered, as RFC 6455 (5.5.3) allows."""

RECEIVE_BYTES: Final = 16 * 1024


class PeerGone(Exception):
    """The peer has left or asked to close; nothing more need be sent to it."""


NO_BITS = RsvBits(rsv1=False, rsv2=False, rsv3=False)


class MessageLimit(Extension):
    """Ends a connection at the header of a frame with which a message would exceed `most` bytes.

    wsproto asks it about each frame's header; it is never offered to a peer.
    """

    name = "message-limit"

    def __init__(self, most: int) -> None:
        self._most = most
        self._before = 0
        self._announced = 0
        self._control = False

    def enabled(self) -> bool:
        """Take part, without having been negotiated."""
        return True

    def offer(self) -> bool:
        """Offer nothing."""
        return False

    def frame_inbound_header(
        self, _proto: FrameDecoder | FrameProtocol, opcode: Received, _rsv: RsvBits, payload_length: int
    ) -> CloseReason | RsvBits:
        """Judge a frame by the length that it announces; asked again while its mask has not come."""
        self._control = opcode.iscontrol()
        self._announced = payload_length
        if not self._control and self._before + payload_length > self._most:
            return CloseReason.MESSAGE_TOO_BIG
        return NO_BITS

    def frame_inbound_complete(self, _proto: FrameDecoder | FrameProtocol, fin: bool) -> None:  # noqa: FBT001
        """Add a whole frame to its message, which may have control frames in between."""
        if not self._control:
            self._before = 0 if fin else self._before + self._announced


class Socket:
    """A WebSocket after its opening handshake.

    Parameters
    ----------
    raw
        The connection, a cooperative one where there is a hub.
    waker
        The writer's; woken when the reader has something for it.
    pause
        Lets others run; the writer calls it.
    clock
        Monotonic time. [s]
    """

    def __init__(self, raw: sockets.socket, waker: Waker, pause: Callable[[], None], clock: Clock) -> None:
        self._raw = raw
        self._waker = waker
        self._pause = pause
        self._clock = clock
        self._frames = FrameProtocol(client=False, extensions=[MessageLimit(MESSAGE_LIMIT)])
        self._last_received = clock()
        self._next_ping = self._last_received + PING_SECONDS
        self._pongs_owed: deque[bytes] = deque(maxlen=MOST_PONGS)
        self._close_code: int | None = None
        self._close_sent = False
        self._gone = False
        self._reader_done = False
        raw.settimeout(SILENCE_SECONDS)

    # The writer's side.

    def send(self, data: bytes | memoryview) -> None:
        """Write whole frames, then let others run.

        Raises
        ------
        PeerGone
            The peer left, took nothing for too long, or asked to close.
        """
        if self._gone or self._close_sent or self._close_code is not None:
            raise PeerGone
        began = self._clock()
        try:
            self._raw.sendall(data)
        except OSError as error:
            self._gone = True
            raise PeerGone from error
        ended = self._clock()
        if ended - began > STALL:
            self._last_received = ended
        self._pause()

    def keep_alive(self) -> float:
        """Send the pong that is owed and the ping that is due; return the seconds until the next call is due.

        Raises
        ------
        PeerGone
            The peer left, asked to close, or was silent for too long.
        """
        now = self._clock()
        if now - self._last_received >= SILENCE_SECONDS and self._close_code is None:
            self._close_code = CloseCode.INTERNAL_ERROR
        if self._gone or self._close_code is not None:
            raise PeerGone
        while self._pongs_owed:
            self.send(frame(Opcode.PONG, self._pongs_owed.popleft()))
        if now >= self._next_ping:
            self._next_ping = now + PING_SECONDS
            self.send(frame(Opcode.PING, b""))
        return max(0.0, min(self._next_ping, self._last_received + SILENCE_SECONDS) - now)

    def close(self, code: int, reason: str, hurry: Callable[[], bool]) -> None:
        """Send a close frame, and wait for the answer; only for a moment while `hurry` returns true.

        Where the peer asked to close, or broke the rules, that decides the code.
        """
        seconds = LINGER_SECONDS if self._close_code is not None or hurry() else SILENCE_SECONDS
        closing = close_frame(code, reason) if self._close_code is None else close_frame(self._close_code)
        if not self._gone:
            self._send_close(closing, seconds)
        # Also where the peer asked to close: unread input would destroy what is on its way out.
        if not self._gone:
            self._await_reader(seconds, hurry)

    def hang_up(self) -> None:
        """Leave the connection so that nobody reads or writes it any more; its owner may then close it."""
        self._cut()
        self._await_reader(LINGER_SECONDS, lambda: True)

    def _send_close(self, closing: bytes, seconds: float) -> None:
        try:
            # Never longer than the reader has set it: it may be draining already.
            self._raw.settimeout(min(seconds, self._raw.gettimeout() or seconds))
            self._raw.sendall(closing)
            self._end_output()
        except OSError:
            self._gone = True
        self._close_sent = True

    def _end_output(self) -> None:
        """Let the peer see the end behind the close frame, answer or not; the reader reads on."""
        # By another handle, since that of an encrypted connection would drop the encryption.
        with sockets.socket(fileno=os.dup(self._raw.fileno())) as plain:
            plain.shutdown(sockets.SHUT_WR)

    def _await_reader(self, seconds: float, hurry: Callable[[], bool]) -> None:
        began = self._clock()
        while True:
            self._waker.clear()
            if self._reader_done:
                return
            left = began + (min(seconds, LINGER_SECONDS) if hurry() else seconds) - self._clock()
            if left <= 0:
                return
            self._waker.wait(left)

    def _cut(self) -> None:
        with suppress(OSError):
            self._raw.shutdown(sockets.SHUT_RDWR)

    # The reader's side.

    def receive(self, pause: Callable[[], None]) -> None:
        """Read until the peer sends nothing more; the reader's whole life."""
        try:
            while not self._receive():
                pause()
            if not self._gone:
                self._drain(pause)
        except (OSError, ValueError):
            # ValueError is what an encrypted connection says once we have hung up.
            self._leave()
        finally:
            self._reader_done = True
            self._waker.wake()

    def _receive(self) -> bool:
        """Read once; tell whether the conversation is over."""
        try:
            data = self._raw.recv(RECEIVE_BYTES)
        except TimeoutError:
            return self._gone
        if not data:
            self._leave()
            return True
        self._last_received = self._clock()
        try:
            self._frames.receive_bytes(data)
            for received in self._frames.received_frames():
                self._note(received.opcode, received.payload)
                if self._close_code is not None:
                    break
        except ParseFailed as breach:
            self._close_code = int(breach.code)
        if self._close_code is not None or self._pongs_owed:
            self._waker.wake()
        return self._close_code is not None

    def _note(self, opcode: Received, payload: object) -> None:
        if isinstance(payload, tuple):
            self._close_code = int(payload[0])
        elif opcode is Received.PING and isinstance(payload, bytes | bytearray):
            self._pongs_owed.append(bytes(payload))

    def _drain(self, pause: Callable[[], None]) -> None:
        """Read on for a moment: unread input at the end would destroy what is still on its way out."""
        self._raw.settimeout(LINGER_SECONDS / 4)
        deadline = self._clock() + LINGER_SECONDS
        while self._clock() < deadline:
            try:
                if not self._raw.recv(RECEIVE_BYTES):
                    break
            except TimeoutError:
                if self._close_sent:
                    break
            pause()
        self._leave()

    def _leave(self) -> None:
        """Note that the peer has left, and end a write that still waits for it."""
        self._gone = True
        self._cut()
