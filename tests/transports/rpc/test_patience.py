"""The end of waiting for a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.errors import InvalidRequest
from datasynth.transports.rpc.patience import Patience
from tests.transports.rpc.harness import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator


class Context:
    """A call that remembers whether it was cancelled."""

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


def test_a_request_in_time_is_returned_and_never_cancelled() -> None:
    """Once the message is there nobody waits for it any more."""
    clock, context = Clock(), Context()
    patience = Patience(10.0, clock)

    assert patience.first(iter([b"one", b"two"]), context) == b"one"
    clock.now += 1_000
    patience.tick()
    assert not context.cancelled


def test_a_call_without_request_is_the_client_s_error() -> None:
    """A client that closes its side without a message is told so."""
    with pytest.raises(InvalidRequest, match="without its request"):
        Patience().first(iter([]), Context())


def test_only_an_overdue_call_is_cancelled() -> None:
    """The wait ends at its deadline, not before."""
    clock, context = Clock(), Context()
    patience = Patience(10.0, clock)
    seen: list[bool] = []

    def slow() -> Iterator[bytes]:
        for seconds in (9.9, 0.1):
            clock.now += seconds
            patience.tick()
            seen.append(context.cancelled)
        yield b"late"

    patience.first(slow(), context)

    assert [False, True] == seen


def test_each_message_is_waited_for_anew() -> None:
    """A conversation may last as long as it goes on."""
    clock, context = Clock(), Context()
    patience = Patience(10.0, clock)

    def questions() -> Iterator[bytes]:
        for number in range(5):
            clock.now += 6.0
            patience.tick()
            yield b"%d" % number

    assert [b"0", b"1", b"2", b"3", b"4"] == list(patience.each(questions(), context))
    assert not context.cancelled
