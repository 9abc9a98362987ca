"""Hostile WebSocket clients: odd handshakes, and frames that no client should send."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from wsproto.frame_protocol import FrameProtocol, Opcode, ParseFailed
from wsproto.utilities import generate_accept_token

from bench.fuzz.dice import Dice
from bench.wire.answers import Malformed, read_answers
from bench.wire.frames import random_talk
from bench.wire.playing import Attempt, Ending, play
from bench.wire.series import SERIES, Tried, run_series
from bench.wire.values import query

if TYPE_CHECKING:
    from bench.wire.answers import Answer
    from bench.wire.frames import Talk
    from bench.wire.playing import Received
    from bench.wire.report import Report

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
UPGRADED = 101
BROKEN = 1011
"""The close code of a server that made a mistake."""

PROTOCOLS = ("", "x", "a, b", "graphql-ws,, json", " ,", "a b", '"q"', "\u00e9, ok", "x" * 2_000)
EXTENSIONS = (
    *(
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_max_window_bits=99",
    ),
    *(
        'permessage-deflate; x="1, 2"',
        ";;,=",
        "permessage-bzip2, x-webkit-deflate-frame",
        "permessage-deflate;" * 200,
    ),
)
ODD = {
    "Upgrade": ("h2c", "websocket/13", "", "h2c, websocket", "WebSocket"),
    "Connection": ("keep-alive", "close", "", "keep-alive, Upgrade", "upgrade,close"),
    "Sec-WebSocket-Version": ("8", "", "13, 8", "013", "\u00b2"),
    "Sec-WebSocket-Key": ("", "short", "A" * 22 + "=", "A" * 4_000, "\u00e9" * 8, "===="),
}


@dataclass(slots=True)
class Heard:
    """What a server has said after the handshake: messages, pongs, and how it closed."""

    messages: list[str] = field(default_factory=list)
    code: int | None = None
    faults: list[str] = field(default_factory=list)


def run(seconds: float, seed: int, port: int, most: int = SERIES) -> Report:
    """Open WebSockets and misbehave on them until the time is over.

    Parameters
    ----------
    seconds
        When to begin none any more. [s]
    seed
        Which ones.
    port
        Where the server listens on loopback.
    most
        How many at most.
    """
    return run_series("websocket", partial(_try, port), seconds, seed, most)


def attempt_of(number: int) -> tuple[Attempt, Talk]:
    """Return the attempt of a number, and what it says after the handshake.

    Parameters
    ----------
    number
        Which one; equal numbers give equal attempts.
    """
    dice = Dice(number)
    odd = dice.chance(0.3)
    path = dice.one_of(
        ("/ws/events", "/ws/metrics", "/ws/events/", "/ws/events?types=progress", "/ws/events?from=latest")
    )
    opening = _handshake(path + (query(dice) if odd else ""), dice, odd=odd)
    talk = random_talk(dice)
    pieces: tuple[bytes, ...] = (talk.data,)
    if dice.chance(0.2):
        starts = range(0, min(len(talk.data), 210), 7)
        pieces = (*(talk.data[start : start + 7] for start in starts), talk.data[210:])
    if dice.chance(0.05):
        return Attempt("early", (opening + talk.data,), Ending.HALF_CLOSE), talk
    certain = not odd and talk.code is not None
    ending = Ending.WAIT if certain else dice.one_of((Ending.HALF_CLOSE, Ending.RESET))
    return Attempt("handshake" if odd else talk.kind, pieces, ending, certain, opening), talk


def _try(port: int, number: int) -> Tried:
    attempt, talk = attempt_of(number)
    try:
        received = play(attempt, port)
        answers, frames = read_answers(received.data, ended=received.ended and not received.reset)
    except Malformed as error:
        return Tried(attempt.kind, ["malformed"], [f"is answered by what is not HTTP: {error}"])
    except OSError as error:
        return Tried(attempt.kind, ["nobody"], [f"found nobody: {error}"])
    if not answers:
        return Tried(attempt.kind, ["silence"], ["is not answered"] if attempt.certain else [])
    if answers[0].status != UPGRADED:
        found = answers[0].faults() + ["is refused"] * attempt.certain
        return Tried(attempt.kind, [str(answers[0].status)], found)
    heard = hear(frames)
    found = [*_upgrade_faults(answers[0], attempt), *heard.faults]
    found += ["closes with 1011"] * (heard.code == BROKEN and talk.kind in {"breach", "left"})
    if attempt.certain:
        found += _end_faults(talk, heard, received)
    return Tried(attempt.kind, [f"close {heard.code}" if heard.code else "no close"], found)


def hear(data: bytes) -> Heard:
    """Read a server's frames.

    Parameters
    ----------
    data
        All that has come, the last frame perhaps in part.
    """
    heard = Heard()
    reader = FrameProtocol(client=True, extensions=[])
    reader.receive_bytes(data)
    text = ""
    try:
        for frame in reader.received_frames():
            if isinstance(frame.payload, tuple):
                heard.code = int(frame.payload[0])
            elif frame.opcode is Opcode.TEXT:
                text += str(frame.payload)
                if frame.message_finished:
                    heard.messages.append(text)
                    text = ""
    except ParseFailed as error:
        heard.faults.append(f"sends what is no frame: {error}")
    heard.faults += [f"says {message[:80]}" for message in heard.messages if not _is_message(message)]
    return heard


def _is_message(text: str) -> bool:
    try:
        return "type" in json.loads(text)
    except ValueError:
        return False


def _upgrade_faults(answer: Answer, attempt: Attempt) -> list[str]:
    found = []
    if (
        attempt.kind != "handshake"
        and answer.headers.get("sec-websocket-accept") != generate_accept_token(KEY.encode()).decode()
    ):
        found.append("accepts another key")
    if "sec-websocket-extensions" in answer.headers:
        found.append("agrees to an extension")
    chosen = answer.headers.get("sec-websocket-protocol")
    if chosen is not None and chosen.encode() not in attempt.opening:
        found.append("chooses a subprotocol that was not offered")
    return found


def _end_faults(talk: Talk, heard: Heard, received: Received) -> list[str]:
    found = []
    if heard.code != talk.code and not received.reset and not received.full:
        found.append(f"is closed with {heard.code} and not {talk.code}")
    if not received.ended and not received.full:
        found.append("is left open")
    return found


def _handshake(target: str, dice: Dice, *, odd: bool) -> bytes:
    target = "".join(sign for sign in target if "!" <= sign <= "~")[:3_000]
    headers = {
        "Host": "localhost",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": KEY,
    }
    if dice.chance(0.4):
        headers["Sec-WebSocket-Protocol"] = dice.one_of(PROTOCOLS)
    if dice.chance(0.4):
        headers["Sec-WebSocket-Extensions"] = dice.one_of(EXTENSIONS)
    if odd and dice.chance(0.8):
        name = dice.one_of(tuple(ODD))
        headers[name] = dice.one_of(ODD[name])
    method, version = "GET", "HTTP/1.1"
    if odd:
        method, version = (
            dice.one_of(("GET", "GET", "POST", "HEAD")),
            dice.one_of(("HTTP/1.1", "HTTP/1.1", "HTTP/1.0")),
        )
    lines = [f"{method} {target} {version}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode()
