"""The query of ``/ws/events``: what it may say, and every way to get it wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from werkzeug.test import EnvironBuilder

from datasynth.errors import InvalidRequest
from datasynth.transports.events.query import (
    TYPES,
    EventQuery,
    after_event,
    parse_query,
    refuse_any_but_ticket,
)

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict


def _arguments(text: str) -> MultiDict[str, str]:
    return EnvironBuilder(query_string=text).get_request().args


def _problems(text: str) -> dict[str, object]:
    with pytest.raises(InvalidRequest) as caught:
        parse_query(_arguments(text))
    return dict(caught.value.details)


def test_nothing_asked() -> None:
    """Without a query everything comes, line by line, from the first entry of whatever stream."""
    expected = EventQuery(types=frozenset(TYPES), documents=False, stream_id=None, first=0, line=1)

    assert expected == parse_query(_arguments(""))


def test_everything_asked() -> None:
    """All keys together."""
    query = "types=progress,complete&view=line&stream_id=abc&from=17&line=3&ticket=t"
    expected = EventQuery(
        frozenset({"progress", "complete"}), documents=False, stream_id="abc", first=17, line=3
    )

    assert expected == parse_query(_arguments(query))


def test_document_view() -> None:
    """`view=document` asks for whole entries."""
    assert parse_query(_arguments("view=document")).documents


def test_latest() -> None:
    """`from=latest` leaves the place open until the stream is joined."""
    assert parse_query(_arguments("from=latest")).first is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("types=", "types"),
        ("types=progress,", "types"),
        ("types=Progress", "types"),
        ("types=progress&types=entry", "types"),
        ("view=documents", "view"),
        ("view=", "view"),
        ("stream_id=", "stream_id"),
        ("from=", "from"),
        ("from=-1", "from"),
        ("from=1.5", "from"),
        ("from=%2B1", "from"),
        ("from=1e3", "from"),
        ("from=%D9%A1", "from"),
        ("from=1_000", "from"),
        ("from=" + "9" * 40, "from"),
        ("from=last", "from"),
        ("line=2", "line"),
        ("from=latest&line=2", "line"),
        ("from=1&line=0", "line"),
        ("from=1&line=x", "line"),
        ("from=1&line=2&view=document", "line"),
        ("form=1", "form"),
        ("FROM=1", "FROM"),
    ],
)
def test_bad_queries(text: str, key: str) -> None:
    """What cannot be understood is refused, with the key that is to blame."""
    assert [key] == list(_problems(text))


def test_all_problems_at_once() -> None:
    """Three mistakes are told at once."""
    assert {"types", "view", "from"} == set(_problems("types=x&view=y&from=z"))


def test_a_ticket_alone() -> None:
    """The counters' address takes a ticket and nothing else."""
    refuse_any_but_ticket(_arguments("ticket=abc"))

    with pytest.raises(InvalidRequest):
        refuse_any_but_ticket(_arguments("types=progress"))


def test_an_unknown_key_is_told_what_there_is() -> None:
    """The sentence is that of all unknown keys: what was meant, and what there is."""
    known = "Known keys: types, view, stream_id, from, line, ticket."

    assert {"type": [f"Unknown key. Did you mean types? {known}"]} == _problems("type=entry")


@pytest.mark.parametrize(
    ("text", "event_id", "first", "line"),
    [
        ("", "17:3", 17, 4),
        ("from=5&line=2", "17:3", 17, 4),
        ("from=latest", "0:1", 0, 2),
        ("view=document", "17", 18, 1),
        ("view=document", "17:3", 17, 1),
        ("", "17", 18, 1),
    ],
)
def test_going_on_after_an_event(text: str, event_id: str, first: int, line: int) -> None:
    """What follows begins with the line, or the entry, after the one that arrived."""
    query = after_event(parse_query(_arguments(text)), event_id)

    assert query is not None
    assert (first, line) == (query.first, query.line)


def test_after_the_last_event_nothing_follows() -> None:
    """A client that has it has everything."""
    assert after_event(EventQuery(), "end") is None


@pytest.mark.parametrize(
    "event_id", ["x", "-1", "1:", ":1", "1:2:3", "1.0", " 1", "1\n", "END", "٣", "9" * 40]
)
def test_unknown_events(event_id: str) -> None:
    """What the server never sent as an id is refused."""
    with pytest.raises(InvalidRequest) as caught:
        after_event(EventQuery(), event_id)

    assert ["Last-Event-ID"] == list(caught.value.details)


@pytest.mark.parametrize(
    ("query", "ends"),
    [(EventQuery(), False), (EventQuery(stream_id="a"), True), (EventQuery(stays=False), True)],
)
def test_when_a_subscriber_is_done(query: EventQuery, *, ends: bool) -> None:
    """It is done with the first stream if it has named one, or does not stay."""
    assert ends == query.ends
