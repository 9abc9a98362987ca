"""A stream of bytes, cut where lines end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PIECE_BYTES = 32 << 20
"""About what is read at a time."""


def whole_lines(read: Callable[[int], bytes], size: int = PIECE_BYTES) -> Iterator[bytes]:
    """Yield pieces that end with a line, the last line with or without its line feed.

    Parameters
    ----------
    read
        Gives up to so many bytes, none at the end.
    size
        Bytes to ask for at a time.
    """
    begun: list[bytes] = []
    while data := read(size):
        end = data.rfind(b"\n") + 1
        if end:
            yield b"".join([*begun, data[:end]])
            begun = []
        begun.append(data[end:])
    rest = b"".join(begun)
    if rest.strip():
        yield rest
