"""What readers of downloads have in common, whatever the format."""

from __future__ import annotations

from typing import Protocol, TypeVar

Piece = TypeVar("Piece")
"""What a reader reads: a record, or a batch of them."""


class DownloadReader(Protocol[Piece]):
    """Reads a download over as many connections as it takes."""

    def query(self) -> dict[str, str]:
        """Return the query of the next request."""

    def feed(self, data: bytes) -> list[Piece]:
        """Return what is whole with these bytes."""

    def ended(self) -> None:
        """Judge the end of an answer that seems whole."""

    def broken(self) -> None:
        """Prepare for another connection."""
