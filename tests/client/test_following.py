"""Events of a stream, wherever the connections break."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.client.errors import StreamFailedError, UnexpectedAnswerError
from datasynth.client.following import Following
from tests.client.records import lines

if TYPE_CHECKING:
    from datasynth.client.filters import View
    from datasynth.client.record_reader import Record

ENTRIES = 9
STREAM = "abc"
STARTED = {"type": "started", "stream_id": STREAM, "message": "The stream has started.", "total": ENTRIES}
COMPLETE = {"type": "complete", "stream_id": STREAM, "total_entries": ENTRIES, "status": "completed"}


def entry(sequence: int, line: int | None) -> Record:
    """A message of an entry."""
    place = {"sequence": sequence} | ({} if line is None else {"line": line})
    return {"type": "entry", "stream_id": STREAM, **place, "data": {"account": "1000"}}


def trigger(number: int) -> Record:
    """A message of a trigger; two of them may look alike."""
    return {"type": "trigger", "stream_id": STREAM, "pattern": "month_end", "at_sequence": number // 2 * 4}


def conversation(view: View) -> list[Record]:
    """All that a stream says to somebody who is there from its beginning."""
    messages: list[Record] = [STARTED]
    if view == "document":
        messages += [entry(sequence, None) for sequence in range(ENTRIES)]
    else:
        messages += [entry(record["sequence"], record["line"]) for record in lines(ENTRIES)]
    for number, place in enumerate((4, 8, 8)):
        messages.insert(place, trigger(number))
    stopped = {"type": "stopped", "stream_id": STREAM, "message": "The stream was stopped."}
    return [*messages, stopped, COMPLETE]


def served(messages: list[Record], position: int, query: dict[str, str]) -> list[Record]:
    """What a server tells who joins when it has said so much: what holds, then entries from a place on."""
    place = (int(query.get("from", 0)), int(query.get("line", 1)))
    types = query.get("types", "").split(",") if "types" in query else None
    told = [one for one in messages[:position] if one["type"] in {"started", "trigger", "stopped"}]
    rest = [one for one in messages if one["type"] == "entry" and _place(one) >= place]
    later = [one for one in messages[position:] if one["type"] != "entry"]
    return [one for one in [*told, *rest, *later] if types is None or one["type"] in types]


def _place(message: Record) -> tuple[int, int]:
    return message["sequence"], message.get("line", 1)


def follow(following: Following, messages: list[Record], cuts: list[int]) -> list[Record]:
    """Collect the events; connection `i` breaks after `cuts[i]` messages, the last one holds."""
    found: list[Record] = []
    position = 0
    for cut in [*cuts, None]:
        for message in served(messages, position, following.query())[:cut]:
            event = following.accept(json.dumps(message))
            found += [] if event is None else [event]
            position = max(position, messages.index(message) + 1)
            if following.ended():
                return found
        following.broken()
    return found


@pytest.mark.parametrize("view", ["line", "document"])
@given(st.lists(st.integers(0, 30), max_size=6))
def test_nothing_is_lost_and_nothing_comes_twice(view: View, cuts: list[int]) -> None:
    """Every entry and every notice comes once, entries in their order, `complete` last."""
    messages = conversation(view)

    found = follow(Following(STREAM, view=view), messages, cuts)

    entries = [one for one in found if one["type"] == "entry"]
    assert [one for one in messages if one["type"] == "entry"] == entries
    assert sorted(map(str, messages)) == sorted(map(str, found))
    assert COMPLETE == found[-1]


@given(st.lists(st.integers(0, 30), max_size=6))
def test_types_are_those_that_were_asked_for(cuts: list[int]) -> None:
    """The end is recognised without being shown."""
    following = Following(STREAM, types=["entry"])

    found = follow(following, conversation("line"), cuts)

    assert {"entry"} == {one["type"] for one in found}
    assert len(lines(ENTRIES)) == len(found)
    assert "entry,error,complete" == following.query()["types"]


def test_the_stream_that_was_found_is_kept() -> None:
    """Who waits for the next stream goes on with the one that came."""
    following = Following()
    assert {"view": "line"} == following.query()

    following.accept(json.dumps({"type": "warning", "stream_id": None, "message": "Memory is low."}))
    assert {"view": "line"} == following.query()
    following.accept(json.dumps(STARTED))
    assert {"view": "line", "stream_id": STREAM} == following.query()
    following.accept(json.dumps(entry(4, 2)))
    assert {"view": "line", "stream_id": STREAM, "from": "4", "line": "3"} == following.query()


@pytest.mark.parametrize(("first", "expected"), [(7, "7"), ("latest", "latest")])
def test_the_first_place(first: int, expected: str) -> None:
    """Reading begins where it was told to."""
    assert expected == Following(first=first).query()["from"]


def test_a_failed_stream() -> None:
    """The event comes, then the error."""
    following = Following(STREAM)
    event = {"type": "error", "stream_id": STREAM, "message": "Memory limit exceeded"}

    assert event == following.accept(json.dumps(event))
    with pytest.raises(StreamFailedError, match="Memory limit exceeded"):
        following.ended()


def test_progress_is_something_new_only_if_the_head_moved() -> None:
    """A server that repeats itself and breaks off does not count as one that goes on."""
    following = Following(STREAM)
    message = {"type": "progress", "stream_id": STREAM, "current": 5, "total": 9}
    advanced = []
    for current in (5, 5, 6, 4):
        assert following.accept(json.dumps({**message, "current": current})) is not None
        advanced.append(following.advanced)

    assert [True, False, True, False] == advanced


def test_a_pause_is_told_once_and_a_second_one_again() -> None:
    """What a new connection repeats is left out; what happens again is not."""
    following = Following(STREAM)
    paused = {"type": "paused", "stream_id": STREAM, "message": "Paused.", "paused_by": ["user"]}
    resumed = {"type": "resumed", "stream_id": STREAM, "message": "Resumed.", "current": 3}
    said = [paused, paused, resumed, paused]

    assert [paused, None, resumed, paused] == [following.accept(json.dumps(one)) for one in said]


@pytest.mark.parametrize("text", ["no JSON", "{}", "[1]", '{"type": "entry"}', '{"type": "progress"}'])
def test_other_messages_are_an_error(text: str) -> None:
    """Another server's messages are not taken for events."""
    with pytest.raises(UnexpectedAnswerError):
        Following().accept(text)
