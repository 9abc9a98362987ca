"""`/api/ws/ticket`: a way into a WebSocket for clients that cannot send a key with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g

if TYPE_CHECKING:
    from datasynth.service.services import Services


def blueprint(services: Services) -> Blueprint:
    """Build the ticket call."""
    calls = Blueprint("tickets", __name__)

    @calls.post("/api/ws/ticket")
    def issue() -> dict[str, object]:
        return {"ticket": services.tickets.issue(g.client), "expires_in": int(services.tickets.lifetime)}

    return calls
