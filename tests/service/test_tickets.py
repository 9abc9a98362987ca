"""Single-use tickets."""

from __future__ import annotations

import pytest

from datasynth.errors import Overloaded, Unauthorized
from datasynth.service.tickets import Tickets
from tests.fakes import FakeClock


def test_ticket_stands_for_its_client_once() -> None:
    """A ticket names the client that it was issued to, and is worthless afterwards."""
    tickets = Tickets(FakeClock())
    token = tickets.issue("key:1")

    assert "key:1" == tickets.redeem(token)
    with pytest.raises(Unauthorized):
        tickets.redeem(token)


def test_ticket_lives_for_thirty_seconds() -> None:
    """A ticket is good just before thirty seconds are over, and not after."""
    clock = FakeClock()
    tickets = Tickets(clock)
    early, late = tickets.issue("a"), tickets.issue("a")
    clock.advance(29.9)
    assert "a" == tickets.redeem(early)
    clock.advance(0.1)

    with pytest.raises(Unauthorized):
        tickets.redeem(late)


@pytest.mark.parametrize("token", ["", "never issued", "\udcff"])
def test_unknown_ticket_is_refused(token: str) -> None:
    """What was never issued is unauthorized."""
    with pytest.raises(Unauthorized):
        Tickets(FakeClock()).redeem(token)


def test_waiting_tickets_are_bounded() -> None:
    """Too many unused tickets are refused until the oldest have expired."""
    clock = FakeClock()
    tickets = Tickets(clock, most=3)
    for _ in range(3):
        tickets.issue("a")
    with pytest.raises(Overloaded):
        tickets.issue("a")
    clock.advance(30.0)

    assert "a" == tickets.redeem(tickets.issue("a"))
