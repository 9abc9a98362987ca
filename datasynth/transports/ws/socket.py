"""One peer of a WebSocket: what it is sent, what it says, and whether it still lives.

Two run at once on a socket, two greenlets under gunicorn, two threads under a
server without a hub.  The *listener* only reads: it ignores what the peer says,
and notes pings, closes and breaches.  The *speaker* does all the writing, pongs,
pings and close frames included, each whole through ``sendall``.  So no frame
can cut another in two, and what a lock per socket is for, one writer at a
time, holds by construction: a lock would be held across a switch of greenlets,
which a native lock must never be.
"""

from __future__ import annotations

import os
import socket as sockets
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from wsproto.frame_protocol import FrameProtocol, ParseFailed
from wsproto.frame_protocol import Opcode as Heard

from datasynth.service.blocks.chunk import SMALL_CHUNK_BYTES
from datasynth.transports.ws.frames import CloseCode, Opcode, close_frame, frame
from datasynth.transports.ws.message_limit import MessageLimit

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.threads.clock import Clock
    from datasynth.service.threads.waker import Waker

PING_EVERY: Final = 20.0
"""Pause between two pings. [s]"""

SILENCE: Final = 60.0
"""How long a peer may be silent before it counts as gone. [s]"""

LINGER: Final = 2.0
"""How long a closed socket goes on reading, so that unread input does not destroy the close frame. [s]"""

STALL: Final = 0.1
"""A write that takes longer waited for the peer, and its end is a sign of life. [s]"""

MESSAGE_LIMIT: Final = 64 * 1024
"""The longest message that is ignored; a longer one ends the connection. [bytes]"""

MOST_PONGS: Final = 32
"""Of more pings than that, those that came last are answered, as RFC 6455 (5.5.3) allows."""

RECEIVE_BYTES: Final = 16 * 1024


class PeerGone(Exception):
    """The peer has left or asked to part; nothing more need be sent to it."""


