"""Where the thresholds of memory lie, and what happens at each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.service.admission.memory_guard import MemoryGuard
from tests.fakes import FakeClock

if TYPE_CHECKING:
    import pytest


class RecordedHandler:
    """Notes what the guard asks for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failing = 1

    def memory_low(self, message: str, used_bytes: int, limit_bytes: int) -> None:
        assert message
        self.asked.append(f"low {used_bytes}/{limit_bytes}")

    def memory_recovered(self) -> None:
        self.asked.append("recovered")

    def memory_exceeded(self, message: str) -> int:
        self.asked.append(message)
        return self.failing

    def drop_caches(self) -> None:
        self.asked.append("drop")


class Meter:
    """A guard over a level that a test sets."""

    def __init__(self, limit: int | None) -> None:
        self.level = 0
        self.released = 0
        self.clock = FakeClock()
        self.handler = RecordedHandler()
        self.guard = MemoryGuard(limit, lambda: self.level, self._release, self.clock)

    def tick(self, level: int, seconds: float = 0.25) -> list[str]:
        self.level = level
        self.clock.advance(seconds)
        self.guard.tick(self.handler)
        asked, self.handler.asked = self.handler.asked, []
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


def test_tries_again_between_the_thresholds_after_a_while() -> None:
    """What stays between the two for half a minute will not become less: generation goes on, then."""
    meter = Meter(1_000)
    for used, ticks in ((900, 10), (800, 100), (900, 1), (800, 120)):
        asked = [one for _ in range(ticks) for one in meter.tick(used)]
        assert ("recovered" in asked) == (ticks == 120)
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


def test_log_says_once_what_happened(caplog: pytest.LogCaptureFixture) -> None:
    """However long memory exceeds the limit, the log tells of streams that fail only when some do."""
    meter = Meter(1_000)
    for failing in (2, 0, 0):
        meter.handler.failing = failing
        for _ in range(21):
            meter.tick(1_100)

    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert ["Memory was above its limit for 5 s. 2 active streams failed."] == told


def test_without_a_limit_nothing_happens() -> None:
    """A guard without limit only tells what is used."""
    meter = Meter(None)
    assert [] == meter.tick(10**12)
    meter.guard.ensure()

    assert 10**12 == meter.guard.used


def test_a_level_that_cannot_be_read_stays_as_it_was() -> None:
    """Without a descriptor for the system's figure the guard judges by the last one, and the tick goes on."""
    levels = iter([900, 900])

    def resident() -> int:
        for level in levels:
            return level
        raise OSError(24, "Too many open files")

    handler, clock = RecordedHandler(), FakeClock()
    guard = MemoryGuard(1_000, resident, lambda: None, clock)
    guard.tick(handler)
    clock.advance(1.0)
    guard.tick(handler)

    assert ["low 900/1000", "drop", "drop"] == handler.asked
    assert (900, True) == (guard.used, guard.low)
