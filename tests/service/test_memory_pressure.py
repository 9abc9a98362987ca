"""What all streams do when memory is low."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.errors import Overloaded
from datasynth.service.streams.lifecycle import State
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import FakeJournal, RecordingWaker, encoded
from tests.service.harness import LINES, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.harness import Harness


LIMIT = 1_000_000


def test_low_memory_pauses_warns_and_recovers(build: Callable[..., Harness]) -> None:
    """All streams pause with a warning, work is refused, and everything goes on by itself."""
    harness = build(memory_limit=LIMIT)
    stream, call = harness.start(count=5_000), harness.call(5_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = read(cursor, waker, 100)
        harness.resident = 900_000
        harness.tick()
        assert (State.PAUSED, State.PAUSED) == (stream.advance().state, call.advance().state)
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
        assert (State.RUNNING, State.RUNNING) == (stream.advance().state, call.advance().state)
        data += read(cursor, waker)
    assert encoded(FakeJournal(stream.version.spec.config), 0, 5_000) == data


def test_users_pause_stays_the_users(build: Callable[..., Harness]) -> None:
    """A stream that the user paused stays paused when memory recovers."""
    harness = build(memory_limit=LIMIT)
    stream = harness.start(count=5_000)
    harness.registry.pause()
    harness.resident = 900_000
    harness.tick()
    assert ("memory", "user") == stream.snapshot().paused_by
    harness.resident = 100
    harness.tick()

    assert (("user",), State.PAUSED) == (stream.advance().paused_by, stream.advance().state)


def test_users_resume_under_pressure_takes_the_user_away(build: Callable[..., Harness]) -> None:
    """A resume while memory is low is answered with overloaded, but only memory holds the stream then."""
    harness = build(memory_limit=LIMIT)
    stream = harness.start(count=5_000)
    harness.registry.pause()
    harness.resident = 900_000
    harness.tick()
    with pytest.raises(Overloaded):
        harness.registry.resume()
    assert ("memory",) == stream.snapshot().paused_by
    harness.resident = 100
    harness.tick()

    assert State.RUNNING is stream.advance().state


def test_running_streams_fail_in_the_end(build: Callable[..., Harness]) -> None:
    """Above the limit for five seconds, running streams fail with the documented sentence."""
    harness = build(memory_limit=LIMIT)
    stream = harness.start(count=5_000)
    harness.resident = 1_100_000
    harness.tick()
    harness.pass_time(5.5)

    assert (State.FAILED, "Memory limit exceeded") == (stream.advance().state, stream.snapshot().error)
    assert 0 == harness.registry._services.journals.cache.alive_bytes


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
