"""Slow work for callers that must not be blocked."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from datasynth.errors import Overloaded
from datasynth.service.native_threads import Crew
from datasynth.service.offload import MOST_WAITING, Offload
from datasynth.service.waker import ThreadWaker
from tests.fakes import FakeClock, RecordingWaker

if TYPE_CHECKING:
    from collections.abc import Iterator


def _pass(gate: threading.Event, begun: threading.Event | None = None) -> None:
    if begun is not None:
        begun.set()
    assert gate.wait(5.0)


@pytest.fixture
def crew() -> Iterator[Crew]:
    """One thread."""
    built = Crew("test", 1)
    built.start()
    yield built
    built.close()
    assert built.join(5.0)


def test_result_comes_from_a_native_thread(crew: Crew) -> None:
    """The function runs on a thread of the crew, and the caller gets its result."""
    name = Offload(crew).call(lambda: threading.current_thread().name, ThreadWaker(), 5.0)

    assert "test-0" == name


def test_error_is_raised_in_the_caller(crew: Crew) -> None:
    """What the function raises the caller gets, and the thread survives."""
    offload = Offload(crew)
    with pytest.raises(ZeroDivisionError):
        offload.call(lambda: 1 // 0, ThreadWaker(), 5.0)

    assert 7 == offload.call(lambda: 7, ThreadWaker(), 5.0)


def test_caller_gives_up_in_time(crew: Crew) -> None:
    """A caller whose time is over is told that the server is overloaded; its call is never begun."""
    clock = FakeClock()
    gate, begun = threading.Event(), threading.Event()
    crew.submit(lambda: _pass(gate, begun))
    assert begun.wait(5.0)
    called: list[int] = []
    waker = RecordingWaker(lambda: clock.advance(1.0))
    with pytest.raises(Overloaded):
        Offload(crew, clock).call(lambda: called.append(1), waker, 3.0)
    gate.set()
    Offload(crew).call(lambda: None, ThreadWaker(), 5.0)

    assert [] == called


def test_too_many_callers_are_refused(crew: Crew) -> None:
    """When very many calls wait already the next is refused at once."""
    gate = threading.Event()
    for _ in range(MOST_WAITING + 1):
        crew.submit(lambda: _pass(gate))
    with pytest.raises(Overloaded):
        Offload(crew).call(lambda: None, ThreadWaker(), 5.0)
    gate.set()


def test_closing_crew_lets_callers_go(crew: Crew) -> None:
    """A caller whose call was dropped at the shutdown does not sleep on."""
    gate = threading.Event()
    crew.submit(lambda: _pass(gate))
    waker = RecordingWaker(crew.close)
    with pytest.raises(Overloaded):
        Offload(crew).call(lambda: None, waker, 5.0)
    gate.set()
