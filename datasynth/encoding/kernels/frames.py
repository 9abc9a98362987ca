"""WebSocket frame headers, as a server sends them: unmasked, one frame a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.encoding.kernels.text import ONE, TWO, move_up
from datasynth.kernel import inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray

# RFC 6455, section 5.2: a final text frame, and what stands for a length of 16 or of 64 bits.
FINAL_TEXT = 0x81
LENGTH_16 = 126
LENGTH_64 = 127

RESERVED = np.uint64(4)
"""Bytes left free before a payload of yet unknown length; right for all but very long ones."""

LARGEST_HEADER = 10
"""Bytes of a header with a length of 64 bits."""


@inlined
def close_frame(out: NDArray[np.uint8], start: np.uint64, end: np.uint64) -> np.uint64:
    """Write the header of the frame at `start`, whose payload lies from `RESERVED` behind that to `end`.

    The payload moves if it is too long for that.  The keys of an event alone
    take more than the 125 bytes that the shortest header is for.
    """
    payload = start + RESERVED
    size = np.int64(end - payload)
    out[start] = FINAL_TEXT
    length_bytes = 2
    if size > 65535:
        length_bytes = 8
        end = move_up(out, start + np.uint64(LARGEST_HEADER), payload, end)
    out[start + ONE] = LENGTH_16 if length_bytes == 2 else LENGTH_64
    for byte in range(length_bytes):
        out[start + TWO + np.uint64(byte)] = (size >> (8 * (length_bytes - 1 - byte))) & 255
    return end