class Socket:
    """A WebSocket after its opening handshake.

    Parameters
    ----------
    raw
        The connection, a cooperative one where there is a hub.
    waker
        The speaker's; woken when the listener has something for it.
    pause
        Lets others have a turn; called by the speaker.
    clock
        Seconds that never go back. [s]
    """

    def __init__(self, raw: sockets.socket, waker: Waker, pause: Callable[[], None], clock: Clock) -> None:
        self._raw = raw
        self._waker = waker
        self._pause = pause
        self._clock = clock
        self._frames = FrameProtocol(client=False, extensions=[MessageLimit(MESSAGE_LIMIT)])
        self._heard = clock()
        self._next_ping = self._heard + PING_EVERY
        self._pongs_owed: deque[bytes] = deque(maxlen=MOST_PONGS)
        self._parting: int | None = None
        self._close_sent = False
        self._gone = False
        self._deaf = False
        raw.settimeout(SILENCE)

    # The speaker's side.

    def send(self, data: bytes | memoryview) -> None:
        """Write whole frames, then let others have a turn.

        Raises
        ------
        PeerGone
            If the peer left, took nothing for too long, or asked to part.
        """
        if self._gone or self._close_sent or self._parting is not None:
            raise PeerGone
        began = self._clock()
        view = memoryview(data)
        try:
            # The timeout of a write counts for all of it, and a slow peer may take long over a large chunk.
            for start in range(0, len(view), SMALL_CHUNK_BYTES):
                self._raw.sendall(view[start : start + SMALL_CHUNK_BYTES])
        except OSError as error:
            self._gone = True
            raise PeerGone from error
        ended = self._clock()
        if ended - began > STALL:
            self._heard = ended
        self._pause()

    def attend(self) -> float:
        """Send the pong that is owed and the ping that is due.

        Returns
        -------
        float
            Seconds until it wants to be called again.

        Raises
        ------
        PeerGone
            If the peer left, asked to part, or was silent for too long.
        """
        now = self._clock()
        if now - self._heard >= SILENCE and self._parting is None:
            self._parting = CloseCode.INTERNAL_ERROR
        if self._gone or self._parting is not None:
            raise PeerGone
        while self._pongs_owed:
            self.send(frame(Opcode.PONG, self._pongs_owed.popleft()))
        if now >= self._next_ping:
            self._next_ping = now + PING_EVERY
            self.send(frame(Opcode.PING, b""))
        return max(0.0, min(self._next_ping, self._heard + SILENCE) - now)

    def close(self, code: int, reason: str, hurried: Callable[[], bool]) -> None:
        """Part from the peer: send a close frame, and wait for the answer.

        Where the peer asked to part, or broke the rules, that decides the code.

        Parameters
        ----------
        code, reason
            Why, from our side.
        hurried
            Tells that there is no time to wait for long.
        """
        patience = LINGER if self._parting is not None or hurried() else SILENCE
        farewell = close_frame(code, reason) if self._parting is None else close_frame(self._parting)
        if not self._gone:
            self._say_goodbye(farewell, patience)
        # Also where the peer has asked to part: more of it, unread, would destroy what is on its way out.
        if not self._gone:
            self._await_listener(patience, hurried)

    def hang_up(self) -> None:
        """Leave the connection so that nobody reads or writes it any more; whoever owns it may close it."""
        self._cut()
        self._await_listener(LINGER, lambda: True)

    def _say_goodbye(self, farewell: bytes, patience: float) -> None:
        try:
            # Never longer than the listener has set it: it may be draining already.
            self._raw.settimeout(min(patience, self._raw.gettimeout() or patience))
            self._raw.sendall(farewell)
            self._end_output()
        except OSError:
            self._gone = True
        self._close_sent = True

    def _end_output(self) -> None:
        """Let the peer see the end behind the close frame, answer or not; the listener reads on."""
        # By another handle, since that of an encrypted connection would drop the encryption.
        with sockets.socket(fileno=os.dup(self._raw.fileno())) as plain:
            plain.shutdown(sockets.SHUT_WR)

    def _await_listener(self, patience: float, hurried: Callable[[], bool]) -> None:
        began = self._clock()
        while True:
            self._waker.clear()
            if self._deaf:
                return
            left = began + (min(patience, LINGER) if hurried() else patience) - self._clock()
            if left <= 0:
                return
            self._waker.wait(left)

    def _cut(self) -> None:
        with suppress(OSError):
            self._raw.shutdown(sockets.SHUT_RDWR)

    # The listener's side.

    def listen(self, pause: Callable[[], None]) -> None:
        """Read until there is nothing more to hear; the listener's whole life.

        Parameters
        ----------
        pause
            Lets others have a turn.
        """
        try:
            while not self._hear():
                pause()
            if not self._gone:
                self._drain(pause)
        except (OSError, ValueError):
            # ValueError is what an encrypted connection says once we have hung up.
            self._leave()
        finally:
            self._deaf = True
            self._waker.wake()

    def _hear(self) -> bool:
        """Read once; tell whether the conversation is over."""
        try:
            data = self._raw.recv(RECEIVE_BYTES)
        except TimeoutError:
            return self._gone
        if not data:
            self._leave()
            return True
        self._heard = self._clock()
        try:
            self._frames.receive_bytes(data)
            for heard in self._frames.received_frames():
                self._note(heard.opcode, heard.payload)
                if self._parting is not None:
                    break
        except ParseFailed as breach:
            self._parting = int(breach.code)
        if self._parting is not None or self._pongs_owed:
            self._waker.wake()
        return self._parting is not None

    def _note(self, opcode: Heard, payload: object) -> None:
        if isinstance(payload, tuple):
            self._parting = int(payload[0])
        elif opcode is Heard.PING and isinstance(payload, bytes | bytearray):
            self._pongs_owed.append(bytes(payload))

    def _drain(self, pause: Callable[[], None]) -> None:
        """Read on for a moment: what lies unread at the end would destroy what is still on its way out."""
        self._raw.settimeout(LINGER / 4)
        deadline = self._clock() + LINGER
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
