"""Requests of HTTP/1 from a grammar that knows the calls, and mutations of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.fuzz.dice import Dice
from bench.wire.playing import Attempt, Ending
from bench.wire.values import BODIES, BYTES, query, spelt, text

if TYPE_CHECKING:
    from collections.abc import Sequence

METHODS = (
    "GET",
    "POST",
    "HEAD",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "get",
    "PRI",
    "M-SEARCH",
)
VERSIONS = (
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.0",
    "HTTP/0.9",
    "HTTP/2.0",
    "HTTP/1.10",
    "http/1.1",
)
HOSTS = (
    "localhost",
    "localhost",
    "localhost",
    "127.0.0.1:1",
    "[::1]",
    "",
    "a b",
    "a,b",
    "u@localhost",
    "[::",
    "\u00e9",
)
FRAMINGS = (
    *(
        "gzip, chunked",
        "identity",
        "deflate",
        "chunked, chunked",
        "chunked, gzip",
        "chunked;x=1",
        "xchunked",
        ",chunked",
    ),
    *("", "\x0bchunked", '"chunked"'),
)
LENGTHS = ("-1", "+1", "0x10", "1e3", "1,1", " 1", "9" * 30, "99999999", "", "\u00b2", "1 1", "01")
CHUNK_SIZES = (
    b"0x3",
    b"-3",
    b"3 ",
    b" 3",
    b"FFFFFFFFFFFFFFFF",
    b"g",
    b"",
    b"3;a=b",
    b'3;a="\n"',
    b"3;" + b"x" * 9_000,
)
LINES = (
    *(
        "X-Request-Id: mine",
        "X-Request-Id: a b",
        "Expect: 100-continue",
        "Expect: x",
        "Connection: close, TE",
    ),
    *(
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "Upgrade: websocket",
        "HTTP2-Settings: AAMAAABk",
    ),
    *(
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "X-API-Key: \u00e9",
        "SCRIPT_NAME: /x",
    ),
    *("Authorization: Bearer", "Authorization: Basic a", "X-Forwarded-For: x, ::1, 1.2.3.4", "Origin: null"),
    *(
        "Content-Encoding: gzip",
        "Accept: text/html",
        "Accept: */*;q=x",
        "Range: bytes=0-1",
        "Range: bytes=9-1,-0",
    ),
    *(
        "Cookie: a=\x01",
        "Bad Name: 1",
        "NoColon",
        ": empty",
        "X:\x00",
        " folded",
        "\tfolded",
        "X_Y: 1",
        "If-Range: x",
    ),
    *(
        "Content-Type: multipart/form-data",
        "Content-Type: text/yaml; charset=utf-16",
        "Content-Type: ;;",
        "Te: trailers",
    ),
)


@dataclass(frozen=True, slots=True)
class Call:
    """A method and a path that the server knows."""

    method: str
    path: str


def attempt_of(number: int, calls: Sequence[Call]) -> Attempt:
    """Return the attempt of a number; equal numbers give equal attempts.

    Parameters
    ----------
    number
        Which one.
    calls
        What the server knows.
    """
    dice = Dice(number)
    match dice.below(8):
        case 0 | 1 | 2:
            return Attempt("sound", (_sound(calls, dice),), certain=True)
        case 3 | 4:
            return _sent("odd", _request(calls, dice), dice)
        case 5:
            return _sent("mutated", _mutated(_request(calls, dice), dice), dice)
        case 6:
            requests = b"".join(_request(calls, dice) for _ in range(dice.whole(2, 6)))
            return _sent("pipelined", _mutated(requests, dice) if dice.chance(0.3) else requests, dice)
    return _sent("flood", _flood(dice), dice)


def _sent(kind: str, data: bytes, dice: Dice) -> Attempt:
    """Return the way in which some bytes are sent: whole or in pieces, to the end or not."""
    if dice.chance(0.2):
        data = data[: dice.whole(1, max(1, len(data)))]
        kind = "half"
    pieces = [data]
    if dice.chance(0.2):
        cuts = sorted(dice.below(len(data) + 1) for _ in range(dice.whole(1, 12)))
        pieces = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    ending = dice.one_of((Ending.WAIT, Ending.HALF_CLOSE, Ending.HALF_CLOSE, Ending.HALF_CLOSE, Ending.RESET))
    return Attempt(kind, tuple(pieces), ending)


def _path(calls: Sequence[Call], dice: Dice) -> tuple[str, str]:
    """Return a method and a path, of the server's or nearly."""
    call = dice.one_of(calls)
    path = call.path
    while "<" in path:
        before, _, rest = path.partition("<")
        path = before + spelt(text(dice), dice) + rest.partition(">")[2]
    if dice.chance(0.1):
        path = dice.one_of(
            (f"{path}/", f"/{path}", f"{path}//", path.upper(), f"{path}/%2e%2e/", f"{path}%00", path[1:])
        )
    if dice.chance(0.03):
        path = dice.one_of(
            ("*", "http://localhost" + path, "ftp://x" + path, "localhost:1", "/" + "a" * 9_000, "//", "/%")
        )
    known = call.method if call.method != "WebSocket" else "GET"
    return (known if dice.chance(0.75) else dice.one_of(METHODS)), path


