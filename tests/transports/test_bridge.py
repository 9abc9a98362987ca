"""Wake-ups across the line between native threads and greenlets."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

import gevent
import pytest
from gevent.event import Event
from gevent.hub import get_hub

from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.bridge import HubSignal, HubWaker, Wakers, fair_pause, run_beside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

SOON = 10.0


def in_greenlet(function: Callable[[], T]) -> T:
    """Run a function in a greenlet, and return what it returns."""
    greenlet = gevent.spawn(function)
    result: T = greenlet.get(timeout=SOON)
    return result


@pytest.fixture
def signal() -> Iterator[HubSignal]:
    """A signal of this thread's hub."""
    signal = HubSignal(get_hub())
    yield signal
    signal.close()


def test_a_thread_gets_a_waker_for_threads() -> None:
    """Without a greenlet there is nothing to switch to, so the thread itself sleeps."""
    assert isinstance(Wakers()(), ThreadWaker)


def test_a_thread_beside_a_hub_gets_a_waker_for_threads() -> None:
    """A hub on another thread does not make a native thread a greenlet."""
    wakers = Wakers()
    made: list[object] = []
    in_greenlet(wakers)

    thread = threading.Thread(target=lambda: made.append(wakers()))
    thread.start()
    thread.join(SOON)

    assert [ThreadWaker] == [type(waker) for waker in made]


def test_a_greenlet_gets_a_waker_of_its_hub() -> None:
    """A greenlet sleeps by letting others run."""
    assert isinstance(in_greenlet(Wakers()), HubWaker)


def test_a_native_thread_wakes_a_greenlet(signal: HubSignal) -> None:
    """The greenlet sleeps without a timeout, and still wakes up."""
    waker = HubWaker(signal)

    def sleep() -> bool:
        threading.Thread(target=waker.wake).start()
        return waker.wait(None)

    assert in_greenlet(sleep)


def test_others_run_while_a_greenlet_waits(signal: HubSignal) -> None:
    """Waiting gives the hub back, so other connections go on."""
    waker = HubWaker(signal)
    order: list[str] = []

    def sleep() -> None:
        order.append("sleeps")
        waker.wait(SOON)
        order.append("woke")

    def other() -> None:
        order.append("other")
        waker.wake()

    gevent.joinall([gevent.spawn(sleep), gevent.spawn(other)], timeout=SOON)

    assert ["sleeps", "other", "woke"] == order


def test_a_wait_ends_with_its_timeout(signal: HubSignal) -> None:
    """Nobody woke it, and the wait says so."""
    assert not in_greenlet(lambda: HubWaker(signal).wait(0.0))


def test_a_wake_before_the_wait_is_not_lost(signal: HubSignal) -> None:
    """Clear, look, wait: what comes between the look and the wait ends the wait at once."""
    waker = HubWaker(signal)

    def look_then_wait() -> bool:
        waker.clear()
        waker.wake()
        return waker.wait(SOON)

    assert in_greenlet(look_then_wait)


def test_a_cleared_waker_waits_again(signal: HubSignal) -> None:
    """What was cleared does not count any more."""
    waker = HubWaker(signal)

    def sleep_twice() -> tuple[bool, bool]:
        waker.wake()
        first = waker.wait(SOON)
        waker.clear()
        return first, waker.wait(0.0)

    assert (True, False) == in_greenlet(sleep_twice)


def test_waking_oneself_lets_the_loop_turn_once(signal: HubSignal) -> None:
    """A greenlet that wakes itself lets everything run that is ready."""
    waker = HubWaker(signal)
    order: list[str] = []

    def polite() -> None:
        waker.wake()
        waker.wait(SOON)
        order.append("polite")

    def other() -> None:
        order.append("other")

    gevent.joinall([gevent.spawn(polite), gevent.spawn(other)], timeout=SOON)

    assert ["other", "polite"] == order


def test_no_wake_of_many_is_lost(signal: HubSignal) -> None:
    """Four threads count up and wake after each step; the greenlet sees the last step of every one."""
    steps, threads = 2_000, 4
    waker = HubWaker(signal)
    counts = [0] * threads

    def count(number: int) -> None:
        for _ in range(steps):
            counts[number] += 1
            waker.wake()

    def watch() -> bool:
        while True:
            waker.clear()
            if sum(counts) == steps * threads:
                return True
            if not waker.wait(SOON):
                return False

    for number in range(threads):
        threading.Thread(target=count, args=(number,)).start()

    assert in_greenlet(watch)


def test_calls_before_the_hub_looks_are_one(signal: HubSignal) -> None:
    """A busy hub does not come back to a queue of thousands."""
    waker = HubWaker(signal)

    for _ in range(1_000):
        waker.wake()

    assert 1 == signal.waiting
    gevent.sleep(0)


def test_a_waker_can_be_woken_again_and_again(signal: HubSignal) -> None:
    """Each call after an answered one sends anew."""
    waker = HubWaker(signal)

    def sleep_often() -> list[bool]:
        woken = []
        for _ in range(3):
            waker.clear()
            threading.Thread(target=waker.wake).start()
            woken.append(waker.wait(SOON))
        return woken

    assert [True, True, True] == in_greenlet(sleep_often)


def test_a_call_while_the_hub_answers_another_is_not_lost(signal: HubSignal) -> None:
    """A call when the event has just been set sends again, since the sleeper may have cleared it."""
    waker = HubWaker(signal)

    class InterruptedEvent(Event):
        def set(self) -> None:
            super().set()
            waker.wake()

    waker.wake()
    waker._event = InterruptedEvent()
    waker.set()

    assert signal.waiting == 2


def test_greenlets_of_a_hub_share_its_signal() -> None:
    """One watcher of the loop serves every greenlet."""
    wakers = Wakers()

    first, second = in_greenlet(lambda: (wakers(), wakers()))

    assert isinstance(first, HubWaker)
    assert isinstance(second, HubWaker)
    assert first.signal is second.signal


def test_a_greenlet_that_pauses_lets_others_run() -> None:
    """A greenlet that pauses lets every other one run."""
    wakers = Wakers()
    order: list[str] = []

    def speak(name: str) -> None:
        pause = fair_pause(wakers())
        for _ in range(3):
            order.append(name)
            pause()

    gevent.joinall([gevent.spawn(speak, "a"), gevent.spawn(speak, "b")], raise_error=True)

    assert {"a", "b"} == set(order[:2]) == set(order[2:4]) == set(order[4:])


def test_threads_need_no_pause() -> None:
    """Without a hub a pause is over at once and forgets no wake-up."""
    waker = ThreadWaker()
    waker.wake()
    fair_pause(waker)()

    assert waker.wait(0)


def test_beside_a_thread() -> None:
    """A thread gets a thread beside it."""
    names: list[str] = []
    done = threading.Event()

    def note() -> None:
        names.append(threading.current_thread().name)
        done.set()

    run_beside(note, ThreadWaker())

    assert done.wait(5.0)
    assert ["websocket-listener"] == names


def test_beside_a_greenlet() -> None:
    """A greenlet gets a greenlet beside it, on its own thread."""
    wakers = Wakers()
    seen: list[bool] = []

    def speak() -> None:
        waker = wakers()

        def listen() -> None:
            seen.append(isinstance(gevent.getcurrent(), gevent.Greenlet))
            waker.wake()

        run_beside(listen, waker)
        assert waker.wait(5.0)

    gevent.spawn(speak).get()

    assert [True] == seen
