"""The edges of HTTP on a plain socket: what a head may say, and what it gets for it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bench.wire.answers import read_answers
from bench.wire.playing import Attempt, Ending, play

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.wire.answers import Answer
    from tests.server import Server

pytestmark = pytest.mark.server

HOST = "Host: localhost"
CLOSE = "Connection: close"
UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
AT_ONCE = 3.0
"""What "at once" may take where a wait would be of ten seconds or more. [s]"""

EXPECT = "Expect: 100-continue"
INVITATION = b"HTTP/1.1 100 Continue\r\n\r\n"
BODY = '{"count": 5}'


def say(server: Server, *lines: str, body: str = "", certain: bool = True) -> bytes:
    """All that comes back for a head of these lines, and a body."""
    text = "\r\n".join([*lines, "", body])
    return play(Attempt("", (text.encode("latin-1"),), Ending.WAIT, certain), server.port).data


def ask(server: Server, *lines: str, body: str = "") -> Answer:
    """The one answer to a request, after which the server hangs up; it has what every answer has."""
    answers, rest = read_answers(say(server, *lines, body=body), ended=True)
    [answer] = answers

    assert (b"", []) == (rest, answer.faults())
    return answer


@pytest.mark.parametrize(
    "hosts",
    [[], ["Host:"], ["Host: a b"], ["Host: a,b"], ["Host: u@localhost"], ["Host: localhost:x"], [HOST, HOST]],
    ids=["none", "empty", "blank", "list", "user", "port", "twice"],
)
@pytest.mark.parametrize("path", ["/health", "/api/config", "/ws/events"])
def test_a_broken_host_is_a_bad_request(server: Server, path: str, hosts: list[str]) -> None:
    """Whatever is asked for: missing, more than one, or none that a URL could have."""
    answer = ask(server, f"GET {path} HTTP/1.1", *hosts, CLOSE)

    assert 400 == answer.status
    assert b'"invalid_request"' in answer.body


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:3000", "[::1]:3000", "localhost:"])
def test_a_host_may_have_a_port(server: Server, host: str) -> None:
    """Names and addresses, with or without."""
    assert 200 == ask(server, "GET /health HTTP/1.1", f"Host: {host}", CLOSE).status


def test_http_1_0_needs_no_host(server: Server) -> None:
    """It did not know any; the connection closes by itself."""
    assert 200 == ask(server, "GET /health HTTP/1.0").status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (["Transfer-Encoding: gzip, chunked"], 501),
        (["Transfer-Encoding: gzip", "Transfer-Encoding: chunked"], 501),
        (["Transfer-Encoding: identity, chunked"], 501),
        (["Transfer-Encoding: deflate"], 501),
        (["Transfer-Encoding: identity"], 501),
        (["Transfer-Encoding: something"], 501),
        (["Transfer-Encoding: chunked", "Content-Length: 5"], 400),
        (["Transfer-Encoding: gzip", "Content-Length: 5"], 400),
        (["Transfer-Encoding: chunked, gzip"], 400),
        (["Transfer-Encoding: chunked, chunked"], 400),
        (["Content-Length: 5", "Content-Length: 5"], 400),
        (["Content-Length: +5"], 400),
    ],
)
def test_codings_and_framings(server: Server, headers: list[str], status: int) -> None:
    """Other codings are not there; a body that could have two ends is refused. Nothing of it is read."""
    answer = ask(server, "POST /api/stream/start HTTP/1.1", HOST, *headers, body="0\r\n\r\n")

    assert (status, "close") == (answer.status, answer.headers["connection"])
    assert (b'"not_implemented"' if status == 501 else b'"invalid_request"') in answer.body


@pytest.mark.parametrize("path", ["/api/config", "/api/stream/stop", "/nowhere"])
def test_a_body_too_large_is_refused_before_it_is_sent(server: Server, path: str) -> None:
    """Who asks first is told at once, and not invited."""
    began = time.monotonic()
    answer = ask(server, f"POST {path} HTTP/1.1", HOST, EXPECT, "Content-Length: 99999999")

    assert (404 if path == "/nowhere" else 413) == answer.status
    assert "close" == answer.headers["connection"]
    assert time.monotonic() - began < AT_ONCE


@pytest.mark.parametrize(
    ("line", "status"),
    [("POST /nowhere", 404), ("DELETE /api/config", 405), ("GET /health", 200), ("GET /api/streams", 200)],
)
def test_a_body_that_nobody_wants_is_not_invited(server: Server, line: str, status: int) -> None:
    """The answer comes without it, and is the connection's last."""
    began = time.monotonic()
    answer = ask(server, f"{line} HTTP/1.1", HOST, EXPECT, "Content-Length: 9")

    assert (status, "close") == (answer.status, answer.headers["connection"])
    assert time.monotonic() - began < AT_ONCE


