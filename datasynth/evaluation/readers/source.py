"""Where a data set is read from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

    from datasynth.config.model import Config

PART_BYTES = 32 << 20
"""About what is read at a time."""


AMOUNT_DECIMALS = 4
"""Of amounts as they are read, whatever the currency."""


class Unreadable(ValueError):
    """There is no data set to judge; the message is one line."""


class DataSource(Protocol):
    """A folder or a server; every method raises `Unreadable`."""

    def config(self) -> Config:
        """Return the configuration that is kept beside the data."""

    def entries(self) -> Iterator[bytes | pa.Table]:
        """Yield whole entries, as `documents.parse` takes them."""

    def table(self, name: str) -> pa.Table:
        """Return accounts, parties or users."""

    def balances(self, entries: int) -> pa.Table:
        """Return the balances after so many entries."""

    def open_items(self, entries: int) -> pa.Table:
        """Return the open items after so many entries."""


def whole_lines(read: Callable[[int], bytes], size: int = PART_BYTES) -> Iterator[bytes]:
    """Yield parts that end with a line, the last line with or without its line feed.

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
