"""What hostile clients of gRPC send: each attempt takes a connection and dice."""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING

from bench.wire import http2

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.fuzz.dice import Dice

FLOOD = 3_000
"""Frames of one flood."""

SERVICES = ("synth.SynthService", "synth.Synth")

METHODS = ("GetConfig", "SetConfig", "StartGeneration", "StopGeneration")

PATHS = (
    *(f"/{service}/{method}" for service in SERVICES for method in METHODS),
    "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
)

WRONG_PATHS = (
    "/",
    "",
    "*",
    "/synth.SynthService",
    "/synth.SynthService/",
    "//",
    "/synth.SynthService/getconfig",
    "/%73ynth",
    "/\xff",
)

MESSAGES = (
    b"",
    b"\x08\x05",
    b"\x08\x00",
    b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x10\x07",
    b"\x0a\x04a: 1",
    b"\x3a\x00",
)


def hello(*values: tuple[int, int]) -> bytes:
    """Begin as a client does."""
    return http2.PREFACE + http2.settings(values)


def call(stream: int, path: str, message: bytes) -> bytes:
    """Make a proper call."""
    return opening(stream, path) + data(stream, message)


def opening(stream: int, path: str, *more: tuple[bytes, bytes], flags: int = http2.END_HEADERS) -> bytes:
    """Open a call."""
    return http2.frame(http2.HEADERS, flags, stream, http2.block([*usual(path), *more]))


def usual(path: str) -> list[tuple[bytes, bytes]]:
    """Return headers of a proper call."""
    return [
        (b":method", b"POST"),
        (b":scheme", b"http"),
        (b":path", path.encode("latin-1")),
        (b":authority", b"localhost"),
        (b"te", b"trailers"),
        (b"content-type", b"application/grpc"),
    ]


def data(stream: int, message: bytes, flags: int = http2.END_STREAM) -> bytes:
    """Send a message, which is the last one."""
    return http2.frame(http2.DATA, flags, stream, prefixed(message))


def prefixed(message: bytes, compressed: int = 0, length: int | None = None) -> bytes:
    """Put gRPC's prefix before a message; both of its parts may lie."""
    return struct.pack(">BI", compressed, len(message) if length is None else length) + message


def noise(dice: Dice, most: int) -> bytes:
    """Draw up to so many bytes of any kind."""
    return hashlib.shake_128(struct.pack(">Q", dice.below(2**63))).digest(dice.whole(0, most))


def _noise(wire: http2.Wire, dice: Dice) -> None:
    """Bytes of any kind, after nothing, after the preface, after settings."""
    wire.send(dice.one_of((b"", http2.PREFACE, hello())) + noise(dice, 4_000))


def _frames(wire: http2.Wire, dice: Dice) -> None:
    """Frames of any type, flags, stream and size, some of which lie about it."""
    wire.send(hello())
    for _ in range(dice.whole(1, 30)):
        payload = noise(dice, dice.one_of((4, 8, 40, 16_384)))
        length = dice.one_of((None, None, None, 0, len(payload) + 1, 16_385, 2**24 - 1))
        stream = dice.one_of((0, 1, 2, 3, 2**31 - 1, 2**32 - 1))
        wire.send(http2.frame(dice.whole(0, 12), dice.below(256), stream, payload, length))


def _settings(wire: http2.Wire, dice: Dice) -> None:
    """Settings of extreme values, and a call under them."""
    extremes = (0, 1, 16_383, 65_535, 2**24, 2**31 - 1, 2**31, 2**32 - 1)
    values = [(dice.whole(0, 9), dice.one_of(extremes)) for _ in range(dice.whole(1, 8))]
    wire.send(hello(*values) + call(1, dice.one_of(PATHS), dice.one_of(MESSAGES)))
    wire.send(http2.window(dice.one_of((0, 1)), dice.one_of((0, 1, 2**31 - 1, 2**32 - 1))))


def _headers(wire: http2.Wire, dice: Dice) -> None:
    """Headers that are wrong in one or two places, before a message."""
    headers = usual(dice.one_of(PATHS) if dice.chance(0.7) else dice.one_of(WRONG_PATHS))
    for _ in range(dice.whole(1, 2)):
        place = dice.below(len(headers))
        match dice.below(4):
            case 0:
                headers.pop(place)
            case 1:
                headers.insert(place, dice.one_of(headers))
            case 2:
                headers[place] = (headers[place][0], noise(dice, 40))
            case _:
                headers.insert(dice.whole(0, len(headers)), dice.one_of(ODD_HEADERS))
    wire.send(hello() + http2.frame(http2.HEADERS, http2.END_HEADERS, 1, http2.block(headers)))
    wire.send(data(1, dice.one_of(MESSAGES)))


ODD_HEADERS = (
    (b":path", b"/synth.Synth/GetConfig"),
    (b":status", b"200"),
    (b"Content-Type", b"application/grpc"),
    (b"content-type", b"application/json"),
    (b"content-type", b"application/grpc+proto"),
    (b"connection", b"close"),
    (b"transfer-encoding", b"chunked"),
    (b"grpc-timeout", b"0n"),
    (b"grpc-timeout", b"-1S"),
    (b"grpc-timeout", b"99999999H"),
    (b"grpc-timeout", b"1n"),
    (b"grpc-encoding", b"gzip"),
    (b"grpc-encoding", b"nonsense"),
    (b"grpc-accept-encoding", b"\xff,,,"),
    (b"grpc-status", b"13"),
    (b"grpc-message", b"%ff%00"),
    (b"x-first", b"1"),
    (b"x-first", b"\xff\x00\r\n"),
    (b"x-api-key", bytes(range(1, 256))),
    (b"authorization", b"Bearer " + b"k" * 3_000),
    (b"trace-bin", b"!not base64!"),
    (b"trace-bin", b"AAAA"),
    (b"", b"no name"),
    (b"x\x00y", b"\x00"),
    (b"x-long", b"v" * 9_000),
)
"""One header too many."""


