"""The numbered notices of a stream, which every subscriber receives."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LOG_LENGTH = 4_096
"""Notices that a stream remembers, enough for a thousand triggers and as many pauses."""


class NoticeType(StrEnum):
    """Type of a notice."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    TRIGGER = "trigger"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice: its number from 1, a sentence for a person, and details ready for JSON."""

    number: int
    type: NoticeType
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)


class NoticeLog:
    """The latest notices in order; the caller's lock guards it."""

    def __init__(self, length: int = LOG_LENGTH) -> None:
        self._log: deque[Notice] = deque(maxlen=length)
        self._last = 0

    @property
    def last(self) -> int:
        """Number of the newest notice, 0 before the first."""
        return self._last

    def add(self, kind: NoticeType, message: str, **fields: object) -> Notice:
        """Append a notice and number it."""
        self._last += 1
        notice = Notice(self._last, kind, message, fields)
        self._log.append(notice)
        return notice

    def since(self, after: int) -> list[Notice]:
        """List the remembered notices with numbers above `after`, oldest first."""
        wanted = min(self._last - after, len(self._log))
        return list(islice(self._log, len(self._log) - wanted, None)) if wanted > 0 else []
