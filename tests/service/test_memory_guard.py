"""Memory: pausing, warning, refusing, resuming, failing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.errors import Overloaded
from datasynth.service.lifecycle import State
from datasynth.service.memory_guard import MemoryGuard
from datasynth.service.waker import ThreadWaker
from tests.fakes import FakeClock, FakeJournal, RecordingWaker, encoded
from tests.service.harness import LINES, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.harness import Harness

LIMIT = 1_000_000


class RecordedRelief:
    """Notes what the guard asks for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def memory_low(self, message: str, used_bytes: int, limit_bytes: int) -> None:
        assert message
        self.asked.append(f"low {used_bytes}/{limit_bytes}")

    def memory_recovered(self) -> None:
        self.asked.append("recovered")

    def memory_exceeded(self, message: str) -> None:
        self.asked.append(message)

    def drop_caches(self) -> None:
        self.asked.append("drop")


class Meter:
    """A guard over a level that a test sets."""

    def __init__(self, limit: int | None) -> None:
        self.level = 0
        self.released = 0
        self.clock = FakeClock()
        self.relief = RecordedRelief()
        self.guard = MemoryGuard(limit, lambda: self.level, self._release, self.clock)

    def tick(self, level: int, seconds: float = 0.25) -> list[str]:
        self.level = level
        self.clock.advance(seconds)
        self.guard.tick(self.relief)
        asked, self.relief.asked = self.relief.asked, []
        return asked

    def _release(self) -> None:
        self.released += 1


def test_thresholds_have_a_gap() -> None:
    """Memory becomes low above 85 per cent and is enough again below 75, not in between."""
    meter = Meter(1_000)
    assert [] == meter.tick(850)
    assert ["low 851/1000", "drop"] == meter.tick(851)
    assert [] == meter.tick(760)
    assert meter.guard.low
    assert ["recovered"] == meter.tick(749)
    assert [] == meter.tick(840)
    assert not meter.guard.low


def test_caches_are_dropped_again_while_memory_is_low() -> None:
    """Once a second caches are dropped and memory is given back."""
    meter = Meter(1_000)
    asked = [meter.tick(900) for _ in range(9)]

    assert 3 == sum("drop" in one for one in asked)
    assert 3 == meter.released


def test_streams_fail_after_five_seconds_above_the_limit() -> None:
    """Five seconds on end above the whole limit are too much; a dip in between starts the count anew."""
    meter = Meter(1_000)
    assert all("Memory limit exceeded" not in meter.tick(1_100) for _ in range(20))
    meter.tick(990)
    assert all("Memory limit exceeded" not in meter.tick(1_100) for _ in range(20))
    assert "Memory limit exceeded" in meter.tick(1_100)


def test_without_a_limit_nothing_happens() -> None:
    """A guard without limit only tells what is used."""
    meter = Meter(None)
    assert [] == meter.tick(10**12)
    meter.guard.ensure()

    assert 10**12 == meter.guard.used


def test_low_memory_pauses_warns_and_recovers(build: Callable[..., Harness]) -> None:
    """All streams pause with a warning, work is refused, and everything goes on by itself."""
    harness = build(memory_limit=LIMIT)
    stream, call = harness.start(count=5_000), harness.call(5_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = read(cursor, waker, 100)
        harness.resident = 900_000
        harness.tick()
        assert (State.PAUSED, State.PAUSED) == (stream.state, call.state)
        assert cursor.poll() is None
        warning = stream.notices(0)[-1]
        assert "warning" == warning.type
        assert {"used_bytes": 900_000, "limit_bytes": LIMIT} == warning.fields
        assert 1 == harness.services.guard.episode
        assert ["Memory is low."] == harness.services.readiness.reasons()
        for refused in (harness.call, lambda: harness.registry.trigger("month_end", ThreadWaker())):
            with pytest.raises(Overloaded):
                refused()

        harness.resident = 500_000
        harness.tick()
        assert (State.RUNNING, State.RUNNING) == (stream.state, call.state)
        data += read(cursor, waker)
    assert encoded(FakeJournal(stream.config), 0, 5_000) == data


def test_users_pause_stays_the_users(build: Callable[..., Harness]) -> None:
    """A stream that the user paused stays paused when memory recovers."""
    harness = build(memory_limit=LIMIT)
    stream = harness.start(count=5_000)
    harness.registry.pause()
    harness.resident = 900_000
    harness.tick()
    assert {"user", "memory"} == stream.pause_reasons
    harness.resident = 100
    harness.tick()

    assert (("user",), State.PAUSED) == (stream.status().paused_by, stream.state)


def test_users_resume_under_pressure_takes_the_user_away(build: Callable[..., Harness]) -> None:
    """A resume while memory is low is answered with overloaded, but only memory holds the stream then."""
    harness = build(memory_limit=LIMIT)
    stream = harness.start(count=5_000)
    harness.registry.pause()
    harness.resident = 900_000
    harness.tick()
    with pytest.raises(Overloaded):
        harness.registry.resume()
    assert {"memory"} == stream.pause_reasons
    harness.resident = 100
    harness.tick()

    assert State.RUNNING is stream.state


def test_running_streams_fail_in_the_end(build: Callable[..., Harness]) -> None:
    """Above the limit for five seconds, running streams fail with the documented sentence."""
    harness = build(memory_limit=LIMIT)
    stream = harness.start(count=5_000)
    harness.resident = 1_100_000
    harness.tick()
    harness.pass_time(5.5)

    assert (State.FAILED, "Memory limit exceeded") == (stream.state, stream.error)


def test_readers_of_ended_streams_are_held_up_too(build: Callable[..., Harness]) -> None:
    """A lagging reader of a stream that has ended gets nothing while memory is low, and is woken after."""
    harness = build(memory_limit=LIMIT)
    stream = harness.start(count=5_000)
    fast, slow = ThreadWaker(), RecordingWaker()
    with stream.open_cursor(LINES, 0, fast) as ahead, stream.open_cursor(LINES, 0, slow) as behind:
        read(ahead, fast)
        read(behind, slow, 100)
        harness.settle(lambda: harness.services.source.pool.open == 0)
        harness.resident = 900_000
        harness.tick()
        assert 0 == harness.services.source.cache_bytes
        for _ in range(20):
            assert behind.poll() is None
            slow.clear()
            slow.wait(0.005)
        woken = slow.woken
        harness.resident = 100
        harness.tick()
        assert slow.woken > woken
        read(behind, slow)
        assert behind.finished


def test_server_larger_than_its_limit_starts_and_refuses(build: Callable[..., Harness]) -> None:
    """A limit below the server's own size is no reason not to start, but all work is refused."""
    harness = build(memory_limit=50)
    harness.tick()
    with pytest.raises(Overloaded):
        harness.start(count=10)
    assert {"used_bytes": 100, "limit_bytes": 50} == {
        key: value for key, value in harness.services.guard.warning().items() if key != "message"
    }
