"""Where the bytes of an output go."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class Writable(Protocol):
    """A sink that is open."""

    def write(self, data: bytes | memoryview, /) -> object:
        """Take bytes, all of them, or raise."""


Sink = AbstractContextManager[Writable]
"""Entering it opens it, leaving it closes it: without an error all bytes are there and the
sink makes them good; with an error it leaves no half output behind, as far as it can."""
