"""Whether work would be done."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numba
import pytest

from datasynth.errors import Overloaded
from datasynth.kernel import COMPILING
from datasynth.service.admission.memory_guard import MemoryGuard
from datasynth.service.admission.readiness import Readiness
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import FakeClock, RecordingWaker

if TYPE_CHECKING:
    from collections.abc import Callable


def _pass(gate: threading.Event) -> None:
    assert gate.wait(5.0)


def make(
    warm_up: Callable[[], None], clock: FakeClock | None = None, warmed: Callable[[], None] = lambda: None
) -> Readiness:
    """Make a readiness over memory that suffices."""
    return Readiness(warm_up, MemoryGuard(None, lambda: 0, lambda: None), warmed, clock or FakeClock())


def test_waits_for_kernels_and_then_not_any_more() -> None:
    """A request sleeps until the kernels are there; the next one does not sleep at all."""
    gate = threading.Event()
    readiness = make(lambda: _pass(gate))
    readiness.start()
    readiness.start()
    assert ["The kernels are still being loaded."] == readiness.reasons()
    gate.set()
    readiness.wait(ThreadWaker())
    waker = RecordingWaker()
    readiness.wait(waker)

    assert (True, [], []) == (readiness._warm, readiness.reasons(), waker.waits)


def test_gives_up_after_ten_seconds() -> None:
    """A request that waits for kernels for ten seconds is told that the server is overloaded."""
    clock = FakeClock()
    readiness = make(lambda: None, clock)
    with pytest.raises(Overloaded):
        readiness.wait(RecordingWaker(lambda: clock.advance(1.0)))

    assert 1_010.0 == clock.now


def test_compiling_is_told_and_loading_is_not(caplog: pytest.LogCaptureFixture) -> None:
    """Only a start that compiles kernels says so, in the log once and to whoever asks."""
    caplog.set_level("INFO")
    reasons: list[list[str]] = []

    def compiled() -> None:
        numba.njit(lambda number: number + 1)(1)
        reasons.append(readiness.reasons())

    for warm_up in (lambda: None, compiled):
        readiness = make(warm_up)
        readiness.start()
        readiness.wait(ThreadWaker(), 30.0)

    assert [["The kernels are still being compiled."]] == reasons
    assert [COMPILING] == caplog.messages


def test_kernels_that_cannot_be_compiled(caplog: pytest.LogCaptureFixture) -> None:
    """When compiling fails the log says why, requests are refused at once, and so does the reason."""

    def broken() -> None:
        raise RuntimeError("no compiler")

    readiness = make(broken)
    readiness.start()
    with pytest.raises(Overloaded):
        readiness.wait(ThreadWaker(), 5.0)

    assert "no compiler" in caplog.text
    assert "could not be compiled" in readiness.reasons()[0]


def test_closing_refuses_those_who_wait() -> None:
    """At the shutdown a waiting request is let go with a refusal."""
    readiness = make(lambda: None)
    with pytest.raises(Overloaded):
        readiness.wait(RecordingWaker(readiness.close))

    assert "The server is shutting down." in readiness.reasons()


def test_somebody_is_told_before_anybody_is_let_in() -> None:
    """What has to be done with kernels, and before the first request, is done in between."""
    seen: list[bool] = []
    readiness = make(lambda: None, warmed=lambda: seen.append(readiness._warm))
    readiness.start()
    readiness.wait(ThreadWaker())

    assert [False] == seen
