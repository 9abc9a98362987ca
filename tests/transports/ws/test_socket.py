"""One peer, well-behaved, broken, silent or gone, on a pair of connected sockets."""

from __future__ import annotations

import socket as sockets
import struct
import threading
import time
from typing import TYPE_CHECKING

import pytest
from wsproto.frame_protocol import FrameProtocol, ParseFailed

from bench.wire.frames import Opcode, frame, header
from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.limits import PING_SECONDS, SILENCE_SECONDS
from datasynth.transports.ws.frames import CloseCode, text_frame
from datasynth.transports.ws.socket import (
    LINGER_SECONDS,
    MESSAGE_LIMIT,
    MessageLimit,
    PeerGone,
    Socket,
)
from tests.transports.events.fakes import FakeClock
from tests.transports.ws.peers import BytesMessage, CloseConnection, Peer, Ping, Pong, TextMessage

if TYPE_CHECKING:
    from collections.abc import Iterator


class Conversation:
    """The server's end of a connection with its listener running, and the peer's."""

    def __init__(self) -> None:
        self.raw, client = sockets.socketpair()
        self.peer = Peer(client)
        self.clock = FakeClock()
        self.waker = ThreadWaker()
        self.turns = 0
        self.socket = Socket(self.raw, self.waker, self._turn, self.clock)
        self.listener = threading.Thread(target=self.socket.receive, args=(lambda: None,))
        self.listener.start()

    def _turn(self) -> None:
        self.turns += 1

    def keep_alive_until_gone(self) -> None:
        """Attend to the peer, as a speaker does, until it has something against it."""
        while True:
            self.waker.clear()
            self.socket.keep_alive()
            assert self.waker.wait(5.0), "nothing was heard of the peer"

    def close(self, code: int = CloseCode.NORMAL) -> None:
        self.socket.close(code, "", lambda: False)
        self.socket.hang_up()

    def end(self) -> None:
        self.peer.connection.close()
        self.listener.join(5.0)
        self.raw.close()
        assert not self.listener.is_alive()


@pytest.fixture
def conversation() -> Iterator[Conversation]:
    """A conversation that is ended, listener and all, after the test."""
    conversation = Conversation()
    yield conversation
    conversation.end()


def test_frames_arrive_as_they_are(conversation: Conversation) -> None:
    """Prepared frames go out untouched, and others get a turn after each write."""
    conversation.socket.send(memoryview(text_frame(b"one") + text_frame(b"two")))

    assert TextMessage(data="one") == conversation.peer.next_event()
    assert TextMessage(data="two") == conversation.peer.next_event()
    assert 1 == conversation.turns


def test_a_slow_peer_gets_every_byte(conversation: Conversation) -> None:
    """A write larger than the connection holds waits for the peer and loses nothing."""
    message = b"x" * 100_000
    frames = text_frame(message) * 100
    writer = threading.Thread(target=conversation.socket.send, args=(frames,))
    writer.start()
    received = bytearray()
    while len(received) < len(frames):
        received += conversation.peer.connection.recv(65_536)
    writer.join(5.0)

    assert frames == received


def test_a_peer_that_goes_on_taking_is_not_gone(conversation: Conversation) -> None:
    """A large write may take longer than a peer may be silent, if the peer goes on taking it."""
    conversation.raw.settimeout(1.0)
    frames = text_frame(b"x" * 100_000) * 15
    writer = threading.Thread(target=conversation.socket.send, args=(frames,))
    writer.start()
    received = bytearray()
    while len(received) < len(frames):
        received += conversation.peer.connection.recv(100_000)
        time.sleep(0.12)
    writer.join(5.0)

    assert frames == received


def test_ping_is_answered(conversation: Conversation) -> None:
    """The pong repeats what the latest ping said."""
    conversation.peer.say(Ping(payload=b"are you there"))
    assert conversation.waker.wait(5.0)
    conversation.socket.keep_alive()

    assert Pong(payload=b"are you there") == conversation.peer.next_event()


def test_ping_is_sent_when_due(conversation: Conversation) -> None:
    """Nothing before 20 s, a ping then."""
    assert pytest.approx(PING_SECONDS) == conversation.socket.keep_alive()
    conversation.clock.pass_by(PING_SECONDS)
    conversation.socket.keep_alive()

    assert Ping(payload=b"") == conversation.peer.next_event()


def test_a_silent_peer_is_closed(conversation: Conversation) -> None:
    """After 60 s without a sign of life the connection is given up."""
    conversation.clock.pass_by(SILENCE_SECONDS - 0.1)
    assert 0.1 == pytest.approx(conversation.socket.keep_alive())
    conversation.clock.pass_by(0.1)
    with pytest.raises(PeerGone):
        conversation.socket.keep_alive()
    closing = threading.Thread(target=conversation.close)
    closing.start()

    assert CloseCode.INTERNAL_ERROR == conversation.peer.next_close()
    conversation.peer.connection.close()
    closing.join(5.0)