def _sound(calls: Sequence[Call], dice: Dice) -> bytes:
    """Return a request that is well-formed HTTP, whatever it means, and the connection's last."""
    method, path = _path(calls, dice)
    while not path.startswith("/") or len(path) > 3_000 or not method.isupper():
        method, path = _path(calls, dice)
    target = "".join(sign for sign in path + query(dice) if "!" <= sign <= "~")[:3_900]
    kind = dice.one_of(tuple(BODIES))
    body = b"" if method in {"GET", "HEAD"} else dice.one_of(BODIES[kind])
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Type: {kind}"]
    if dice.chance(0.3):
        return _head([*lines, "Transfer-Encoding: chunked"]) + _chunked(body, dice, sound=True)
    return _head([*lines, f"Content-Length: {len(body)}"]) + body


def _request(calls: Sequence[Call], dice: Dice) -> bytes:
    """Return a request with oddities."""
    method, path = _path(calls, dice)
    lines = [f"{method} {path}{query(dice)} {dice.one_of(VERSIONS)}"]
    lines += [f"Host: {dice.one_of(HOSTS)}" for _ in range(dice.one_of((1, 1, 1, 1, 0, 2)))]
    lines += dice.some_of(LINES, dice.below(4))
    kind = dice.one_of(tuple(BODIES))
    body = dice.one_of(BODIES[kind]) if dice.chance(0.5) else b""
    lines.append(f"Content-Type: {kind}")
    if dice.chance(0.3):
        lines.append(f"Transfer-Encoding: {dice.one_of(('chunked', 'chunked', dice.one_of(FRAMINGS)))}")
        body = _chunked(body, dice)
    if body and dice.chance(0.8):
        lines.append(f"Content-Length: {len(body) if dice.chance(0.8) else dice.one_of(LENGTHS)}")
    if dice.chance(0.5):
        lines.append("Connection: close")
    return _head(lines) + body


def _head(lines: Sequence[str]) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


def _chunked(body: bytes, dice: Dice, *, sound: bool = False) -> bytes:
    """Return a body in chunks, some of them as they should be."""
    chunks = []
    while body:
        size = min(dice.whole(1, 30_000), len(body))
        named = dice.one_of(CHUNK_SIZES) if not sound and dice.chance(0.1) else b"%x" % size
        chunks.append(named + b"\r\n" + body[:size] + b"\r\n")
        body = body[size:]
    trailer = (
        b""
        if sound or dice.chance(0.7)
        else dice.one_of((b"X: 1\r\n", b"Host: a\r\n", b"bad\r\n", b"X: 1\n"))
    )
    return b"".join(chunks) + b"0\r\n" + trailer + b"\r\n"


def _mutated(data: bytes, dice: Dice) -> bytes:
    """Return bytes with some of them changed, dropped, doubled or added."""
    changed = bytearray(data[:20_000])
    for _ in range(dice.whole(1, 8)):
        place = dice.below(len(changed) + 1)
        match dice.below(5):
            case 0:
                changed[place : place + 1] = bytes([dice.below(256)])
            case 1:
                del changed[place : place + dice.whole(1, 20)]
            case 2:
                changed[place:place] = changed[place : place + dice.whole(1, 40)]
            case 3:
                changed[place:place] = dice.one_of(BYTES)
            case _:
                changed[place:place] = dice.one_of((b"\r\n", b"\r\n\r\n", b" ", b"\t", b":", b"\r\n "))
    return bytes(changed)


def _flood(dice: Dice) -> bytes:
    """Return too much of something, or what is no HTTP at all."""
    start = b"GET /api/config HTTP/1.1\r\nHost: localhost\r\n"
    return dice.one_of(
        (
            start + b"X: y\r\n" * 5_000 + b"\r\n",
            start + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
            start + b"X: y\r\n y\r\n" * 50 + b"\r\n",
            b"GET /" + b"y" * 200_000,
            b"\r\n" * 2_000 + start + b"\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(dice.below(256) for _ in range(200)),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(30),
            b"GET /health\r\n",
            bytes(dice.below(256) for _ in range(dice.whole(1, 2_000))),
            start.replace(b"\r\n", b"\n") + b"\n",
            b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + start + b"\r\n",
        )
    )