def test_a_body_that_is_wanted_is_invited(server: Server) -> None:
    """Once, when it is wanted; the connection then goes on."""
    head = f"POST /api/config/validate HTTP/1.1\r\n{HOST}\r\n{EXPECT}\r\nContent-Type: application/json\r\n"
    opening = f"{head}Content-Length: 2\r\n\r\n".encode()
    last = f"GET /live HTTP/1.1\r\n{HOST}\r\n{CLOSE}\r\n\r\n".encode()
    received = play(Attempt("", (b"{}", last), certain=True, opening=opening), server.port)
    answers, _ = read_answers(received.data, ended=True)

    assert received.data.startswith(INVITATION)
    assert 1 == received.data.count(INVITATION)
    assert [200, 200] == [answer.status for answer in answers]


def test_a_body_that_comes_along_needs_no_invitation(server: Server) -> None:
    """A client that does not wait is not told to go on."""
    lines = ["POST /api/config/validate HTTP/1.1", HOST, CLOSE, EXPECT, "Content-Type: application/json"]
    received = say(server, *lines, "Content-Length: 2", body="{}")

    assert received.startswith(b"HTTP/1.1 200 ")


def test_other_expectations_are_not_met(server: Server) -> None:
    """There is one that HTTP knows."""
    assert 400 == ask(server, "GET /health HTTP/1.1", HOST, "Expect: miracles").status


def test_an_oversize_body_that_comes_is_drained(server: Server) -> None:
    """Who sends first and listens later gets the answer, and may go on."""
    body = " " * 2_000_000
    lines = ["POST /api/config HTTP/1.1", HOST, CLOSE, f"Content-Length: {len(body)}"]

    assert 413 == ask(server, *lines, body=body).status


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/health/", "/health"),
        ("/api/config/", "/api/config"),
        ("//api/config", "/api/config"),
        ("/api/streams/", "/api/streams"),
        ("/metrics/", "/metrics"),
        ("/version/", "/version"),
        ("//", "/"),
    ],
)
def test_a_slash_makes_no_other_address(server: Server, path: str, plain: str) -> None:
    """The answer is that of the address without it."""
    answers = [ask(server, f"GET {one} HTTP/1.1", HOST, CLOSE) for one in (path, plain)]

    assert [200, 200] == [answer.status for answer in answers]
    assert 1 == len({answer.headers["content-type"] for answer in answers})


@pytest.mark.parametrize("path", ["/api/stream/trigger", "/api/stream/trigger/"])
def test_no_pattern_is_a_bad_request(server: Server, path: str) -> None:
    """With a slash or without, there is no name."""
    answer = ask(server, f"POST {path} HTTP/1.1", HOST, CLOSE)

    assert 400 == answer.status
    assert b'"unknown_pattern"' in answer.body


