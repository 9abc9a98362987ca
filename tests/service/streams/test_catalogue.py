"""The streams that are remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.errors import NotFound
from datasynth.service.streams.lifecycle import PauseReason

if TYPE_CHECKING:
    from tests.service.harness import Harness


def test_thousand_streams_are_remembered(harness: Harness) -> None:
    """The last thousand streams are known, a running one for ever."""
    running = harness.call(10)
    ended = [harness.call(10) for _ in range(2)]
    for stream in ended:
        stream.stop()
    for _ in range(1_001):
        harness.call(10).stop()

    known = harness.registry.all()
    assert 1_000 == len(known)
    assert running in known
    assert not set(ended) & set(known)


def test_unknown_id(harness: Harness) -> None:
    """A stream that nobody remembers is not found."""
    with pytest.raises(NotFound):
        harness.registry.get("nope")


def test_everything_at_once(harness: Harness) -> None:
    """All active streams are paused, resumed and failed together; ended ones are left alone."""
    catalogue = harness.registry.catalogue
    streams = [harness.call(10) for _ in range(3)]
    streams[0].stop()
    catalogue.pause(PauseReason.MEMORY)
    assert ["stopped", "paused", "paused"] == [str(stream.state) for stream in streams]
    catalogue.resume(PauseReason.MEMORY)
    assert ["stopped", "running", "running"] == [str(stream.state) for stream in streams]
    catalogue.fail("Memory limit exceeded")
    assert ["stopped", "failed", "failed"] == [str(stream.state) for stream in streams]

    assert 0 == catalogue.stop()
    assert [] == catalogue.active()


def test_tick_tells_when_the_next_is_wanted(harness: Harness) -> None:
    """The soonest foreseeable event of any stream decides; with none there is no hurry."""
    assert harness.registry.tick() is None
    harness.call(10)
    assert harness.registry.tick() is None
    harness.start(count=100, entries_per_second=200)

    assert 0.5 == harness.registry.tick()