def _huge(wire: http2.Wire, dice: Dice) -> None:
    """More headers than anybody needs, in one frame and in many."""
    count, size = dice.one_of(((1, 15_000), (400, 30), (8, 1_900), (60, 8_000)))
    block = http2.block([*usual(PATHS[0]), *((b"x-%d" % number, b"v" * size) for number in range(count))])
    pieces = [block[start : start + 16_000] for start in range(0, len(block), 16_000)]
    wire.send(hello() + http2.frame(http2.HEADERS, 0, 1, pieces[0]))
    for place, piece in enumerate(pieces[1:], 2):
        flags = http2.END_HEADERS if place == len(pieces) and dice.chance(0.7) else 0
        wire.send(http2.frame(http2.CONTINUATION, flags, 1, piece))
    wire.send(data(1, b""))


def _tables(wire: http2.Wire, dice: Dice) -> None:
    """Header blocks that no table of headers can hold."""
    blocks = (
        b"\xff\xff\xff\xff\xff\x0f",
        b"\x3f\xe1\xff\xff\xff\x0f",
        b"\x80",
        b"\xbe",
        b"\x40\x01a",
        b"\x00\x7f",
        noise(dice, 60),
    )
    wire.send(hello())
    for stream in range(1, 2 * dice.whole(1, 6), 2):
        wire.send(http2.frame(http2.HEADERS, http2.END_HEADERS | dice.below(2), stream, dice.one_of(blocks)))


def _messages(wire: http2.Wire, dice: Dice) -> None:
    """Proper calls whose messages are not what their prefix says, too many, or cut short."""
    path = dice.one_of(PATHS)
    message = dice.one_of((*MESSAGES, noise(dice, 200), noise(dice, 70_000)))
    body = b"".join(
        prefixed(
            message,
            dice.one_of((0, 0, 0, 1, 2, 255)),
            dice.one_of((None, None, 0, len(message) + 3, 2**20, 2**32 - 1)),
        )
        for _ in range(dice.whole(0, 3))
    )
    if dice.chance(0.3):
        body = body[: dice.whole(0, len(body))]
    encoding = (
        [(b"grpc-encoding", dice.one_of((b"gzip", b"deflate", b"identity")))] if dice.chance(0.3) else []
    )
    wire.send(hello() + opening(1, path, *encoding))
    for start in range(0, max(1, len(body)), 16_000):
        last = start + 16_000 >= len(body) and dice.chance(0.8)
        wire.send(http2.frame(http2.DATA, int(last), 1, body[start : start + 16_000]))
    if dice.chance(0.2):
        wire.send(data(1, message) + data(1, message))


def _resets(wire: http2.Wire, dice: Dice) -> None:
    """Calls that are taken back as soon as they are made, a thousand on one connection."""
    wire.send(hello())
    path, before = dice.one_of(PATHS), dice.below(3)
    calls = bytearray()
    for stream in range(1, 2 * dice.one_of((3, 100, 1_000)), 2):
        calls += (opening(stream, path), call(stream, path, b"\x08\x05"), call(stream, path, b""))[before]
        calls += http2.frame(http2.RST_STREAM, 0, stream, struct.pack(">I", dice.below(14)))
    wire.send(bytes(calls))


def _flood(wire: http2.Wire, dice: Dice) -> None:
    """One small frame thousands of times: settings, pings, windows, empty data, priorities, continuations."""
    opened = hello() + opening(1, PATHS[0], flags=0)
    frames = (
        (hello(), http2.settings([(4, 65_535)])),
        (hello(), http2.settings()),
        (hello(), http2.frame(http2.PING, payload=b"01234567")),
        (hello(), http2.frame(http2.PING, http2.ACK, payload=b"01234567")),
        (hello() + opening(1, PATHS[2]), http2.window(1, 1)),
        (hello() + opening(1, PATHS[0]), http2.frame(http2.DATA, 0, 1)),
        (hello(), http2.frame(http2.PRIORITY, 0, 3, b"\x00\x00\x00\x00\x10")),
        (opened, http2.frame(http2.CONTINUATION, 0, 1)),
        (opened, http2.frame(http2.CONTINUATION, 0, 1, http2.block([(b"a", b"b")]))),
        (hello(), http2.frame(http2.RST_STREAM, 0, 1, b"\x00\x00\x00\x08")),
        (hello(), http2.frame(200, 0, 0, b"?")),
    )
    first, again = dice.one_of(frames)
    wire.send(first + again * FLOOD)


def _silence(wire: http2.Wire, dice: Dice) -> None:
    """Calls whose answer nobody takes, and connections that stop in the middle of a word."""
    wire.send(hello((4, dice.one_of((0, 1, 100)))))
    whole = b"".join(
        call(stream, PATHS[dice.one_of((0, 2, 6))], b"\x08\x64")
        for stream in range(1, 2 * dice.whole(1, 20), 2)
    )
    wire.send(whole[: dice.whole(0, len(whole))] if dice.chance(0.5) else whole)


ATTEMPTS: dict[str, Callable[[http2.Wire, Dice], None]] = {
    "noise": _noise,
    "frames": _frames,
    "settings": _settings,
    "headers": _headers,
    "huge headers": _huge,
    "header tables": _tables,
    "messages": _messages,
    "resets": _resets,
    "floods": _flood,
    "silences": _silence,
}
"""What is sent, by name; each takes a connection and dice."""
