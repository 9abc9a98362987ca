"""How long a request may take to arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.transports.arrival import LARGEST_BODY, Allowance, Arrival
from tests.fakes import FakeClock


def trickle(arrival: Arrival, clock: FakeClock, size: int, every: float, total: int) -> float | None:
    """Send `size` bytes every `every` seconds; the second at which the time is up, or None if it is not."""
    began = clock.now
    for _ in range(0, total, size):
        if arrival.left() < every:
            return clock.now + arrival.left() - began
        clock.advance(every)
        arrival.came(size)
    return None


def with_headers(announced: int | None, after: float = 0.0) -> tuple[Arrival, FakeClock]:
    """A request whose headers have come `after` so many seconds."""
    clock = FakeClock()
    arrival = Arrival(Allowance(), clock)
    arrival.expect()
    arrival.came(20)
    clock.advance(after)
    arrival.expect_body(announced)
    return arrival, clock


def test_the_first_request_is_awaited_from_the_connection_on() -> None:
    """A handshake is within its time, and half of its headers buy no more."""
    clock = FakeClock()
    arrival = Arrival(Allowance(), clock)
    clock.advance(12.0)
    arrival.expect()
    assert arrival.idle
    clock.advance(8.0)
    arrival.came(5)

    assert not arrival.idle
    assert arrival.left() == 10.0


def test_headers_buy_no_time() -> None:
    """A byte a second does not keep headers alive."""
    clock = FakeClock()
    arrival = Arrival(Allowance(), clock)
    arrival.expect()

    assert trickle(arrival, clock, size=1, every=1.0, total=1_000) == 30.0


def test_headers_after_a_body_buy_no_time_either() -> None:
    """What a body might have bought is not left to the next request."""
    arrival, clock = with_headers(LARGEST_BODY)
    arrival.came(9)
    arrival.expect()
    arrival.came(1)

    assert trickle(arrival, clock, size=100, every=1.0, total=10_000) == 30.0


def test_a_kept_connection_is_idle_until_its_next_request_begins() -> None:
    """It may be silent for 65 s; with the first byte the time of a request begins."""
    arrival, clock = with_headers(0)
    clock.advance(5.0)
    arrival.expect()
    assert (True, 65.0) == (arrival.idle, arrival.left())
    clock.advance(64.0)
    arrival.came(1)

    assert (False, 30.0) == (arrival.idle, arrival.left())


def test_a_request_that_came_with_the_one_before_has_begun() -> None:
    """Half a pipelined request is not an idle connection."""
    arrival, clock = with_headers(0)
    clock.advance(100.0)
    arrival.expect(begun=True)

    assert (False, 30.0) == (arrival.idle, arrival.left())


@pytest.mark.parametrize("announced", [9, None], ids=["announced", "chunked"])
def test_a_body_that_does_not_come_is_awaited_as_long_as_the_headers(announced: int | None) -> None:
    """One clock runs for both."""
    arrival, clock = with_headers(announced, after=10.0)

    assert arrival.left() == 20.0
    clock.advance(25.0)
    assert arrival.left() == 0.0


@pytest.mark.parametrize("announced", [LARGEST_BODY, None], ids=["announced", "chunked"])
def test_an_upload_at_1_kb_a_second_arrives(announced: int | None) -> None:
    """The largest body may come as slowly as that, in whatever pieces."""
    for size, every in ((1, 0.001), (1000, 1.0), (20_000, 20.0), (25_000, 25.0)):
        arrival, clock = with_headers(announced)
        total = LARGEST_BODY if every >= 1.0 else 100_000
        assert trickle(arrival, clock, size, every, total) is None


@pytest.mark.parametrize(("size", "every"), [(1, 1.0), (10, 1.0), (100, 5.0)])
def test_a_trickle_does_not_arrive(size: int, every: float) -> None:
    """Whoever sends less than 1 kB/s has 30 s, and what little the bytes buy."""
    arrival, clock = with_headers(LARGEST_BODY)
    over = trickle(arrival, clock, size, every, LARGEST_BODY)

    assert over is not None
    assert 30.0 <= over <= 30.0 / (1 - size / every / 1000) + every


def test_a_fast_start_buys_no_long_silence() -> None:
    """Nobody has more than 30 s in hand."""
    arrival, _ = with_headers(LARGEST_BODY)
    arrival.came(900_000)

    assert arrival.left() == 30.0


def test_what_is_too_large_buys_nothing() -> None:
    """A body that will be refused is read for 30 s in all, or for 30 s past the limit."""
    announced, _ = with_headers(LARGEST_BODY + 1)
    announced.came(500_000)
    assert announced.left() == 30.0
    chunked, clock = with_headers(None)
    for _ in range(100):
        chunked.came(LARGEST_BODY // 10)
        clock.advance(1.0)

    assert chunked.left() == 0.0


@given(st.lists(st.tuples(st.floats(0.01, 30.0), st.integers(1, 50_000)), min_size=1, max_size=50))
def test_nobody_holds_a_request_beyond_what_its_bytes_have_bought(pieces: list[tuple[float, int]]) -> None:
    """Whatever the pieces, a request's time is 30 s and a second for each 1,000 bytes, at the most."""
    arrival, clock = with_headers(None)
    began, sent = clock.now, 0
    for pause, size in pieces:
        if pause > arrival.left():
            break
        clock.advance(pause)
        arrival.came(size)
        sent += size

    assert clock.now + arrival.left() <= began + 30.0 + sent / 1000 + 1e-6
    assert arrival.left() <= 30.0 + 1e-6
