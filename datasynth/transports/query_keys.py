"""The keys of a query, over REST and WebSocket alike: each is known, and comes once."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from datasynth.config import unknown_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import MultiDict

VIEWS = ("line", "document")
"""How entries can be seen: a line each, or a whole entry each."""

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Problems = dict[str, list[str]]
"""Sentences about what is wrong, by key."""


def key_problems(query: MultiDict[str, str], known: Sequence[str]) -> Problems:
    """Return what is wrong with the keys of a query, whatever their values are."""
    problems: Problems = {}
    for key, values in query.lists():
        if key not in known:
            problems[key] = [unknown_key(key, known)]
        elif len(values) > 1:
            problems[key] = ["This key was given more than once."]
    return problems


def read_date(text: str) -> date:
    """Read a date such as 2024-03-31.

    Raises
    ------
    ValueError
        With a sentence for the client.
    """
    if not DATE.fullmatch(text):
        raise ValueError("Must be a date such as 2024-03-31.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("This date does not exist.") from None
