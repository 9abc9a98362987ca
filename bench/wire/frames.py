"""Frames of WebSocket clients, sound and not, and how a server has to take them (RFC 6455)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from bench.wire.values import BYTES

if TYPE_CHECKING:
    from bench.fuzz.dice import Dice

SHORT, MEDIUM, LONG = 125, 126, 127
LIMIT = 65_536
"""The longest message that the server takes. [bytes]"""

PROTOCOL_ERROR, INVALID_TEXT, TOO_BIG = 1002, 1007, 1009


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


RESERVED = (0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF)
GOOD_CODES = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
BAD_CODES = (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535)


@dataclass(frozen=True, slots=True)
class Talk:
    """What a client says, and the code of the close frame that has to follow; None where any may.

    Attributes
    ----------
    kind
        A word for it.
    data
        Its bytes.
    code
        As above.
    """

    kind: str
    data: bytes
    code: int | None


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    mask: bytes | None = b"\x01\x02\x03\x04",
) -> bytes:
    """Return a frame of a client.

    Parameters
    ----------
    opcode, payload, fin, rsv
        As the frame has them, allowed or not.
    mask
        Four bytes; None leaves the payload as it is, which clients must not do.
    """
    return header(opcode, len(payload), fin=fin, rsv=rsv, mask=mask) + masked(payload, mask)


def header(
    opcode: int,
    length: int,
    *,
    fin: bool = True,
    rsv: int = 0,
    mask: bytes | None = b"\x01\x02\x03\x04",
    width: int | None = None,
) -> bytes:
    """Return the header of a frame, whether or not its payload follows.

    Parameters
    ----------
    opcode, length, fin, rsv, mask
        As in `frame`.
    width
        How the length is written: in 1, 2 or 8 bytes; None for the shortest way.
    """
    first = fin << 7 | rsv << 4 | opcode
    bit = 0x80 if mask is not None else 0
    if width is None:
        width = 1 if length <= SHORT else 2 if length < 1 << 16 else 8
    if width == 1:
        head = bytes((first, bit | length))
    else:
        head = bytes((first, bit | (MEDIUM if width == 2 else LONG))) + length.to_bytes(width, "big")
    return head + (mask or b"")


def masked(payload: bytes, mask: bytes | None) -> bytes:
    """Return a payload as it goes over the wire."""
    if mask is None:
        return payload
    size = len(payload)
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")


def close(code: int | None, reason: bytes = b"") -> bytes:
    """Return a close frame."""
    return frame(Opcode.CLOSE, b"" if code is None else code.to_bytes(2, "big") + reason)


def random_talk(dice: Dice) -> Talk:
    """Return harmless frames, and then an end with a known answer, or a mutation of it all.

    Parameters
    ----------
    dice
        Where choices come from.
    """
    sound = b"".join(_harmless(dice) for _ in range(dice.below(5)))
    junk = dice.one_of((b"", b"", b"\xff" * 40, frame(Opcode.TEXT, b"late"), bytes(3)))
    match dice.below(5):
        case 0:
            code = dice.one_of(GOOD_CODES)
            return Talk("closed", sound + close(code, dice.one_of((b"", b"bye", b"x" * 123))) + junk, code)
        case 1 | 2:
            breach, code = _breach(dice)
            return Talk("breach", sound + breach + junk, code)
        case 3:
            return Talk("mutated", _mutated(sound + _breach(dice)[0], dice), None)
    return Talk("left", sound + _harmless(dice)[: dice.whole(1, 30)], None)


def _harmless(dice: Dice) -> bytes:
    mask = bytes(dice.below(256) for _ in range(4))
    text = "é€😀 plain".encode() * dice.below(40)
    match dice.below(6):
        case 0:
            return frame(Opcode.PING, bytes(dice.below(126)), mask=mask)
        case 1:
            return frame(Opcode.PONG, b"unasked", mask=mask)
        case 2:
            return frame(Opcode.BINARY, bytes(dice.one_of((0, 1, 125, 126, 127, 65_535, LIMIT))), mask=mask)
        case 3:
            cut = dice.below(len(text) + 1)
            parts = [frame(Opcode.TEXT, text[:cut], fin=False, mask=mask)]
            parts += [frame(Opcode.PING, b"between")] * dice.below(3)
            return b"".join([*parts, frame(Opcode.CONTINUATION, text[cut:], mask=mask)])
    return frame(Opcode.TEXT, text, mask=mask)


def _breach(dice: Dice) -> tuple[bytes, int]:
    """Return frames that a server has to refuse, and the code that it says so with."""
    control = dice.one_of((Opcode.CLOSE, Opcode.PING, Opcode.PONG))
    long = dice.one_of((LIMIT + 1, 1 << 20, 1 << 32, 1 << 40, (1 << 63) - 1))
    return dice.one_of(
        (
            (frame(dice.one_of(RESERVED)), PROTOCOL_ERROR),
            (frame(Opcode.TEXT, b"a", rsv=dice.whole(1, 7)), PROTOCOL_ERROR),
            (frame(Opcode.PING, rsv=dice.whole(1, 7)), PROTOCOL_ERROR),
            (frame(Opcode.TEXT, b"a", mask=None), PROTOCOL_ERROR),
            (frame(control, b"x" * 126), PROTOCOL_ERROR),
            (frame(control, b"", fin=False), PROTOCOL_ERROR),
            (frame(Opcode.CONTINUATION, b"a"), PROTOCOL_ERROR),
            (frame(Opcode.TEXT, b"a", fin=False) + frame(Opcode.TEXT, b"b"), PROTOCOL_ERROR),
            (header(Opcode.TEXT, dice.one_of((0, 125)), width=2), PROTOCOL_ERROR),
            (header(Opcode.BINARY, dice.one_of((5, 65_535)), width=8), PROTOCOL_ERROR),
            (header(Opcode.BINARY, 1 << 63, width=8), PROTOCOL_ERROR),
            (header(Opcode.BINARY, long), TOO_BIG),
            (header(Opcode.TEXT, long)[:-4], TOO_BIG),
            (frame(Opcode.BINARY, bytes(LIMIT), fin=False) + header(Opcode.CONTINUATION, 1), TOO_BIG),
            (frame(Opcode.TEXT, dice.one_of(BYTES[1:4] + BYTES[8:])), INVALID_TEXT),
            (frame(Opcode.TEXT, b"\xc3"), INVALID_TEXT),
            (frame(Opcode.TEXT, b"\xe2\x82", fin=False) + frame(Opcode.CONTINUATION, b"x"), INVALID_TEXT),
            (frame(Opcode.CLOSE, b"\x03"), PROTOCOL_ERROR),
            (close(dice.one_of(BAD_CODES)), PROTOCOL_ERROR),
            (close(1000, b"\xff"), INVALID_TEXT),
        )
    )


def _mutated(data: bytes, dice: Dice) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.whole(1, 6)):
        place = dice.below(len(changed) + 1)
        if dice.chance(0.5):
            changed[place : place + 1] = bytes([dice.below(256)])
        elif dice.chance(0.5):
            del changed[place : place + dice.whole(1, 9)]
        else:
            changed[place:place] = bytes(dice.below(256) for _ in range(dice.whole(1, 9)))
    return bytes(changed)
