"""Requests from the grammar."""

from __future__ import annotations

import h11

from bench.wire.requests import Call, attempt_of

CALLS = [
    Call("GET", "/api/streams/<stream_id>"),
    Call("POST", "/api/config"),
    Call("WebSocket", "/ws/events"),
]


def test_sound_requests_are_sound() -> None:
    """A strict reader takes each of them as one request, to its end."""
    sound = [one for one in (attempt_of(number, CALLS) for number in range(2_000)) if one.kind == "sound"]
    for one in sound:
        reader = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
        reader.receive_data(b"".join(one.pieces))
        events = [reader.next_event()]
        while not isinstance(events[-1], h11.EndOfMessage):
            events.append(reader.next_event())

        assert isinstance(events[0], h11.Request)
        assert b"" == reader.trailing_data[0]
    assert len(sound) > 500


def test_equal_numbers_are_equal_attempts() -> None:
    """A fault that was found once can be found again, and other numbers are others."""
    some = [attempt_of(number, CALLS) for number in range(50)]

    assert some == [attempt_of(number, CALLS) for number in range(50)]
    assert 45 < len({one.pieces for one in some})
