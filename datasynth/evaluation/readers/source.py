"""Where a data set is read from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from datasynth.config.model import Config


class Source(Protocol):
    """A folder or a server; every method raises `Unreadable` with one line."""

    def config(self) -> Config:
        """Return the configuration that is kept beside the data."""

    def pieces(self) -> Iterator[bytes]:
        """Yield the documents, cut where lines end."""

    def table(self, name: str) -> pa.Table:
        """Return accounts, parties or users."""

    def balances(self, entries: int) -> pa.Table:
        """Return the balances after so many entries."""

    def open_items(self, entries: int) -> pa.Table:
        """Return the open items after so many entries."""
