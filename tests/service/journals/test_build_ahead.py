"""What is built before anybody asks."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from datasynth.errors import InvalidConfiguration
from datasynth.service.streams.lifecycle import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.harness import Harness


class Slow:
    """Builds that end at a checkpoint, or once their gate opens."""

    def __init__(self) -> None:
        self.gate = threading.Event()

    def __call__(self, checkpoint: Callable[[], None]) -> None:
        while not self.gate.wait(0.005):
            checkpoint()
        checkpoint()


def gauges(harness: Harness) -> tuple[float, float]:
    """Builds under way, and journals built."""
    found = harness.services.counters.snapshot()
    return found["builds_running"], found["journals_built"]


def test_first_stream_finds_its_journal(build: Callable[..., Harness]) -> None:
    """The configuration in force is built once kernels are there; a stream of it runs at once."""
    harness = build(build_ahead=True)
    harness.settle(lambda: gauges(harness) == (0, 1))

    assert State.RUNNING is harness.start_at_once().advance().state
    assert 1 == harness.journals_made


def test_each_change_is_built_and_the_one_before_is_not(build: Callable[..., Harness]) -> None:
    """A change supersedes the build ahead for the configuration before it."""
    slow = Slow()
    harness = build(build_ahead=True, on_make=slow)
    for seed in range(20):
        harness.services.config_store.merge({"global": {"seed": seed}})
    assert gauges(harness)[1] == 0
    slow.gate.set()
    harness.settle(lambda: gauges(harness) == (0, 1))

    assert State.RUNNING is harness.start_at_once(config={"global": {"seed": 19}}).advance().state
    harness.registry.stop()
    assert State.PREPARING is harness.start_at_once(config={"global": {"seed": 18}}).advance().state


def test_nothing_is_held_beside_the_cache(build: Callable[..., Harness]) -> None:
    """What was built ahead goes with the cache when memory is wanted."""
    harness = build(build_ahead=True)
    harness.settle(lambda: gauges(harness) == (0, 1))
    journal_cache = harness.registry._services.journals.cache
    assert journal_cache.alive_bytes > 0
    journal_cache.clear()

    harness.settle(lambda: journal_cache.alive_bytes == 0)


def test_configuration_that_costs_too_much_is_not_built(
    build: Callable[..., Harness], caplog: pytest.LogCaptureFixture
) -> None:
    """A configuration file that cannot be used is said so in the log, and calls are refused."""
    harness = build(build_ahead=True, estimate_bytes=lambda _: 10**12)
    assert "The current configuration cannot be used" in caplog.text
    with pytest.raises(InvalidConfiguration) as caught:
        harness.start_at_once()

    assert 10**12 == caught.value.details["estimated_bytes"]
    assert (0, 0) == gauges(harness)