def test_a_pong_is_a_sign_of_life(conversation: Conversation) -> None:
    """Who answers pings is never closed."""
    conversation.clock.pass_by(SILENCE_SECONDS - 1)
    conversation.peer.say(Pong())
    conversation.peer.say(Ping(payload=b"x"))
    assert conversation.waker.wait(5.0)
    conversation.clock.pass_by(2)

    assert conversation.socket.keep_alive() > 0


@pytest.mark.parametrize("size", [0, 5, MESSAGE_LIMIT])
def test_messages_are_ignored(conversation: Conversation, size: int) -> None:
    """Text and bytes up to 64 KiB do nothing, however many there are."""
    for _ in range(3):
        conversation.peer.say(TextMessage(data="x" * size))
        conversation.peer.say(BytesMessage(data=b"x" * size))
    conversation.peer.say(Ping(payload=b"after"))
    assert conversation.waker.wait(5.0)
    conversation.socket.keep_alive()

    assert Pong(payload=b"after") == conversation.peer.next_event()


def test_a_long_message_ends_it(conversation: Conversation) -> None:
    """One byte above 64 KiB, and the connection is closed with 1009."""
    conversation.peer.say(TextMessage(data="x" * (MESSAGE_LIMIT + 1)))
    with pytest.raises(PeerGone):
        conversation.keep_alive_until_gone()
    closing = threading.Thread(target=conversation.close)
    closing.start()

    # Even a peer that goes on sending and never closes is given the reason, and then the end.
    assert CloseCode.TOO_BIG == conversation.peer.next_close()
    assert conversation.peer.ends()
    closing.join(5.0)


def test_a_long_message_in_parts_ends_it(conversation: Conversation) -> None:
    """What counts is the message, not its frames."""
    for _ in range(3):
        conversation.peer.say(TextMessage(data="x" * 30_000, message_finished=False))
    with pytest.raises(PeerGone):
        conversation.keep_alive_until_gone()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x81\x05hello", CloseCode.PROTOCOL_ERROR),  # not masked
        (b"\xf1\x80abcd", CloseCode.PROTOCOL_ERROR),  # reserved bits
        (b"\x83\x80abcd", CloseCode.PROTOCOL_ERROR),  # a reserved opcode
        (b"\x80\x80abcd", CloseCode.PROTOCOL_ERROR),  # the continuation of nothing
        (b"\x09\x80abcd", CloseCode.PROTOCOL_ERROR),  # a ping in parts
        (b"\x89\xfe\x00\x7eabcd", CloseCode.PROTOCOL_ERROR),  # a ping that is too long
        (b"\x88\x81\x00\x00\x00\x00x", CloseCode.PROTOCOL_ERROR),  # half a status
        (b"\x81\x82\x00\x00\x00\x00\xff\xff", CloseCode.INVALID_TEXT),  # not UTF-8
        (b"GET / HTTP/1.1\r\n\r\n", CloseCode.PROTOCOL_ERROR),
    ],
)
def test_broken_frames_end_it(conversation: Conversation, data: bytes, code: CloseCode) -> None:
    """What is no frame closes the connection with the code that says so."""
    conversation.peer.connection.sendall(data)
    with pytest.raises(PeerGone):
        conversation.keep_alive_until_gone()
    closing = threading.Thread(target=conversation.close)
    closing.start()

    assert code == conversation.peer.next_close()
    conversation.peer.connection.close()
    closing.join(5.0)


def test_the_peer_closes(conversation: Conversation) -> None:
    """A close is answered with its own code, at once, and then the connection ends."""
    conversation.peer.say(CloseConnection(code=1000, reason="enough"))
    with pytest.raises(PeerGone):
        conversation.keep_alive_until_gone()
    conversation.close(CloseCode.GOING_AWAY)

    assert 1000 == conversation.peer.next_close()
    assert conversation.peer.ends()
    assert not conversation.listener.is_alive()


def test_we_close(conversation: Conversation) -> None:
    """After our close frame we wait for the peer's, and then the connection ends."""
    closing = threading.Thread(target=conversation.close)
    closing.start()
    event = conversation.peer.next_event()
    assert isinstance(event, CloseConnection)
    conversation.peer.say(event.response())
    closing.join(5.0)

    assert conversation.peer.ends()
    assert not closing.is_alive()


def test_a_peer_that_does_not_answer_sees_the_end(conversation: Conversation) -> None:
    """Behind our close frame comes the end, for a peer that only reads."""
    closing = threading.Thread(target=conversation.close)
    closing.start()

    assert CloseCode.NORMAL == conversation.peer.next_close()
    assert conversation.peer.ends()
    conversation.peer.connection.close()
    closing.join(5.0)
    assert not closing.is_alive()


def test_nothing_follows_a_close(conversation: Conversation) -> None:
    """After the close frame nothing can be sent."""
    conversation.peer.say(CloseConnection(code=1000))
    with pytest.raises(PeerGone):
        conversation.keep_alive_until_gone()
    conversation.close()

    with pytest.raises(PeerGone):
        conversation.socket.send(text_frame(b"late"))


