"""WebSocket frames from the server.

A server's frames (RFC 6455, section 5) are unmasked and depend on nothing that
was sent before, so they are plain functions of their content.  Entries are not
here: they arrive as whole frames, encoded once for every reader.
"""

from __future__ import annotations

from enum import IntEnum

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