def test_guards_see_the_same_address(start_server: Callable[..., Server]) -> None:
    """What is open is open in every spelling, and what is guarded and counted is so, too."""
    server = start_server(api_key="k", rate_limit="3")
    key = "X-API-Key: k"
    opened = ["/health/", "//ready", "/", "/version/", "//live/"]
    guarded = ["/api/config/", "//api/config", "/ws/metrics/", "/metrics/", "/health//"]
    answers = {path: ask(server, f"GET {path} HTTP/1.1", HOST, CLOSE) for path in opened}
    refused = [ask(server, f"GET {path} HTTP/1.1", HOST, CLOSE).status for path in guarded[:3]]
    counted = [ask(server, f"GET {path} HTTP/1.1", HOST, CLOSE, key) for path in guarded[:4]]

    assert {200} == {answer.status for answer in answers.values()}
    assert not [path for path, answer in answers.items() if "x-ratelimit-limit" in answer.headers]
    assert [401, 401, 401] == refused
    assert [200, 200, 400, 429] == [answer.status for answer in counted]
    assert ["2", "1", "0", "0"] == [answer.headers["x-ratelimit-remaining"] for answer in counted]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET http://localhost/health HTTP/1.1", 200),
        ("GET http://localhost HTTP/1.1", 200),
        ("GET http://a,b/health HTTP/1.1", 400),
        ("GET http://u@localhost/health HTTP/1.1", 400),
        ("GET ftp://localhost/health HTTP/1.1", 400),
        ("CONNECT localhost:443 HTTP/1.1", 404),
        ("get /health HTTP/1.1", 400),
        ("GET /health", 400),
        ("GET /health HTTP/2.0", 400),
        ("PRI * HTTP/2.0", 400),
        ("GET health HTTP/1.1", 400),
        (f"GET /{'x' * 9_000} HTTP/1.1", 400),
    ],
)
def test_targets(server: Server, line: str, status: int) -> None:
    """A URL as proxies are sent is understood, and what is no target of ours is refused."""
    assert status == ask(server, line, HOST, CLOSE).status


@pytest.mark.parametrize(
    "headers",
    [
        ["X: y"] * 200,
        ["X: " + "y" * 9_000],
        ["X: y", " folded"],
        ["No colon"],
        ["X : y"],
        ["X: \x00"],
        [": y"],
    ],
    ids=["many", "long", "folded", "colon", "blank", "null", "nameless"],
)
def test_headers_that_http_does_not_allow(server: Server, headers: list[str]) -> None:
    """All in the one shape, and with the id that was made up for it."""
    answer = ask(server, "GET /health HTTP/1.1", HOST, *headers, CLOSE)

    assert 400 == answer.status
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])


def test_an_id_is_echoed_where_a_request_was_read(server: Server) -> None:
    """Also when the answer does not come from the application."""
    answer = ask(server, "GET ftp://localhost/ HTTP/1.1", HOST, CLOSE, "X-Request-Id: mine")

    assert (400, "mine") == (answer.status, answer.headers["x-request-id"])


def test_the_id_of_an_earlier_request_is_not_echoed(server: Server) -> None:
    """What follows it on the connection and cannot be read has one of its own."""
    received = say(server, "HEAD /live HTTP/1.1", HOST, "X-Request-Id: mine", "", "garbage", "")
    answers, _ = read_answers(received, ended=True)

    assert [200, 400] == [answer.status for answer in answers]
    assert "mine" == answers[0].headers["x-request-id"] != answers[1].headers["x-request-id"]
    assert answers[1].body


def test_a_wish_to_close_may_stand_in_a_list(server: Server) -> None:
    """The server hangs up, and says that it will."""
    answer = ask(server, "GET /live HTTP/1.1", HOST, "Connection: TE, close")

    assert (200, "close") == (answer.status, answer.headers["connection"])


