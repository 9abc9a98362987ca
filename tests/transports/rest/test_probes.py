"""The probes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest.app import build_app
from datasynth.transports.rest.options import RestOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from datasynth.service.services import Services


def test_health_tells_the_uptime(client: FlaskClient) -> None:
    """Health has the page's two keys, the second in whole seconds."""
    answer = client.get("/health").json

    assert answer is not None
    assert answer["status"] == "healthy"
    assert isinstance(answer["uptime_seconds"], int)


def test_a_living_server_says_so(client: FlaskClient) -> None:
    """Live answers as long as anything does."""
    assert client.get("/live").json == {"status": "live"}


def test_a_ready_server_says_so(client: FlaskClient) -> None:
    """Ready is 200 when there is no reason to refuse work."""
    assert client.get("/ready").json == {"status": "ready"}


@pytest.mark.parametrize("path", ["/health", "/live", "/ready", "/metrics"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_probes_read_no_body(client: FlaskClient, method: str, path: str) -> None:
    """Whatever is announced does not come into it: a body that cannot be read changes nothing."""
    unreadable = io.BytesIO()
    unreadable.close()
    environ = {"wsgi.input": unreadable, "CONTENT_LENGTH": "9", "wsgi.input_terminated": True}
    answer = client.open(path, method=method, environ_overrides=environ)

    assert (405 if method == "POST" else 200) == answer.status_code


def test_a_server_that_shuts_down_is_not_ready(make_services: Callable[..., Services]) -> None:
    """Reasons come with the refusal, and so does the time to come back; probes still answer."""
    services = make_services()
    client = build_app(services, RestOptions(), ThreadWaker).test_client()
    services.shut_down(1.0)
    answer = client.get("/ready")

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["error"] == "overloaded"
    assert answer.json["details"]["reasons"]
    assert int(answer.headers["Retry-After"]) >= 1
    assert client.get("/live").status_code == 200
    assert client.get("/health").status_code == 200
