"""The query of ``/ws/events``: what it may say, and every way to get it wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from werkzeug.test import EnvironBuilder

from datasynth.errors import InvalidRequest
from datasynth.transports.ws.query import TYPES, EventQuery, parse_query, refuse_any_but_ticket

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
    known = "Known here: types, view, stream_id, from, line, ticket."

    assert {"type": [f"Unknown key. Did you mean types? {known}"]} == _problems("type=entry")
