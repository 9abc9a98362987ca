"""The sliding window against its twin, and its bounds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.service.admission.clients import networks_around
from datasynth.service.admission.rate_window import RateWindow
from tests.fakes import FakeClock
from tests.naive.rate_window import NaiveCrowd, NaiveWindow

requests = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.floats(0.0, 40.0, allow_nan=False)), max_size=60
)


KEYS = ["key:a", "key:b"]
NEIGHBOURS = ["192.0.2.1", "192.0.2.2", "192.0.3.1"]
STRANGERS = ["192.9.1.1", "198.51.100.1", "198.52.100.1"]
SUBSCRIBERS = ["2001:db8:1:2::/64", "2001:db8:1:3::/64", "2001:db9::/64"]
CROWD = [*KEYS, *NEIGHBOURS, *STRANGERS, *SUBSCRIBERS]

crowds = st.lists(st.tuples(st.sampled_from(CROWD), st.floats(0.0, 40.0, allow_nan=False)), max_size=120)
# Few clients and long pauses: rooms become free while those who shared a log still have marks in it.
tides = st.lists(
    st.tuples(st.sampled_from([*NEIGHBOURS, STRANGERS[0]]), st.sampled_from([0.0, 1.0, 20.0, 40.0])),
    max_size=60,
)


def attack(window: RateWindow, prefix: str, addresses: int) -> int:
    """Ask once from each of many addresses; how many were let in."""
    return sum(
        window.admit(f"{prefix}.{number // 250}.{number % 250}").allowed for number in range(addresses)
    )


@settings(max_examples=50)
@given(limit=st.integers(1, 5), made=requests)
def test_agrees_with_its_twin(limit: int, made: list[tuple[str, float]]) -> None:
    """Whatever the clients and the pauses between their requests, the answers are those of the plain twin."""
    clock = FakeClock()
    window, twin = RateWindow(limit, clock=clock), NaiveWindow(limit, 60.0)
    for client, pause in made:
        clock.advance(pause)
        cost_limit = window.admit(client)
        expected = twin.admit(client, clock.now)

        assert expected == (cost_limit.allowed, cost_limit.remaining, cost_limit.retry_after)


@settings(max_examples=100)
@given(limit=st.integers(1, 5), room=st.tuples(st.integers(0, 4), st.integers(0, 2)), made=crowds)
def test_a_crowd_is_treated_as_its_twin_says(
    limit: int, room: tuple[int, int], made: list[tuple[str, float]]
) -> None:
    """Who shares a log, and who is let in, is what plain lists say, however little room there is."""
    clock = FakeClock()
    window = RateWindow(limit, clock=clock, most_clients=room[0], most_networks=room[1])
    twin = NaiveCrowd(limit, 60.0, room, {client: networks_around(client) for client in CROWD})
    for client, pause in made:
        clock.advance(pause)

        assert twin.admit(client, clock.now) == window.admit(client).allowed


@settings(max_examples=100)
@given(
    limit=st.integers(1, 2),
    room=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    crowded=st.sampled_from([0, 500_000]),
    made=tides,
)
def test_no_window_holds_more_than_the_limit(
    limit: int, room: tuple[int, int], crowded: int, made: list[tuple[str, float]]
) -> None:
    """However clients behave and share, no sixty seconds from any request hold more than the limit."""
    clock = FakeClock()
    window = RateWindow(limit, clock=clock, most_clients=room[0], most_networks=room[1], crowded=crowded)
    admitted: dict[str, list[float]] = {}
    for client, pause in made:
        clock.advance(pause)
        if window.admit(client).allowed:
            admitted.setdefault(client, []).append(clock.now)

    for moments in admitted.values():
        for start in moments:
            assert sum(start <= moment < start + 60.0 for moment in moments) <= limit


@settings(max_examples=50)
@given(limit=st.integers(1, 5), made=crowds)
def test_those_it_knows_are_counted_exactly(limit: int, made: list[tuple[str, float]]) -> None:
    """Keys, and clients that came while there was room, are let in as if they were alone."""
    clock = FakeClock()
    window, alone = RateWindow(limit, clock=clock, most_clients=2), NaiveWindow(limit, 60.0)
    known = [*KEYS, *NEIGHBOURS[:2]]
    for client in known:
        window.admit(client)
        alone.admit(client, clock.now)
    for client, pause in made:
        # Nobody stays away so long as to be forgotten.
        clock.advance(pause / 100)
        allowed = window.admit(client).allowed
        if client in known:
            assert alone.admit(client, clock.now)[0] == allowed


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

    assert 0 == window.logs


def test_clients_without_recent_requests_are_forgotten() -> None:
    """Memory goes down again when clients stay away."""
    clock = FakeClock()
    window = RateWindow(5, clock=clock)
    for number in range(1_000):
        window.admit(f"192.0.{number // 250}.{number % 250}")
    clock.advance(61.0)
    for number in range(600):
        window.admit(f"192.1.0.{number % 5}")

    assert window.logs <= 5


def test_an_attack_from_one_network_locks_out_nobody_else() -> None:
    """Past the room for addresses, newcomers share a log with their own network, and with nobody else."""
    window = RateWindow(3, clock=FakeClock(), most_clients=10)
    assert 10 + 3 == attack(window, "192.0", 500)

    assert not window.admit("192.0.9.9").allowed
    assert window.admit("192.1.9.9").allowed
    assert window.admit("2001:db8::/64").allowed
    assert window.admit("key:ops").allowed


def test_an_attack_from_many_networks_locks_out_its_part_of_the_world() -> None:
    """Past the room for networks, newcomers share a log with the wider network around them."""
    window = RateWindow(3, clock=FakeClock(), most_clients=10, most_networks=5)
    admitted = sum(window.admit(f"192.{number}.0.1").allowed for number in range(200))

    assert 10 + 5 + 3 == admitted
    assert not window.admit("192.250.0.1").allowed
    assert window.admit("198.51.100.1").allowed


def test_this_machine_and_keys_always_have_a_log() -> None:
    """A local probe and whoever holds a key are not pushed out by strangers, and take no room from them."""
    window = RateWindow(3, clock=FakeClock(), most_clients=1, most_networks=0)
    attack(window, "192.0", 50)

    assert [True, True, True, False] == [window.admit("127.0.0.1").allowed for _ in range(4)]
    assert all(window.admit(f"key:{number}").allowed for number in range(20))


def test_room_that_is_free_again_goes_to_newcomers() -> None:
    """A minute after an attack each client has a log of its own."""
    clock = FakeClock()
    window = RateWindow(3, clock=clock, most_clients=10)
    attack(window, "192.0", 500)
    clock.advance(61.0)

    assert [True, True] == [window.admit(f"192.0.8.{number}").allowed for number in (1, 2)]
    assert [2, 2] == [window.admit(f"192.0.8.{number}").remaining + 1 for number in (1, 2)]


def test_an_attack_takes_bounded_memory() -> None:
    """However many addresses ask, there are so many logs as there is room for, and few more."""
    window = RateWindow(3, clock=FakeClock(), most_clients=10, most_networks=5)
    for network in range(40):
        attack(window, f"192.{network}", 20)

    assert 10 + 5 + 1 == window.logs


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


def test_a_log_that_is_taken_over_makes_do_with_few_marks() -> None:
    """Newcomers after a crowded minute do not multiply what was remembered of it."""
    clock = FakeClock()
    window = RateWindow(5_000, clock=clock, most_clients=1, crowded=10)
    window.admit("198.51.100.1")
    for _ in range(2_000):
        clock.advance(0.02)
        window.admit("192.0.2.1")
    clock.advance(30.0)
    window.admit("192.0.2.2")

    assert set(window._logs) == {"192.0.0.0/16", "192.0.2.2"}
    assert len(window._logs["192.0.2.2"].leaves) <= 110
    assert window._marks == sum(len(log.leaves) for log in window._logs.values())
