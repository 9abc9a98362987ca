"""Answers that are refusals."""

from __future__ import annotations

import httpx
import orjson
import pytest

from datasynth.client.errors import (
    NoStreamError,
    OverloadedError,
    RateLimitExceededError,
    RefusedError,
    UnknownPatternError,
)
from datasynth.client.refusals import refusal, rpc_refusal


def test_the_servers_own_words() -> None:
    """Code, sentence, details and the time to wait are those of the answer."""
    body = {"error": "unknown_pattern", "message": "No such pattern.", "details": {"patterns": ["month_end"]}}

    error = refusal(400, httpx.Headers({"retry-after": "7"}), orjson.dumps(body))

    assert isinstance(error, UnknownPatternError)
    assert ("unknown_pattern", "No such pattern.", {"patterns": ["month_end"]}, 400, 7.0) == (
        error.code,
        error.message,
        error.details,
        error.status,
        error.retry_after,
    )


@pytest.mark.parametrize(
    ("status", "body", "kind", "sentence"),
    [
        (404, b'{"error": "no_stream", "message": "None."}', NoStreamError, "None."),
        (418, b'{"error": "teapot", "message": "Short.", "details": []}', RefusedError, "Short."),
        (502, b"<html>\n<b>Bad gateway</b>", RefusedError, "HTTP status 502: <html> <b>Bad gateway</b>"),
        (503, b"", OverloadedError, "HTTP status 503"),
        (429, b"[1]", RateLimitExceededError, "HTTP status 429: [1]"),
        (301, b'{"error": 3}', RefusedError, 'HTTP status 301: {"error": 3}'),
    ],
)
def test_every_answer_is_an_error(status: int, body: bytes, kind: type[RefusedError], sentence: str) -> None:
    """Codes of later servers and pages of proxies are errors too."""
    error = refusal(status, httpx.Headers(), body)

    assert (kind, sentence, status) == (type(error), str(error), error.status)


def test_an_unknown_code_is_kept() -> None:
    """A later server's code reaches the program."""
    assert "teapot" == refusal(418, httpx.Headers(), b'{"error": "teapot"}').code


@pytest.mark.parametrize("after", ["Wed, 21 Oct 2026 07:28:00 GMT", "-3", "1.5", "", "²"])
def test_only_whole_seconds_are_a_time_to_wait(after: str) -> None:
    """Another spelling is no reason to fail; the client's own waits take over."""
    assert refusal(503, {"Retry-After": after}, b"").retry_after is None


def test_grpc() -> None:
    """Trailing metadata say the same as a body does."""
    trailers = {"error-code": "overloaded", "error-details": '{"a": 1}', "retry-after": "1"}
    error = rpc_refusal(trailers, "Not now.")

    assert isinstance(error, OverloadedError)
    assert ("Not now.", {"a": 1}, None, 1.0) == (str(error), error.details, error.status, error.retry_after)
    assert rpc_refusal({}, "Socket closed") is None
