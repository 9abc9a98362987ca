"""What HTTP demands of a request's head."""

from __future__ import annotations

import pytest

from datasynth.errors import DatasynthError, InvalidRequest, Unimplemented
from datasynth.transports.request_head import check_head, host_of_target, is_host, request_id_of, tokens_of

GOOD = [
    *("localhost", "localhost:3000", "LOCALHOST:", "127.0.0.1:1", "[::1]", "[::1]:65535", "my_service:3000"),
    *("a.b.example", "xn--bcher-kva.example", "a%20b", "[::ffff:1.2.3.4]:80", "example."),
]
BAD = [
    *(
        "",
        " ",
        "a b",
        "a,b",
        "user@localhost",
        "localhost/x",
        "localhost:x",
        "localhost:-1",
        "localhost:65536",
    ),
    *("[::1", "::1", "[::1]x", "[g::1]", "[1.2.3.4]", "a:1:2", "http://a", "bücher.example", ":80", "a\x00b"),
]


def _refused(**environ: str) -> type[DatasynthError] | None:
    try:
        check_head({"SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "localhost", **environ})
    except DatasynthError as error:
        return type(error)
    return None


@pytest.mark.parametrize("value", GOOD)
def test_hosts(value: str) -> None:
    """Names, addresses and ports as URLs have them."""
    assert is_host(value)
    assert _refused(HTTP_HOST=value) is None


@pytest.mark.parametrize("value", BAD)
def test_what_is_no_host(value: str) -> None:
    """Lists, users, paths, ports that there are not, and addresses without brackets."""
    assert not is_host(value)
    assert _refused(HTTP_HOST=value) is InvalidRequest
    assert _refused(HTTP_HOST=value, SERVER_PROTOCOL="HTTP/1.0") is InvalidRequest


def test_a_host_is_needed_since_1_1() -> None:
    """HTTP/1.0 knows none; later versions have to send one."""
    check_head({"SERVER_PROTOCOL": "HTTP/1.0"})
    with pytest.raises(InvalidRequest, match="must have a Host"):
        check_head({"SERVER_PROTOCOL": "HTTP/1.1"})


@pytest.mark.parametrize("value", ["", "chunked", " CHUNKED "])
def test_the_one_coding(value: str) -> None:
    """Chunks are read, however they are spelt."""
    assert _refused(HTTP_TRANSFER_ENCODING=value) is None


@pytest.mark.parametrize(
    "value",
    ["gzip, chunked", "gzip,chunked", "identity", "deflate, chunked", "br", "x, chunked", "chunked, chunked"],
)
def test_other_codings(value: str) -> None:
    """Whatever else a body has been through is not undone."""
    assert _refused(HTTP_TRANSFER_ENCODING=value) is Unimplemented


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("/health", None),
        ("//evil/health", None),
        ("/x?url=http://evil/", None),
        ("*", None),
        ("http://a:1/health?x=1", "a:1"),
        ("HTTPS://b", "b"),
    ],
)
def test_the_host_of_a_target(target: str, host: str | None) -> None:
    """Only a target that is a whole URL has one."""
    assert host == host_of_target(target)


@pytest.mark.parametrize("target", ["ftp://a/", "ws://a/ws/events", "://a"])
def test_a_target_of_another_protocol(target: str) -> None:
    """HTTP asks for URLs of HTTP."""
    with pytest.raises(InvalidRequest):
        host_of_target(target)


def test_members_of_a_list() -> None:
    """Empty members and case do not matter."""
    assert ["keep-alive", "upgrade"] == tokens_of(" Keep-Alive,, Upgrade ,")


@pytest.mark.parametrize("offered", ["a", "abc-123", "A.b_c:d+e/f=", "x" * 128])
def test_sane_ids(offered: str) -> None:
    """Letters, digits and a few signs, up to 128 of them."""
    assert offered == request_id_of(offered)


@pytest.mark.parametrize("offered", ["", "a b", "x" * 129, "é", '"', "a;b", "a\n"])
def test_others(offered: str) -> None:
    """What could harm a log or a header."""
    assert request_id_of(offered, lambda: "new") == "new"
