"""Getting a journal built."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from datasynth.errors import InternalError, Overloaded
from datasynth.service.journals.journals import TIMEOUT
from datasynth.service.streams.lifecycle import State
from datasynth.service.threads.waker import Caller, ThreadWaker
from tests.fakes import RecordingWaker
from tests.service.harness import LINES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.harness import Harness


def refuse(checkpoint: Callable[[], None]) -> None:
    """Fail to build any journal."""
    checkpoint()
    raise ArithmeticError("no schedule")


class Gate:
    """Builds that go on, checkpoint after checkpoint, until the gate opens."""

    def __init__(self) -> None:
        self.begun, self.opened = threading.Event(), threading.Event()

    def __call__(self, checkpoint: Callable[[], None]) -> None:
        self.begun.set()
        while not self.opened.wait(0.005):
            checkpoint()


class Leaving(ThreadWaker):
    """The waker of a client that hangs up once it has waited for something."""

    def wait(self, timeout: float | None) -> bool:
        super().wait(timeout if timeout is None else min(timeout, 0.05))
        raise ConnectionResetError("gone")


def test_journal_that_is_there_needs_no_sleep(harness: Harness) -> None:
    """The second stream of a configuration begins at once, and without sleeping."""
    harness.call(10).stop()
    waker = RecordingWaker()
    document = harness.services.config_store.document
    stream = harness.registry.open_call(10, 0, document, Caller("a client", waker))

    assert ([], 1, State.RUNNING) == (waker.waits, harness.journals_made, stream.advance().state)


def test_journal_that_cannot_be_built(
    build: Callable[..., Harness], caplog: pytest.LogCaptureFixture
) -> None:
    """A stream whose journal cannot be built fails, a download is told; the log has the cause once each."""
    harness = build(on_make=refuse)
    for _ in range(2):
        stream = harness.start(count=10)
        assert State.FAILED is stream.advance().state
        assert "error" == stream.notices(0)[-1].type
    with pytest.raises(InternalError, match="log"):
        harness.services.downloads.open(None, 0, 1, LINES, Caller("a client", ThreadWaker()))

    assert 0 == len(harness.registry.active())
    assert "ArithmeticError" in caplog.text


def test_caller_gives_up_after_a_while(build: Callable[..., Harness]) -> None:
    """Whoever has waited for half a minute is told that the server is overloaded, and the build ends."""
    gate = Gate()
    harness = build(on_make=gate)

    def pass_by() -> None:
        if gate.begun.is_set():
            harness.clock.advance(TIMEOUT / 2)

    waker = RecordingWaker(pass_by)
    with pytest.raises(Overloaded):
        harness.services.downloads.open(None, 0, 1, LINES, Caller("a client", waker))

    harness.settle(lambda: harness.services.counters.gauges()["builds_running"] == 0)


def test_build_ends_with_its_last_caller(build: Callable[..., Harness]) -> None:
    """A caller that hangs up takes its build along, unless somebody else waits for the same."""
    gate = Gate()
    harness = build(on_make=gate)
    stream = harness.start_at_once(count=100)
    assert gate.begun.wait(5.0)
    gauges = harness.services.counters.gauges
    with pytest.raises(ConnectionResetError):
        harness.services.downloads.open(stream.id, 0, 1, LINES, Caller("b client", Leaving()))
    assert 1 == gauges()["builds_running"]
    stream.stop()

    harness.settle(lambda: gauges()["builds_running"] == 0)
    assert 0 == gauges()["builds_waiting"]


def test_nothing_is_built_during_the_shutdown(harness: Harness) -> None:
    """Once the server shuts down every way in is closed."""
    harness.registry.shut_down()
    with pytest.raises(Overloaded):
        harness.start(count=10)
    with pytest.raises(Overloaded):
        harness.services.downloads.open(None, 0, 1, LINES, Caller("a client", ThreadWaker()))

    assert 0 == harness.journals_made
