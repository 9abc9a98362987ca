"""`/api/config`: what the next stream will be made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from datasynth.transports.rest.body import sent_document

if TYPE_CHECKING:
    from datasynth.service.services import Services


def blueprint(services: Services) -> Blueprint:
    """Build the configuration calls."""
    calls = Blueprint("config", __name__)

    @calls.get("/api/config")
    def show() -> dict[str, object]:
        return services.config_store.document.as_json()

    @calls.post("/api/config")
    def change() -> dict[str, object]:
        return services.config_store.merge(sent_document()).as_json()

    @calls.post("/api/config/validate")
    def validate() -> dict[str, object]:
        merged = services.config_store.validate(sent_document())
        return {"valid": True, "config": merged.as_json()}

    return calls
