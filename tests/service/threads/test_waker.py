"""Wakers, one and many."""

from __future__ import annotations

import threading

from datasynth.service.threads.waker import ThreadWaker, WakerSet
from tests.fakes import RecordingWaker


def test_wake_up_before_the_wait_is_not_lost() -> None:
    """A waker that was woken after it was cleared ends the next wait at once."""
    waker = ThreadWaker()
    waker.clear()
    waker.wake()

    assert waker.wait(5.0)


def test_wait_times_out() -> None:
    """A waker that nobody wakes returns after its time, and after a clear forgets earlier calls."""
    waker = ThreadWaker()
    waker.wake()
    waker.clear()

    assert not waker.wait(0.001)


def test_sleeper_is_woken_from_another_thread() -> None:
    """A sleeping thread is woken by another."""
    waker = ThreadWaker()
    threading.Thread(target=waker.wake).start()

    assert waker.wait(5.0)


def test_set_counts_attachments() -> None:
    """A waker attached twice is woken once a time, until it was detached twice."""
    wakers, one, other = WakerSet(), RecordingWaker(), RecordingWaker()
    for waker in (one, one, other):
        wakers.attach(waker)
    wakers.wake_all()
    wakers.detach(one)
    wakers.detach(other)
    wakers.wake_all()
    wakers.detach(one)
    wakers.detach(one)
    wakers.wake_all()

    assert (2, 1, 0) == (one.woken, other.woken, len(wakers))
