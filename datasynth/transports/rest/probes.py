"""`/health`, `/live` and `/ready`: open without a key, never counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from datasynth.errors import Overloaded

if TYPE_CHECKING:
    from datasynth.service.services import Services

PATHS = frozenset({"/health", "/live", "/ready"})
"""The probes: they answer at once, whatever else goes on."""

OPEN = PATHS | {"/", "/version"}
"""All that needs no key and does not count."""


def blueprint(services: Services) -> Blueprint:
    """Build the probes."""
    calls = Blueprint("probes", __name__)

    @calls.get("/health")
    def health() -> dict[str, object]:
        return {"status": "healthy", "uptime_seconds": int(services.uptime), "version": services.version}

    @calls.get("/live")
    def live() -> dict[str, object]:
        return {"status": "live"}

    @calls.get("/ready")
    def ready() -> dict[str, object]:
        if reasons := services.readiness.reasons():
            raise Overloaded(" ".join(reasons), {"reasons": reasons})
        return {"status": "ready"}

    return calls
