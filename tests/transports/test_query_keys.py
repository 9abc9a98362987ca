"""The keys of a query."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from datasynth.transports.query_keys import key_problems


def test_unknown_and_repeated_keys_are_told() -> None:
    """Each faulty key has one sentence; what their values are does not matter."""
    query = MultiDict([("from", "x"), ("count", "1"), ("count", "2"), ("form", "0")])

    assert {
        "count": ["This key was given more than once."],
        "form": ["Unknown key. Did you mean from? Known keys: from, count."],
    } == key_problems(query, ("from", "count"))


def test_known_keys_are_no_problem() -> None:
    """An empty query is fine, too."""
    assert {} == key_problems(MultiDict([("from", "")]), ("from",)) == key_problems(MultiDict(), ())
