"""How answers on a connection are read and judged."""

from __future__ import annotations

import pytest

from bench.wire.answers import Answer, Malformed, read_answers

HEAD = "HTTP/1.1 {} X\r\nX-Request-Id: a\r\nX-Content-Type-Options: nosniff\r\nContent-Length: {}\r\n\r\n"
FAILURE = '{"error": "a", "message": "b", "details": {}}'


def _text(status: int, body: str, *, sent: bool = True) -> bytes:
    return (HEAD.format(status, len(body)) + body * sent).encode()


def test_answers_follow_one_another() -> None:
    """Whole ones, in order, also where one is to a HEAD and has no body."""
    answers, rest = read_answers(
        _text(400, FAILURE, sent=False) + _text(404, FAILURE) + _text(200, ""), ended=True
    )

    assert [(400, b""), (404, FAILURE.encode()), (200, b"")] == [(one.status, one.body) for one in answers]
    assert (b"", []) == (rest, [fault for one in answers for fault in one.faults()])


def test_what_follows_an_upgrade_is_handed_over() -> None:
    """It is not HTTP any more."""
    upgraded = b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    answers, rest = read_answers(upgraded + b"\x81\x00", ended=False)

    assert ([101], b"\x81\x00") == ([one.status for one in answers], rest)


def test_an_invitation_is_no_answer() -> None:
    """What follows it is."""
    answers, _ = read_answers(b"HTTP/1.1 100 Continue\r\n\r\n" + _text(200, "ok"), ended=True)

    assert [200] == [one.status for one in answers]


@pytest.mark.parametrize(
    "data", [b"garbage\r\n\r\n", b"HTTP/1.1 200\r\nbad header\r\n\r\n", _text(200, "") + b"more"]
)
def test_what_is_not_http(data: bytes) -> None:
    """It is said so."""
    with pytest.raises(Malformed):
        read_answers(data, ended=True)


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (500, FAILURE, "answers 500"),
        (400, "<html>", "answers 400 without JSON"),
        (400, "[]", "answers 400 with list"),
        (400, '{"error": 1, "message": "", "details": {}}', "error is missing"),
    ],
)
def test_faults(status: int, body: str, fault: str) -> None:
    """Mistakes of the server, and failures of another shape."""
    [answer], _ = read_answers(_text(status, body), ended=True)

    assert [fault] == answer.faults()


def test_every_answer_has_its_headers() -> None:
    """Also a success."""
    assert ["has no x-request-id", "has no x-content-type-options"] == Answer(200, {}, b"").faults()
