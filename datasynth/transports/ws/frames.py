"""WebSocket frames from the server, and the messages about a stream in them.

A server's frames (RFC 6455, section 5) are unmasked and depend on nothing that
was sent before, so they are plain functions of their content.  A message is one
JSON object, `type` first.  Entries are not here: they arrive as whole frames,
encoded once for every reader.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import orjson

from datasynth.service.streams.lifecycle import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasynth.service.streams.notices import Notice
    from datasynth.service.streams.status import StreamStatus

FIN = 0x80
SHORT = 125
"""The longest payload whose length fits the second byte, and the longest of a control frame. [bytes]"""

MEDIUM = 0xFFFF
LENGTH_IN_TWO_BYTES = 126
LENGTH_IN_EIGHT_BYTES = 127


class Opcode(IntEnum):
    """Kinds of frames from this server."""

    TEXT = 0x1
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class CloseCode(IntEnum):
    """Reasons why this server closes a connection."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    NO_STATUS = 1005
    INVALID_TEXT = 1007
    TOO_BIG = 1009
    INTERNAL_ERROR = 1011


SHUT_DOWN = (CloseCode.GOING_AWAY, "server shuts down")
"""Why connections end with the server."""


def frame(opcode: Opcode, payload: bytes) -> bytes:
    """Return one whole frame; the payload of a control frame has at most 125 bytes."""
    length = len(payload)
    if length <= SHORT:
        header = bytes((FIN | opcode, length))
    elif length <= MEDIUM:
        header = bytes((FIN | opcode, LENGTH_IN_TWO_BYTES)) + length.to_bytes(2, "big")
    else:
        header = bytes((FIN | opcode, LENGTH_IN_EIGHT_BYTES)) + length.to_bytes(8, "big")
    return header + payload


def text_frame(message: bytes) -> bytes:
    """Return a text message; `message` is UTF-8."""
    return frame(Opcode.TEXT, message)


def close_frame(code: int, reason: str = "") -> bytes:
    """Return the frame that ends a connection; `CloseCode.NO_STATUS` gives an empty one.

    The reason is for a person, and has at most 123 bytes in UTF-8.
    """
    if code == CloseCode.NO_STATUS:
        return frame(Opcode.CLOSE, b"")
    return frame(Opcode.CLOSE, code.to_bytes(2, "big") + reason.encode())


def encode(kind: str, stream_id: str | None, **fields: object) -> bytes:
    """Return the frame of one message of type `kind`, about a stream if it is about one."""
    return text_frame(orjson.dumps({"type": kind, "stream_id": stream_id, **fields}))


def encode_notice(stream_id: str, notice: Notice) -> bytes:
    """Return the frame of an event of the stream, in words and in figures."""
    return encode(notice.type, stream_id, message=notice.message, **notice.fields)


def encode_progress(status: StreamStatus) -> bytes:
    """Return the frame that tells how far the head has come."""
    return encode(
        "progress",
        status.stream_id,
        current=status.current,
        total=status.total,
        percent=status.percent,
        rate=round(status.rate, 1),
    )


def encode_complete(status: StreamStatus) -> bytes:
    """Return the frame that follows a stream's last entry."""
    return encode(
        "complete",
        status.stream_id,
        total_entries=status.end,
        duration_ms=status.duration_ms,
        status=State.STOPPED if status.state is State.STOPPED else State.COMPLETED,
    )


def encode_metrics(counters: Mapping[str, object]) -> bytes:
    """Return the frame of the server's counters at one moment."""
    return text_frame(orjson.dumps({"type": "metrics", **counters}))
