"""What gunicorn's parser has read of a head; the parser is the real one."""

from __future__ import annotations

from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from datasynth.errors import InvalidRequest
from datasynth.transports.parsed_request import (
    aim,
    announced,
    check_patience,
    is_last,
    take_invitation,
)


def _parsed(*headers: str, target: str = "/x", method: str = "POST") -> Any:
    text = "\r\n".join([f"{method} {target} HTTP/1.1", "Host: localhost", *headers, "", ""])
    return next(RequestParser(Config(), iter([text.encode()]), ("127.0.0.1", 1)))


@pytest.mark.parametrize(
    ("headers", "expected"), [([], 0), (["Content-Length: 7"], 7), (["Transfer-Encoding: chunked"], None)]
)
def test_the_length_of_a_body(headers: list[str], expected: int | None) -> None:
    """None, a number, or whatever its chunks add up to."""
    assert expected == announced(_parsed(*headers))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Connection: close", True),
        ("Connection: TE, Close", True),
        ("Connection: keep-alive, Upgrade", False),
        ("Connection: closed", False),
        ("Transfer-Encoding: chunked", False),
        ("Transfer-Encoding: identity, chunked", True),
        ("X: close", False),
    ],
)
def test_the_last_request_of_a_connection(header: str, expected: bool) -> None:
    """The wish may stand in a list, and nobody knows where a coded body ends."""
    assert expected == is_last(_parsed(header))


def test_a_whole_url_names_the_host() -> None:
    """What stands in the header is replaced, not added to."""
    request = _parsed(target="http://other:1/x")
    aim(request)

    assert ["other:1"] == [value for name, value in request.headers if name == "HOST"]


def test_a_path_names_no_host() -> None:
    """The header stays."""
    request = _parsed(target="/x")
    aim(request)

    assert [("HOST", "localhost")] == request.headers


def test_other_urls_are_refused() -> None:
    """A target of another protocol is none of ours."""
    with pytest.raises(InvalidRequest):
        aim(_parsed(target="ftp://other/x"))


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("offers", ["h2c, WebSocket", "websocket", "h2c"])
def test_frames_before_the_handshake_is_answered(ahead: bool, offers: str) -> None:
    """Only a WebSocket has to wait; a next request may follow any other one at once."""
    request = _parsed(f"Upgrade: {offers}", method="GET")
    if ahead and "h2c" != offers:
        with pytest.raises(InvalidRequest, match="waits for the answer"):
            check_patience(request, ahead=ahead)
    else:
        check_patience(request, ahead=ahead)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], False),
        (["Content-Length: 1"], False),
        (["Expect: 100-continue", "Content-Length: 1"], True),
        (["Expect: 100-Continue", "Transfer-Encoding: chunked"], True),
        (["Expect: 100-continue"], False),
        (["Expect: 100-continue", "Content-Length: 0"], False),
    ],
)
def test_an_invitation_is_asked_for_once(headers: list[str], expected: bool) -> None:
    """Only a body needs one, and gunicorn is not to send it too."""
    request = _parsed(*headers)

    assert expected == take_invitation(request)
    assert not take_invitation(request)
    assert not request._expected_100_continue
