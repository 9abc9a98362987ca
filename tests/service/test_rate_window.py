"""The sliding window against its twin, and its bounds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.service.rate_window import RateWindow
from tests.fakes import FakeClock
from tests.naive.rate_window import NaiveWindow

requests = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.floats(0.0, 40.0, allow_nan=False)), max_size=60
)


@settings(max_examples=50)
@given(limit=st.integers(1, 5), made=requests)
def test_agrees_with_its_twin(limit: int, made: list[tuple[str, float]]) -> None:
    """Whatever the clients and the pauses between their requests, the answers are those of the plain twin."""
    clock = FakeClock()
    window, twin = RateWindow(limit, clock=clock), NaiveWindow(limit, 60.0)
    for client, pause in made:
        clock.advance(pause)
        admission = window.admit(client)
        expected = twin.admit(client, clock.now)

        assert expected == (admission.allowed, admission.remaining, admission.retry_after)


@settings(max_examples=50)
@given(limit=st.integers(1, 5), made=requests)
def test_no_window_holds_more_than_the_limit(limit: int, made: list[tuple[str, float]]) -> None:
    """However the clients behave, no sixty seconds that begin with any request hold more than the limit."""
    clock = FakeClock()
    window = RateWindow(limit, clock=clock, most_clients=2)
    admitted: dict[str, list[float]] = {}
    for client, pause in made:
        clock.advance(pause)
        if window.admit(client).allowed:
            admitted.setdefault(client, []).append(clock.now)

    for moments in admitted.values():
        for start in moments:
            assert sum(start <= moment < start + 60.0 for moment in moments) <= limit


def test_retry_after_is_the_true_remaining_time() -> None:
    """The 101st request is told when the first leaves the window, and is let in then."""
    clock = FakeClock()
    window = RateWindow(100, clock=clock)
    for _ in range(100):
        assert window.admit("a").allowed
        clock.advance(0.1)
    refused = window.admit("a")
    assert (False, 0, 50) == (refused.allowed, refused.remaining, refused.retry_after)
    clock.advance(49.0)
    assert not window.admit("a").allowed
    clock.advance(1.0)

    assert window.admit("a").allowed


def test_refused_requests_leave_no_trace() -> None:
    """A client that keeps asking while it is refused is let in as soon as one that waited."""
    clock = FakeClock()
    window = RateWindow(1, clock=clock)
    window.admit("a")
    for _ in range(59):
        clock.advance(1.0)
        assert not window.admit("a").allowed
    clock.advance(1.0)

    assert window.admit("a").allowed


def test_zero_lets_everybody_in() -> None:
    """A limit of zero switches the window off and remembers nobody."""
    window = RateWindow(0, clock=FakeClock())
    assert all(window.admit("a").allowed for _ in range(1_000))

    assert 0 == window.clients


def test_clients_without_recent_requests_are_forgotten() -> None:
    """Memory goes down again when clients stay away."""
    clock = FakeClock()
    window = RateWindow(5, clock=clock)
    for number in range(1_000):
        window.admit(str(number))
    clock.advance(61.0)
    for number in range(600):
        window.admit(f"late {number % 5}")

    assert window.clients <= 5


def test_more_clients_than_there_is_room_for_share_a_log() -> None:
    """Beyond the clients that have a log of their own, others share one and are never let in too often."""
    clock = FakeClock()
    window = RateWindow(3, clock=clock, most_clients=10)
    for number in range(10):
        assert window.admit(str(number)).allowed
    admitted = sum(window.admit(f"late {number}").allowed for number in range(20))

    assert 3 == admitted
    assert 10 == window.clients


def test_large_limit_takes_bounded_memory() -> None:
    """With a very large limit marks are shared, and still no window holds more than the limit."""
    clock = FakeClock()
    window = RateWindow(15_000, clock=clock)
    admitted = []
    for _ in range(20_000):
        clock.advance(0.005)
        if window.admit("a").allowed:
            admitted.append(clock.now)

    log = window._logs["a"]
    assert len(log.leaves) <= 6_001
    assert len(admitted) > 12_000
    first_after = 0
    for position, moment in enumerate(admitted):
        while admitted[first_after] <= moment - 60.0:
            first_after += 1
        assert position - first_after + 1 <= 15_000


def test_crowded_logs_make_do_with_few_marks() -> None:
    """When all logs together hold very many marks, each makes do with a hundred or so."""
    clock = FakeClock()
    window = RateWindow(5_000, clock=clock, crowded=10)
    for _ in range(2_000):
        clock.advance(0.01)
        window.admit("a")

    assert len(window._logs["a"].leaves) <= 110
