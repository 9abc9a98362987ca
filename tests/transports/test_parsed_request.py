"""What gunicorn's parser has read of a head; the parser is the real one."""

from __future__ import annotations

from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from datasynth.errors import InvalidRequest
from datasynth.transports.parsed_request import aim, announced, asks_to_close, take_invitation


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
    ("value", "expected"),
    [("close", True), ("TE, Close", True), ("keep-alive, Upgrade", False), ("closed", False)],
)
def test_the_wish_to_close(value: str, expected: bool) -> None:
    """It may stand in a list."""
    assert expected == asks_to_close(_parsed(f"Connection: {value}"))


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
