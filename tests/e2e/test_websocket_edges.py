"""Frames that RFC 6455 allows and forbids, after the list of cases that Autobahn's test suite has."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import requests

from bench.wire.answers import read_answers
from bench.wire.frames import (
    BAD_CODES,
    GOOD_CODES,
    LIMIT,
    RESERVED,
    Opcode,
    close,
    frame,
    header,
)
from bench.wire.playing import Attempt, Ending, play
from bench.wire.websocket import hear
from tests.e2e.subscriber import Subscriber
from tests.e2e.test_http_edges import UPGRADE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.wire.websocket import Heard
    from tests.server import Server

pytestmark = pytest.mark.server

TEXT, BINARY, MORE, PING, PONG, CLOSE = (
    Opcode.TEXT,
    Opcode.BINARY,
    Opcode.CONTINUATION,
    Opcode.PING,
    Opcode.PONG,
    Opcode.CLOSE,
)
AT_ONCE = 3.0
"""What "at once" may take; whoever waited for 2^40 bytes would never be done. [s]"""

GREETING = "Hello-µ@ßöäüàá-UTF-8!!".encode()
BROKEN = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited"

ALLOWED = {
    "1.1.1 empty text": frame(TEXT),
    "1.1.2 text of 125": frame(TEXT, b"*" * 125),
    "1.1.3 text of 126": frame(TEXT, b"*" * 126),
    "1.1.6 text of 65,535": frame(TEXT, b"*" * 65_535),
    "1.1.7 text of 65,536": frame(TEXT, b"*" * 65_536),
    "1.2.1 empty binary": frame(BINARY),
    "1.2.7 binary of 65,536": frame(BINARY, b"\xfe" * 65_536),
    "2.1 empty ping": frame(PING),
    "2.3 binary ping": frame(PING, b"\x00\xff\xfe\xfd"),
    "2.4 ping of 125": frame(PING, b"\xfe" * 125),
    "2.7 unasked pong": frame(PONG),
    "2.9 pong, then ping": frame(PONG, b"a") + frame(PING, b"b"),
    "2.10 ten pings": b"".join(frame(PING, b"%d" % number) for number in range(10)),
    "5.3 text in two": frame(TEXT, b"a", fin=False) + frame(MORE, b"b"),
    "5.6 text in two, a ping between": frame(TEXT, b"a", fin=False) + frame(PING, b"p") + frame(MORE, b"b"),
    "5.19 text in five, pings between": frame(TEXT, b"a", fin=False)
    + frame(MORE, b"b", fin=False)
    + frame(PING, b"p")
    + frame(MORE, b"c", fin=False)
    + frame(PING, b"q")
    + frame(MORE, b"d"),
    "6.1.2 empty parts": frame(TEXT, fin=False) + frame(MORE, fin=False) + frame(MORE),
    "6.2.3 a letter in each part": b"".join(
        frame(MORE if at else TEXT, GREETING[at : at + 1], fin=at == len(GREETING) - 1)
        for at in range(len(GREETING))
    ),
    "6.5 the largest letter": frame(TEXT, "\U0010ffff".encode()),
    "6.22 no characters, yet allowed": frame(TEXT, "\ufffe\uffff".encode()),
    "9 message after message of the longest": frame(BINARY, bytes(LIMIT)) * 3,
    "a message of the longest, in parts": frame(BINARY, bytes(LIMIT - 1), fin=False) + frame(MORE, b"x"),
}

FORBIDDEN = {
    **{
        f"2.5, 2.6 {opcode.name} of 126": (frame(opcode, b"\xfe" * 126), 1002)
        for opcode in (PING, PONG, CLOSE)
    },
    **{f"3 reserved bits {bits:03b} on text": (frame(TEXT, b"a", rsv=bits), 1002) for bits in range(1, 8)},
    "3.5 a reserved bit on a ping": (frame(PING, rsv=4), 1002),
    "3.7 a reserved bit on a close": (frame(CLOSE, rsv=1), 1002),
    **{f"4 opcode {opcode}": (frame(opcode), 1002) for opcode in RESERVED},
    "4.1.3 a reserved opcode between": (frame(TEXT, b"a") + frame(3) + frame(PING), 1002),
    "5.1 a ping in parts": (frame(PING, b"a", fin=False) + frame(MORE, b"b"), 1002),
    "5.2 a pong in parts": (frame(PONG, b"a", fin=False) + frame(MORE, b"b"), 1002),
    "a close in parts": (frame(CLOSE, b"\x03", fin=False), 1002),
    "5.9 a continuation of nothing": (frame(MORE, b"a"), 1002),
    "5.12 a continuation of nothing, to go on": (frame(MORE, b"a", fin=False), 1002),
    "5.18 two beginnings": (frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"), 1002),
    "6.3.1 a surrogate": (frame(TEXT, BROKEN), 1007),
    "6.4.1 broken in an early part": (frame(TEXT, b"ok\xf4\x90", fin=False), 1007),
    "6.6.1 an open end": (frame(TEXT, b"\xce"), 1007),
    "6.8 too long a form": (frame(TEXT, b"\xfc\x80\x80\x80\x80\x80"), 1007),
    "6.14 a lonely follower": (frame(TEXT, b"\x80"), 1007),
    "6.19 NUL in two bytes": (frame(TEXT, b"\xc0\x80"), 1007),
    "an open end in the last part": (frame(TEXT, b"\xe2\x82", fin=False) + frame(MORE, b""), 1007),
    "7.3.2 a close of one byte": (frame(CLOSE, b"\x03"), 1002),
    "7.5.1 a close that is not UTF-8": (close(1000, BROKEN), 1007),
    **{f"7.9 code {code}": (close(code), 1002) for code in BAD_CODES},
    "no mask": (frame(TEXT, b"a", mask=None), 1002),
    "no mask on a close": (frame(CLOSE, mask=None), 1002),
    "two bytes for a short length": (header(TEXT, 125, width=2), 1002),
    "eight bytes for a medium length": (header(TEXT, 65_535, width=8), 1002),
    "a negative length": (header(TEXT, 1 << 63, width=8), 1002),
    "2^40 bytes announced": (header(BINARY, 1 << 40), 1009),
    "2^40 bytes announced, no mask yet": (header(BINARY, 1 << 40)[:-4], 1009),
    "one byte too many announced": (header(TEXT, LIMIT + 1), 1009),
    "one byte too many in parts": (frame(TEXT, b"a" * LIMIT, fin=False) + header(MORE, 1), 1009),
    "one byte too many in parts, a ping between": (
        frame(TEXT, b"a" * LIMIT, fin=False) + frame(PING, b"x" * 99) + header(MORE, 1),
        1009,
    ),
}


@pytest.fixture
def client(server: Server) -> Iterator[Subscriber]:
    """A client after its handshake, who is told nothing for now."""
    with Subscriber(server, "/ws/events?types=warning") as connected:
        yield connected


def _rest(client: Subscriber) -> tuple[Heard, bytes]:
    """What the server says until it hangs up."""
    data = b"".join(iter(lambda: client.socket.recv(65_536), b""))
    return hear(data), data


@pytest.mark.parametrize("data", ALLOWED.values(), ids=ALLOWED.keys())
def test_allowed(client: Subscriber, data: bytes) -> None:
    """The client is listened to, and its close is answered with its own code."""
    client.socket.sendall(data + close(4321, b"bye"))
    heard, _ = _rest(client)

    assert (4321, []) == (heard.code, heard.faults)


@pytest.mark.parametrize("byte", [True, False])
@pytest.mark.parametrize(("data", "code"), FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_forbidden(client: Subscriber, data: bytes, code: int, byte: bool) -> None:
    """The server says what was wrong, at once, and hangs up, however the bytes arrive."""
    began = time.monotonic()
    if byte and len(data) < 300:
        for at in range(len(data)):
            client.socket.sendall(data[at : at + 1])
    else:
        client.socket.sendall(data)
    heard, _ = _rest(client)

    assert (code, []) == (heard.code, heard.faults)
    assert time.monotonic() - began < AT_ONCE


@pytest.mark.parametrize("code", [None, *GOOD_CODES, 1012, 1013])
@pytest.mark.parametrize("after", [b"", frame(TEXT, b"late"), frame(PING), b"\xff\xff"])
def test_closes(client: Subscriber, code: int | None, after: bytes) -> None:
    """A close is answered in kind (7.1, 7.3, 7.7), and what comes after it is not listened to."""
    client.socket.sendall(close(code) + after)
    heard, data = _rest(client)

    assert (code or 1005, []) == (heard.code, heard.faults)
    assert bytes((0x8A, 0)) not in data


def test_what_comes_after_a_close_does_not_destroy_its_answer(server: Server) -> None:
    """Entries that the client has yet to read, and the close frame behind them, all arrive."""
    started = requests.post(f"{server.base_url}/api/stream/start", json={"count": 400}, timeout=20)
    path = f"/ws/events?types=entry,complete&stream_id={started.json()['stream_id']}"
    with Subscriber(server, path) as reader:
        assert list(reader.payloads())
        opening = "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *UPGRADE, "", ""]).encode()
    goodbye = close(4000)
    pieces = (goodbye[:-1], goodbye[-1:] + b"\xff" * 6, *[b"\xff" * 7] * 6)
    codes = []
    for _ in range(30):
        received = play(Attempt("", pieces, Ending.WAIT, certain=True, opening=opening), server.port)
        _, frames = read_answers(received.data, ended=True)
        codes.append(hear(frames).code)

    # The server may have come to its own end before it hears of the client's.
    assert {4000, 1000} >= set(codes)


def test_every_ping_is_answered(client: Subscriber) -> None:
    """In order, with what it brought (2.10)."""
    pings = [b"ping %d" % number for number in range(10)]
    client.socket.sendall(b"".join(frame(PING, ping) for ping in pings))
    expected = b"".join(bytes((0x8A, len(ping))) + ping for ping in pings)
    data = b""
    while len(data) < len(expected):
        data += client.socket.recv(65_536)

    assert expected == data
