"""How often calls are tried, and when."""

from __future__ import annotations

import pytest

from datasynth.client.attempts import LONGEST_TOLD, LONGEST_WAIT, Attempts
from datasynth.client.errors import (
    ClientError,
    ConnectionLostError,
    ForbiddenError,
    InternalServerError,
    JournalChangedError,
    NoServerError,
    OverloadedError,
    RateLimitExceededError,
    TimedOutError,
)


def test_waits_grow_to_a_bound() -> None:
    """Each wait is twice the one before, up to ten seconds."""
    attempts = Attempts(9)

    assert [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT] == pytest.approx(
        [attempts.failed(ConnectionLostError("")) for _ in range(9)]
    )


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_it_gives_up(retries: int) -> None:
    """After so many tries in a row the error is the caller's."""
    attempts = Attempts(retries)
    error = ConnectionLostError("")
    for _ in range(retries):
        attempts.failed(error)

    with pytest.raises(ConnectionLostError) as raised:
        attempts.failed(error)
    assert error is raised.value


def test_progress_begins_anew() -> None:
    """Tries count in a row: what has arrived makes up for what has failed."""
    attempts = Attempts(1)
    for _ in range(5):
        assert 0.2 == attempts.failed(ConnectionLostError(""))
        attempts.progressed()


@pytest.mark.parametrize("kind", [OverloadedError, RateLimitExceededError])
def test_the_servers_time_is_respected(kind: type[ClientError]) -> None:
    """`Retry-After` goes before one's own waits; too long a time is the caller's to decide."""
    attempts = Attempts(5)

    assert 37.0 == attempts.failed(kind("", retry_after=37.0))
    with pytest.raises(kind):
        attempts.failed(kind("", retry_after=LONGEST_TOLD + 1))


@pytest.mark.parametrize("kind", [ForbiddenError, InternalServerError, JournalChangedError])
def test_what_does_not_pass_is_not_tried_again(kind: type[ClientError]) -> None:
    """The same call would fail in the same way."""
    attempts = Attempts(5)
    attempts.progressed()

    with pytest.raises(kind):
        attempts.failed(kind(""))


@pytest.mark.parametrize("kind", [NoServerError, TimedOutError])
def test_a_server_is_waited_for_once_it_was_there(kind: type[ClientError]) -> None:
    """A wrong address fails at once; a server that restarts is waited for."""
    attempts = Attempts(5)
    with pytest.raises(kind):
        attempts.failed(kind(""))

    attempts.progressed()
    assert 0.2 == attempts.failed(kind(""))
