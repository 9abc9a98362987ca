"""Single-use tickets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from datasynth.errors import Overloaded, Unauthorized
from datasynth.service.admission.access import Principal
from datasynth.service.admission.tickets import Tickets
from tests.fakes import FakeClock

HOLDER = Principal("key:1", "192.0.2.1", "1")


def test_ticket_stands_for_its_holder_until_it_is_spent() -> None:
    """A ticket names whom it was issued to as often as somebody looks, and is worthless once spent."""
    tickets = Tickets(FakeClock())
    token = tickets.issue(HOLDER)

    assert HOLDER == tickets.look(token) == tickets.look(token)
    tickets.spend(token)
    for use in (tickets.look, tickets.spend):
        with pytest.raises(Unauthorized):
            use(token)


def test_ticket_is_spent_once_however_many_try() -> None:
    """Of many threads that have all looked at a ticket, one can spend it."""
    tickets = Tickets(FakeClock())

    def spent(token: str, _: int) -> bool:
        try:
            tickets.spend(token)
        except Unauthorized:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        for _ in range(50):
            assert 1 == sum(threads.map(partial(spent, tickets.issue(HOLDER)), range(8)))


def test_ticket_lives_for_thirty_seconds() -> None:
    """A ticket is good just before thirty seconds are over, and not after."""
    clock = FakeClock()
    tickets = Tickets(clock)
    token = tickets.issue(HOLDER)
    clock.advance(29.9)
    assert HOLDER == tickets.look(token)
    clock.advance(0.1)

    for use in (tickets.look, tickets.spend):
        with pytest.raises(Unauthorized):
            use(token)


@pytest.mark.parametrize("token", ["", "never issued", "\udcff"])
def test_unknown_ticket_is_refused(token: str) -> None:
    """What was never issued is unauthorized."""
    with pytest.raises(Unauthorized):
        Tickets(FakeClock()).spend(token)


def test_waiting_tickets_are_bounded() -> None:
    """Too many unused tickets are refused until the oldest have expired."""
    clock = FakeClock()
    tickets = Tickets(clock, most=3)
    for _ in range(3):
        tickets.issue(HOLDER)
    with pytest.raises(Overloaded):
        tickets.issue(HOLDER)
    clock.advance(30.0)

    assert HOLDER == tickets.look(tickets.issue(HOLDER))
