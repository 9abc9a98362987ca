"""The longest message that a peer may send, held to at the header of the frame that would exceed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsproto.extensions import Extension
from wsproto.frame_protocol import CloseReason, RsvBits

if TYPE_CHECKING:
    from wsproto.frame_protocol import FrameDecoder, FrameProtocol, Opcode

NO_BITS = RsvBits(rsv1=False, rsv2=False, rsv3=False)


class MessageLimit(Extension):
    """What wsproto asks about each frame's header; it is never offered to a peer.

    Parameters
    ----------
    most
        Size of the longest message. [bytes]
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
        self, _proto: FrameDecoder | FrameProtocol, opcode: Opcode, _rsv: RsvBits, payload_length: int
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
