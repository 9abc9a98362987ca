"""The whole application over a small journal, with its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.documents import routes as documents
from datasynth.transports.rest.app import RestOptions, build_app
from datasynth.transports.ws import routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from datasynth.service.services import Services


def whole_app(services: Services) -> Flask:
    """Build the application with all of its routes."""
    app = build_app(services, RestOptions(), ThreadWaker)
    routes.register(app, services, ThreadWaker)
    documents.register(app, services, ThreadWaker)
    return app


@pytest.fixture
def app(make_services: Callable[..., Services]) -> Flask:
    """Build an open application without a rate limit."""
    return whole_app(make_services(rate_limit=0))


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    """Ask the application for its OpenAPI document."""
    found: dict[str, Any] | None = app.test_client().get("/openapi.json").json
    assert found is not None
    return found
