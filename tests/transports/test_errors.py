"""How a failure looks over HTTP."""

from __future__ import annotations

import pytest

from datasynth.errors import (
    DatasynthError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    Overloaded,
    RateLimitExceeded,
    Unauthorized,
)
from datasynth.transports.errors import error_body, error_headers


def test_a_body_has_three_keys() -> None:
    """Code, message, details."""
    assert {"error": "not_found", "message": "Gone.", "details": {"a": 1}} == error_body(
        NotFound("Gone.", {"a": 1})
    )


def test_a_full_window_says_when_to_come_back() -> None:
    """At the top level and in the header."""
    error = RateLimitExceeded("Later.", 7)

    assert 7 == error_body(error)["retry_after"]
    assert {"Retry-After": "7"} == error_headers(error)


@pytest.mark.parametrize(
    ("error", "name", "value"),
    [
        (Overloaded("Later."), "Retry-After", str(Overloaded("Later.").retry_after)),
        (Unauthorized("Who?"), "WWW-Authenticate", 'Bearer realm="datasynth"'),
        (MethodNotAllowed("No.", {"allowed": ["GET", "HEAD"]}), "Allow", "GET, HEAD"),
        (InvalidRequest("No.", {"websocket_versions": ["13"]}), "Sec-WebSocket-Version", "13"),
    ],
)
def test_headers_tell_what_would_have_been_right(error: DatasynthError, name: str, value: str) -> None:
    """Each failure that HTTP has a header for carries it."""
    assert {name: value} == error_headers(error)


def test_other_failures_have_no_header() -> None:
    """A bad request has nothing to add."""
    assert {} == error_headers(InvalidRequest("No."))
