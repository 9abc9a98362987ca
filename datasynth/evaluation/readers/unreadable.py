"""The one error of reading."""

from __future__ import annotations


class Unreadable(ValueError):
    """There is no data set to judge; the message is one line."""