def test_an_offer_of_http_2_is_ignored(server: Server) -> None:
    """As clients like curl make it; the answer comes in HTTP/1.1."""
    offer = ["Connection: Upgrade, HTTP2-Settings, close", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAA"]

    assert 200 == ask(server, "GET /health HTTP/1.1", HOST, *offer).status


def test_every_family_of_metrics_has_a_meaning(server: Server) -> None:
    """Those of WebSocket and gRPC too; a scraper's own parser finds it, with a type and samples."""
    answer = ask(server, "GET /metrics HTTP/1.1", HOST, CLOSE)
    families = list(text_string_to_metric_families(answer.body.decode()))

    assert len(families) > 30
    assert not [
        one.name
        for one in families
        if not (one.documentation and one.samples and one.type in {"counter", "gauge"})
    ]


def test_the_page_for_browsers(server: Server) -> None:
    """It is there where HTML is named, and JSON is where it is not."""
    page = ask(server, "GET / HTTP/1.1", HOST, CLOSE, "Accept: text/html,*/*;q=0.8")
    index = ask(server, "GET / HTTP/1.1", HOST, CLOSE, "Accept: */*")

    assert ("text/html; charset=utf-8", "application/json") == (
        page.headers["content-type"],
        index.headers["content-type"],
    )
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"Sec-WebSocket-Version: 13": "Sec-WebSocket-Version: 8"}, True),
        ({"Sec-WebSocket-Version: 13": "X: y"}, True),
        ({"Sec-WebSocket-Version: 13": "Sec-WebSocket-Version: 13, 8"}, True),
        ({UPGRADE[3]: "Sec-WebSocket-Key: short"}, False),
        ({UPGRADE[3]: "X: y"}, False),
        ({"Upgrade: websocket": "X: y"}, False),
        ({"Connection: Upgrade": "X: y"}, False),
    ],
)
def test_a_handshake_that_is_none(server: Server, changed: dict[str, str], named: bool) -> None:
    """It is a bad request; where the version is wrong, the answer names the right one."""
    headers = [changed.get(line, line) for line in UPGRADE]
    [answer], _ = read_answers(
        say(server, "GET /ws/metrics HTTP/1.1", HOST, *headers, certain=False), ended=False
    )

    assert (400, []) == (answer.status, answer.faults())
    assert ("13" if named else None) == answer.headers.get("sec-websocket-version")


def test_no_websocket_over_http_1_0(server: Server) -> None:
    """It knew no upgrades."""
    assert 400 == ask(server, "GET /ws/metrics HTTP/1.0", HOST, *UPGRADE).status


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT"])
def test_a_websocket_begins_with_get(server: Server, method: str) -> None:
    """Other methods are refused."""
    [answer], _ = read_answers(
        say(server, f"{method} /ws/metrics HTTP/1.1", HOST, *UPGRADE, certain=False), ended=False
    )

    assert answer.status in {400, 405}


@pytest.mark.parametrize(
    ("headers", "chosen"),
    [
        ([], None),
        (["Sec-WebSocket-Protocol: json"], "json"),
        (["Sec-WebSocket-Protocol: graphql-ws, json"], "graphql-ws"),
        (["Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b"], "a"),
        (["Sec-WebSocket-Protocol: , \u00e9, b"], "b"),
        (["Sec-WebSocket-Protocol: "], None),
    ],
)
def test_the_first_subprotocol_is_chosen(server: Server, headers: list[str], chosen: str | None) -> None:
    """Of those that are names at all; nothing is chosen where nothing was offered."""
    received = say(server, "GET /ws/metrics/ HTTP/1.1", HOST, *UPGRADE, *headers, certain=False)
    [answer], _ = read_answers(received, ended=False)

    assert 101 == answer.status
    assert chosen == answer.headers.get("sec-websocket-protocol")


@pytest.mark.parametrize("connection", ["keep-alive, Upgrade", "upgrade", "Upgrade , close"])
@pytest.mark.parametrize("offers", ["WebSocket", "h2c, websocket"])
@pytest.mark.parametrize("extension", ["permessage-deflate; client_max_window_bits", 'x; y="1, 2", ;;'])
def test_lists_in_a_handshake(server: Server, connection: str, offers: str, extension: str) -> None:
    """What browsers and proxies send, and no extension is agreed to."""
    headers = [f"Upgrade: {offers}", f"Connection: {connection}", f"Sec-WebSocket-Extensions: {extension}"]
    received = say(server, "GET /ws/metrics HTTP/1.1", HOST, *headers, *UPGRADE[2:], certain=False)
    [answer], _ = read_answers(received, ended=False)

    assert 101 == answer.status
    assert "sec-websocket-extensions" not in answer.headers


def test_frames_before_the_handshake_is_answered(server: Server) -> None:
    """They could get lost, so the handshake is refused."""
    assert (
        400 == ask(server, "GET /ws/metrics HTTP/1.1", HOST, *UPGRADE, body="\x81\x80\x01\x02\x03\x04").status
    )
