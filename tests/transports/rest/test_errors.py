"""How failures look in REST."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response, abort, g

from datasynth.errors import (
    DatasynthError,
    InvalidConfiguration,
    NoActiveStream,
    NoStream,
    Overloaded,
    RateLimitExceeded,
    StreamAlreadyRunning,
    TooManyTriggers,
    Unauthorized,
    UnknownPattern,
)
from datasynth.transports.rest import errors

if TYPE_CHECKING:
    from werkzeug.test import TestResponse


def _take_id() -> None:
    g.request_id = "id-1"


def _answer_to(failure: Exception) -> TestResponse:
    app = Flask(__name__)
    errors.register(app)
    app.before_request(_take_id)

    @app.get("/")
    def view() -> Response:
        raise failure

    return app.test_client().get("/")


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (InvalidConfiguration("No.", {"a.b": ["Bad."]}), 400, "invalid_configuration"),
        (UnknownPattern("No.", {"patterns": []}), 400, "unknown_pattern"),
        (Unauthorized("No."), 401, "unauthorized"),
        (NoStream("No."), 404, "no_stream"),
        (StreamAlreadyRunning("No."), 409, "stream_already_running"),
        (NoActiveStream("No.", {"state": "stopped"}), 409, "no_active_stream"),
        (TooManyTriggers("No."), 409, "too_many_triggers"),
        (Overloaded("No."), 503, "overloaded"),
    ],
)
def test_our_errors_leave_in_one_shape(failure: DatasynthError, status: int, code: str) -> None:
    """An error of the tree keeps its code, sentence and details."""
    answer = _answer_to(failure)

    assert status == answer.status_code
    assert {"error": code, "message": "No.", "details": failure.details} == answer.json


def test_a_full_window_says_when_to_come_back() -> None:
    """A refusal by rate carries the wait at the top level, in details and in the header."""
    answer = _answer_to(RateLimitExceeded("Slow down.", 30))

    assert answer.status_code == 429
    assert answer.json is not None
    assert answer.json["error"] == "rate_limit_exceeded"
    assert answer.json["retry_after"] == 30
    assert answer.headers["Retry-After"] == "30"


def test_an_overloaded_server_says_when_to_come_back() -> None:
    """A refusal for want of capacity carries the wait in the header."""
    assert _answer_to(Overloaded("Busy.", retry_after=7)).headers["Retry-After"] == "7"


def test_an_unauthorized_client_learns_how_to_identify_itself() -> None:
    """HTTP wants the scheme named in the answer."""
    assert _answer_to(Unauthorized("Who?")).headers["WWW-Authenticate"].startswith("Bearer")


def test_a_mistake_of_ours_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    """The client gets the request's id, the log has the traceback beside it."""
    with caplog.at_level(logging.ERROR):
        answer = _answer_to(ZeroDivisionError("secret"))

    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["error"] == "internal_error"
    assert answer.json["details"] == {"request_id": "id-1"}
    assert "secret" not in answer.text
    assert "ZeroDivisionError: secret" in caplog.text
    assert [record.__dict__["request_id"] for record in caplog.records] == ["id-1"]


def test_a_client_that_went_away_is_no_mistake_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    """A connection that broke before the answer leaves no traceback."""
    with caplog.at_level(logging.ERROR):
        answer = _answer_to(ConnectionResetError("gone"))

    assert answer.status_code == 400
    assert not caplog.records


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "invalid_request"),
        (401, "unauthorized"),
        (404, "not_found"),
        (405, "method_not_allowed"),
        (413, "payload_too_large"),
        (414, "invalid_request"),
        (415, "unsupported_media_type"),
        (418, "invalid_request"),
        (500, "internal_error"),
        (501, "internal_error"),
        (503, "overloaded"),
    ],
)
def test_the_framework_speaks_our_language(status: int, code: str) -> None:
    """Whatever Flask refuses by itself leaves with a code of ours and that code's status."""
    app = Flask(__name__)
    errors.register(app)
    app.before_request(_take_id)
    app.add_url_rule("/", view_func=lambda: abort(status))
    answer = app.test_client().get("/")

    assert answer.json is not None
    assert {"error", "message", "details"} == set(answer.json)
    assert code == answer.json["error"]


def test_a_wrong_method_learns_the_right_ones() -> None:
    """Both the header and the details list what the address takes."""
    app = Flask(__name__)
    errors.register(app)
    app.before_request(_take_id)
    app.add_url_rule("/", methods=["GET", "POST"], view_func=lambda: "fine")
    answer = app.test_client().delete("/")

    assert answer.status_code == 405
    assert answer.json is not None
    assert answer.json["details"] == {"allowed": ["GET", "HEAD", "OPTIONS", "POST"]}
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
