"""Turns for others, with a hub and without."""

from __future__ import annotations

import threading

import gevent

from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.bridge import Wakers
from datasynth.transports.ws.turns import Turns, run_beside


def test_greenlets_take_turns() -> None:
    """A greenlet that pauses lets every other one run."""
    wakers = Wakers()
    order: list[str] = []

    def speak(name: str) -> None:
        turns = Turns(wakers)
        for _ in range(3):
            order.append(name)
            turns.pause()

    gevent.joinall([gevent.spawn(speak, "a"), gevent.spawn(speak, "b")], raise_error=True)

    assert {"a", "b"} == set(order[:2]) == set(order[2:4]) == set(order[4:])


def test_threads_need_no_turns() -> None:
    """Without a hub a pause is over at once."""
    Turns(ThreadWaker).pause()


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
