"""Counts messages in a stream of bytes that arrives in arbitrary cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_HEADER = 10
"""Bytes of a frame's header without mask."""

_TEXT = 0x81


@kernel
def walk_frames(data: NDArray[np.uint8], start: int, end: int, found: NDArray[np.int64]) -> np.int64:
    """Walk from frame to frame.

    One turn of the loop is one frame.

    Parameters
    ----------
    data : (n,) uint8
    start, end
        The first frame begins at `start`; nothing has arrived from `end` on.
    found : (2,) int64
        Text frames and other frames; the ones that begin here with a whole header are added.

    Returns
    -------
    int64
        Where the next frame begins, or will.
    """
    at = np.int64(start)
    while at + 2 <= end:
        length = np.int64(data[at + 1])
        header = np.int64(2)
        if length == 126:
            header = np.int64(4)
        elif length == 127:
            header = np.int64(10)
        if at + header > end:
            break
        if header > 2:
            length = np.int64(0)
            for place in range(2, header):
                length = (length << np.int64(8)) | np.int64(data[at + place])
        found[0 if data[at] == _TEXT else 1] += 1
        at += header + length
    return at


@kernel
def count_line_ends(data: NDArray[np.uint8], before: int, end: int) -> int:
    """Count the places where an object and its line end together.

    One turn of the loop is one byte.  What HTTP puts between chunks has line
    ends too, but no brace before them.

    Parameters
    ----------
    data : (n,) uint8
    before
        The byte that came before `data`.
    end
        Bytes of `data` that count.
    """
    count = 0
    last = np.int64(before)
    for at in range(end):
        byte = np.int64(data[at])
        if byte == 10 and last == 125:
            count += 1
        last = byte
    return count


class FrameCounter:
    """Counts text frames of a WebSocket."""

    def __init__(self) -> None:
        self._found = np.zeros(2, dtype=np.int64)
        self._ahead = 0
        self._kept = b""

    @property
    def count(self) -> int:
        """Text frames so far, the one that is arriving included."""
        return int(self._found[0])

    def add(self, data: NDArray[np.uint8], end: int) -> None:
        """Take the next `end` bytes."""
        if self._kept:
            whole = np.concatenate([np.frombuffer(self._kept, dtype=np.uint8), data[:end]])
            self._kept = b""
            data, end = whole, len(whole)
        if self._ahead >= end:
            self._ahead -= end
            return
        at = int(walk_frames(data, self._ahead, end, self._found))
        # A header that has arrived in part is looked at again, with what follows it.
        self._kept = data[at:end].tobytes()
        self._ahead = max(0, at - end)


class LineCounter:
    """Counts objects that end a line."""

    def __init__(self) -> None:
        self.count = 0
        self._last = 0

    def add(self, data: NDArray[np.uint8], end: int) -> None:
        """Take the next `end` bytes."""
        self.count += int(count_line_ends(data, self._last, end))
        self._last = int(data[end - 1])
