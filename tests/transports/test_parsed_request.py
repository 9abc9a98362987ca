"""What gunicorn's parser has read of a head; the parser is the real one."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass, field
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import InvalidHeader, InvalidRequestLine, UnsupportedTransferCoding
from gunicorn.http.parser import RequestParser

from datasynth.errors import InvalidRequest, Overloaded, Unimplemented
from datasynth.transports.parsed_request import (
    announced,
    check_handshake_alone,
    id_of,
    is_last,
    last_answer,
    refusal_of,
    server_fault,
    take_host_of_target,
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
    take_host_of_target(request)

    assert ["other:1"] == [value for name, value in request.headers if name == "HOST"]


def test_a_path_names_no_host() -> None:
    """The header stays."""
    request = _parsed(target="/x")
    take_host_of_target(request)

    assert [("HOST", "localhost")] == request.headers


def test_other_urls_are_refused() -> None:
    """A target of another protocol is none of ours."""
    with pytest.raises(InvalidRequest):
        take_host_of_target(_parsed(target="ftp://other/x"))


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("offers", ["h2c, WebSocket", "websocket", "h2c"])
def test_frames_before_the_handshake_is_answered(ahead: bool, offers: str) -> None:
    """Only a WebSocket has to wait; a next request may follow any other one at once."""
    request = _parsed(f"Upgrade: {offers}", method="GET")
    if ahead and "h2c" != offers:
        with pytest.raises(InvalidRequest, match="must wait for the answer"):
            check_handshake_alone(request, ahead=ahead)
    else:
        check_handshake_alone(request, ahead=ahead)


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


@dataclass
class Parsed:
    """As much of a request as gunicorn's errors carry."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    version: tuple[int, int] = (1, 1)


def _framing(*values: str, length: bool = False, version: tuple[int, int] = (1, 1)) -> InvalidHeader:
    headers = [("TRANSFER-ENCODING", value) for value in values]
    headers += [("CONTENT-LENGTH", "1")] * length
    return InvalidHeader("TRANSFER-ENCODING", req=Parsed(headers, version))


@pytest.mark.parametrize("failure", [InvalidRequestLine("x"), InvalidHeader("x"), ssl.SSLError()])
def test_what_cannot_be_read_is_a_bad_request(failure: Exception) -> None:
    """The parser's own words say what it was."""
    refusal = refusal_of(failure)

    assert isinstance(refusal, InvalidRequest)
    assert str(failure) in refusal.message


@pytest.mark.parametrize(
    "failure", [UnsupportedTransferCoding("x"), _framing("gzip"), _framing("gzip", "identity")]
)
def test_other_codings_are_not_implemented(failure: Exception) -> None:
    """A body in codings that we lack, and nothing else wrong with it."""
    assert isinstance(refusal_of(failure), Unimplemented)


@pytest.mark.parametrize(
    "failure",
    [
        _framing("chunked, gzip"),
        _framing("chunked", "chunked"),
        _framing("gzip", length=True),
        _framing("gzip", version=(1, 0)),
        _framing(length=True),
    ],
)
def test_contradictory_framing_is_a_bad_request(failure: Exception) -> None:
    """Where two readers could see two bodies, nobody gets to smuggle one past the other."""
    assert isinstance(refusal_of(failure), InvalidRequest)


def test_errors_of_ours_stay_and_others_are_the_server_s() -> None:
    """What is not the client's fault is no refusal."""
    error = Overloaded("Later.")

    assert error is refusal_of(error)
    assert refusal_of(ZeroDivisionError()) is None


def test_the_id_of_a_request() -> None:
    """The client's, if it is sane, else a new one each time."""
    assert "mine" == id_of([("HOST", "a"), ("X-REQUEST-ID", "mine")])
    assert id_of([("X-REQUEST-ID", "a b")]) != id_of([])


@pytest.mark.parametrize("bodiless", [False, True])
def test_a_whole_answer(bodiless: bool) -> None:
    """Status line, headers, body: what any client reads, with the headers that the failure has."""
    head, _, body = last_answer(Overloaded("Later."), "mine", bodiless=bodiless).partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)

    assert "HTTP/1.1 503 Service Unavailable" == status
    assert ("mine", "close", "nosniff") == (
        headers["X-Request-Id"],
        headers["Connection"],
        headers["X-Content-Type-Options"],
    )
    assert int(headers["Retry-After"]) >= 1
    assert bodiless == (body == b"")
    assert bodiless or len(body) == int(headers["Content-Length"])
    assert bodiless or json.loads(body)["error"] == "overloaded"


def test_a_fault_of_the_server_names_the_request() -> None:
    """The log has the cause under this id."""
    assert {"request_id": "mine"} == server_fault("mine").details
