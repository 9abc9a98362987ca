"""`/api/ws/ticket`: a way into a WebSocket for clients that cannot send a key with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from datasynth.transports.http_guard import TICKET_PATH, principal_of

if TYPE_CHECKING:
    from datasynth.service.services import Services


def blueprint(services: Services) -> Blueprint:
    """Build the ticket call."""
    calls = Blueprint("tickets", __name__)

    @calls.post(TICKET_PATH)
    def issue() -> dict[str, object]:
        ticket = services.tickets.issue(principal_of(request.environ))
        return {"ticket": ticket, "expires_in": int(services.tickets.lifetime)}

    return calls
