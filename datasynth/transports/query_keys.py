"""The keys of a query, over REST and WebSocket alike: each is known, and comes once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.config import unknown_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import MultiDict

VIEWS = ("line", "document")
"""How entries can be seen: a line each, or a whole entry each."""

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
