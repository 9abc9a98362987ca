"""What a subscriber needs of the connection to its peer."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from datasynth.encoding import Format


class Ending(StrEnum):
    """Why the server ends a subscriber's connection."""

    OVER = "over"
    FAILED = "failed"
    SHUT_DOWN = "shut down"


SERVER_ENDS = (Ending.SHUT_DOWN, "server shuts down")
"""Why connections end with the server."""


class EventWriter(Protocol):
    """Writes messages to one peer; every method but `keep_alive` waits until the peer takes them.

    Attributes
    ----------
    lines, documents
        Format of the entries in each view.
    """

    lines: ClassVar[Format]
    documents: ClassVar[Format]

    def entries(self, data: bytes | memoryview) -> None:
        """Write entries, which are encoded already."""

    def message(self, kind: str, content: bytes) -> None:
        """Write one message; `content` is its JSON object."""

    def keep_alive(self) -> float:
        """Write what keeps the connection open, if it is due; return the seconds until the next call."""
