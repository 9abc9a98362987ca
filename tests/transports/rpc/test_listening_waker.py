"""A sleep that ends when nobody is listening any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from datasynth.transports.rpc.listening_waker import ListeningWaker
from tests.fakes import RecordingWaker

if TYPE_CHECKING:
    from datasynth.transports.rpc.calls import Call


class Line:
    """A call whose client hangs up when a test says so."""

    def __init__(self) -> None:
        self.gone = False
        self.waker = RecordingWaker(self._sleep)
        self.hangs_up = False

    def _sleep(self) -> None:
        self.gone = self.hangs_up


def test_sleeps_as_the_call_does() -> None:
    """While the client is there it is the call's own waker."""
    line = Line()
    waker = ListeningWaker(cast("Call", line))
    waker.wake()
    assert waker.wait(1.0)
    waker.clear()

    assert not waker.wait(2.0)
    assert [1.0, 2.0] == line.waker.waits


def test_ends_when_the_client_hangs_up() -> None:
    """A client that leaves during the sleep ends it."""
    line = Line()
    line.hangs_up = True
    with pytest.raises(ConnectionResetError):
        ListeningWaker(cast("Call", line)).wait(None)


def test_does_not_begin_when_the_client_has_gone() -> None:
    """A client that left before, and whose wake-up was forgotten, is not waited for."""
    line = Line()
    line.gone = True
    with pytest.raises(ConnectionResetError):
        ListeningWaker(cast("Call", line)).wait(None)

    assert [] == line.waker.waits
