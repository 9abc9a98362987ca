"""Answers to what never became a request."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass, field

import pytest
from gunicorn.http.errors import InvalidHeader, InvalidRequestLine, UnsupportedTransferCoding

from datasynth.errors import InvalidRequest, Overloaded, Unimplemented
from datasynth.transports.refusal import id_of, last_answer, refusal_of, server_fault


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
