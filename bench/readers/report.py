"""What a reader has to say at its end."""

from __future__ import annotations

from typing import NamedTuple


class Report(NamedTuple):
    """What arrived in which time.

    Attributes
    ----------
    messages
        Whole messages, or lines.
    bytes
        Bytes on the wire, as far as the reader sees them.
    seconds
        For how long it was counted. [s]
    """

    messages: int
    bytes: int
    seconds: float
