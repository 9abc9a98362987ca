"""The clocks of the server, which tests replace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], float]
"""A monotonic clock. [s]"""

WallClock = Callable[[], datetime]
"""The present moment, with its time zone."""


def timestamp(moment: datetime | None) -> str | None:
    """Print a moment as ISO 8601 in milliseconds; None stays None."""
    return None if moment is None else moment.isoformat(timespec="milliseconds")
