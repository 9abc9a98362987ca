"""The thread that ticks."""

from __future__ import annotations

import threading

import pytest

from datasynth.service.threads.ticker import INTERVAL, SHORTEST, Ticker


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(None, INTERVAL), (10.0, INTERVAL), (0.1, 0.1), (0.0, SHORTEST), (-1.0, SHORTEST)],
)
def test_next_tick_is_as_soon_as_wanted(wanted: float | None, expected: float) -> None:
    """A tick comes after a quarter of a second, or sooner when it is wanted, but not at once."""
    assert expected == Ticker(lambda: wanted)._next()


def test_ticks_go_on_after_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    """A tick that raises is logged, and the next one comes."""
    ticks: list[int] = []
    twice = threading.Event()

    def tick() -> float:
        ticks.append(1)
        if len(ticks) == 1:
            raise RuntimeError("a bad moment")
        twice.set()
        return 0.0

    ticker = Ticker(tick)
    ticker.start()
    ticker.start()
    assert twice.wait(5.0)
    ticker.close()

    assert ticker.join(5.0)
    assert "a bad moment" in caplog.text


def test_ticker_that_never_started_ends_at_once() -> None:
    """There is nothing to wait for when the thread was never started."""
    assert Ticker(lambda: None).join(0.0)