def test_a_vanished_peer_ends_a_waiting_write(conversation: Conversation) -> None:
    """A write that waits for a peer ends when the peer is gone."""
    ended = threading.Event()

    def write() -> None:
        with pytest.raises(PeerGone):
            conversation.socket.send(b"\x00" * 50_000_000)
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    conversation.peer.connection.recv(1)
    conversation.peer.connection.close()

    assert ended.wait(5.0)
    writer.join(5.0)


@pytest.mark.parametrize("polite", [True, False])
def test_a_peer_that_stops_reading_ends_a_waiting_write(conversation: Conversation, polite: bool) -> None:
    """A write does not wait for a peer that has said good-bye, or ended its side, and reads no more."""
    ended = threading.Event()

    def write() -> None:
        with pytest.raises(PeerGone):
            conversation.socket.send(b"\x00" * 50_000_000)
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    conversation.peer.connection.recv(1)
    if polite:
        conversation.peer.say(CloseConnection(code=1000))
    else:
        conversation.peer.connection.shutdown(sockets.SHUT_WR)
    for _ in range(10):
        # The listener may look at the clock at any time, so it goes on until the write has ended.
        conversation.clock.pass_by(LINGER_SECONDS)
        if ended.wait(0.5):
            break

    assert ended.is_set()
    writer.join(5.0)


def test_a_half_closed_connection_counts_as_gone(conversation: Conversation) -> None:
    """A peer that ends its side without a close frame has left."""
    conversation.peer.connection.shutdown(sockets.SHUT_WR)
    with pytest.raises(PeerGone):
        conversation.keep_alive_until_gone()
    conversation.close()

    assert conversation.peer.ends()


def test_a_reset_counts_as_gone() -> None:
    """A connection that is torn down raises nothing but `PeerGone`."""
    with sockets.create_server(("127.0.0.1", 0)) as server:
        client = sockets.create_connection(server.getsockname())
        raw, _ = server.accept()
    waker = ThreadWaker()
    socket = Socket(raw, waker, lambda: None, FakeClock())
    client.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    socket.receive(lambda: None)

    with pytest.raises(PeerGone):
        socket.keep_alive()
    socket.close(CloseCode.NORMAL, "", lambda: False)
    socket.hang_up()
    raw.close()


def test_no_time_to_wait(conversation: Conversation) -> None:
    """When the server ends, a peer that does not answer is not waited for."""
    clock = conversation.clock

    class Hasty(ThreadWaker):
        def wait(self, timeout: float | None) -> bool:
            clock.pass_by(timeout or 0.0)
            return True

    conversation.socket._waker = Hasty()
    conversation.socket.close(CloseCode.GOING_AWAY, "", lambda: True)

    assert CloseCode.GOING_AWAY == conversation.peer.next_close()
    assert clock.now < 1_000.0 + 10


MOST = 1_000
TEXT, MORE, PING = Opcode.TEXT, Opcode.CONTINUATION, Opcode.PING


def _code(data: bytes, step: int) -> int | None:
    """What frames are refused with, when they come so many bytes at a time."""
    reader = FrameProtocol(client=False, extensions=[MessageLimit(MOST)])
    try:
        for start in range(0, len(data), step):
            reader.receive_bytes(data[start : start + step])
            list(reader.received_frames())
    except ParseFailed as error:
        return int(error.code)
    return None


@pytest.mark.parametrize("step", [1, 7, 5_000])
@pytest.mark.parametrize(
    "data",
    [
        frame(TEXT, b"a" * MOST),
        frame(TEXT, b"a" * MOST) * 3,
        frame(TEXT, b"a" * (MOST - 1), fin=False) + frame(MORE, b"b") + frame(TEXT, b"a" * MOST),
        frame(TEXT, b"a" * MOST, fin=False) + frame(PING, b"c" * 125) + frame(MORE),
    ],
    ids=["one", "three", "parts", "ping"],
)
def test_what_fits(data: bytes, step: int) -> None:
    """A message of the longest, whole or in parts, again and again; pings are none of it."""
    assert _code(data, step) is None


@pytest.mark.parametrize("step", [1, 7, 5_000])
@pytest.mark.parametrize(
    "data",
    [
        header(TEXT, MOST + 1),
        header(TEXT, 1 << 40)[:-4],
        frame(TEXT, b"a" * MOST, fin=False) + header(MORE, 1),
        frame(TEXT, b"a" * MOST, fin=False) + frame(PING, b"c" * 125) + header(MORE, 1),
        frame(TEXT, b"a" * 600, fin=False) + frame(MORE, b"b" * 400, fin=False) + header(MORE, 1),
    ],
    ids=["one", "maskless", "parts", "ping", "three"],
)
def test_what_does_not(data: bytes, step: int) -> None:
    """The header is enough to know, before anything of the payload has come."""
    assert 1009 == _code(data, step)


def test_it_is_never_offered() -> None:
    """No peer hears of it."""
    assert not MessageLimit(MOST).offer()
