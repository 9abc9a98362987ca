"""An application over real services, and a client for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest.app import RestOptions, build_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from datasynth.service.services import Services


@pytest.fixture
def app(make_services: Callable[..., Services]) -> Flask:
    """Build an open application without a rate limit."""
    return build_app(make_services(rate_limit=0), RestOptions(), ThreadWaker)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Speak to it without a server."""
    return app.test_client()
