"""Tickets for WebSockets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest.app import build_app
from datasynth.transports.rest.options import RestOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.services import Services


def test_a_ticket_stands_for_its_client(make_services: Callable[..., Services]) -> None:
    """Whoever has a key gets a ticket that stands for it for half a minute."""
    services = make_services(api_keys=("secret",))
    client = build_app(services, RestOptions(), ThreadWaker).test_client()
    answer = client.post("/api/ws/ticket", headers={"X-API-Key": "secret"})

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["expires_in"] == 30
    assert services.access.check("secret").name == services.tickets.look(answer.json["ticket"]).key


def test_without_a_key_there_is_no_ticket(make_services: Callable[..., Services]) -> None:
    """The call is guarded like any other."""
    client = build_app(make_services(api_keys=("secret",)), RestOptions(), ThreadWaker).test_client()

    assert client.post("/api/ws/ticket").status_code == 401
