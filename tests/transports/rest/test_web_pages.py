"""Which web pages may use the server."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.errors import DatasynthError, Forbidden, InvalidRequest
from datasynth.transports.rest.web_pages import OriginGuard, accepted_origin

if TYPE_CHECKING:
    from collections.abc import Iterator


LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104  # told of here, not bound
OWN = "localhost:3000"


def _environ(
    host: str | None = OWN, origin: str | None = None, *, bound: str = LOOPBACK, **headers: str
) -> dict[str, object]:
    environ: dict[str, object] = {"SERVER_NAME": bound, **{f"HTTP_{name}": v for name, v in headers.items()}}
    if host is not None:
        environ["HTTP_HOST"] = host
    if origin is not None:
        environ["HTTP_ORIGIN"] = origin
    return environ


def _outcome(guard: OriginGuard, environ: dict[str, object]) -> str:
    try:
        guard.check(environ)
    except DatasynthError as refusal:
        return refusal.code
    return "let in"


@pytest.mark.parametrize("bound", ["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1", "localhost"])
@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost:3000", "let in"),
        ("LOCALHOST.:8080", "let in"),
        ("app.localhost", "let in"),
        ("127.8.9.10:3000", "let in"),
        ("[::1]:3000", "let in"),
        (None, "let in"),
        ("ledger.example", "invalid_request"),
        ("127.0.0.1.evil.com:3000", "invalid_request"),
        ("localhost.evil.com", "invalid_request"),
        ("[::ffff:127.0.0.1]", "invalid_request"),
        ("0x7f.1", "invalid_request"),
        ("user@localhost", "invalid_request"),
        ("localhost:port", "invalid_request"),
        ("", "invalid_request"),
        ("é", "invalid_request"),
    ],
)
def test_on_loopback_only_names_of_loopback_are_answered(bound: str, host: str | None, expected: str) -> None:
    """A name that somebody has made to lead here is refused; HTTP/1.0 without a name is not."""
    assert expected == _outcome(OriginGuard(), _environ(host, bound=bound))


@pytest.mark.parametrize("bound", [EVERYWHERE, "::", "192.0.2.7", "fe80::1%eth0"])
def test_elsewhere_hosts_are_checked_only_where_some_are_allowed(bound: str) -> None:
    """Then those, and the names of loopback, by which the machine's own probes call."""
    hosts = ["ledger.example:8443", "localhost:3000", "evil.example"]
    unchecked = [_outcome(OriginGuard(), _environ(host, bound=bound)) for host in hosts]
    checked = [_outcome(OriginGuard(["ledger.example"]), _environ(host, bound=bound)) for host in hosts]

    assert ["let in"] * 3 == unchecked
    assert ["let in", "let in", "invalid_request"] == checked


def test_a_unix_socket_is_not_loopback() -> None:
    """A server repeats the client's Host there, which must not tell where the server is bound."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        environ = _environ("ledger.example", bound="localhost") | {"gunicorn.socket": ours}
        page = _environ("ledger.example", "http://localhost:5173", bound="localhost") | {
            "gunicorn.socket": ours
        }

        assert _outcome(OriginGuard(), environ) == "let in"
        assert _outcome(OriginGuard(["other.example"]), environ) == "invalid_request"
        assert _outcome(OriginGuard(), page) == "forbidden"


@pytest.mark.parametrize(
    ("listens_at", "expected"),
    [
        ("localhost", "invalid_request"),
        ("[::1]", "invalid_request"),
        (EVERYWHERE, "let in"),
        ("host", "let in"),
    ],
)
def test_a_server_that_does_not_say_where_it_is_bound(listens_at: str, expected: str) -> None:
    """Then the setting counts."""
    environ = _environ("ledger.example", bound="waitress.invalid")

    assert expected == _outcome(OriginGuard(listens_at=listens_at), environ)


@pytest.mark.parametrize(
    ("origin", "on_loopback", "elsewhere"),
    [
        (None, "let in", "let in"),
        ("http://localhost:3000", "let in", "let in"),
        ("https://localhost:3000", "let in", "let in"),
        ("http://LOCALHOST:3000/", "let in", "let in"),
        ("http://localhost:5173", "let in", "forbidden"),
        ("http://127.0.0.1:8000", "let in", "forbidden"),
        ("http://[::1]", "let in", "forbidden"),
        ("http://app.localhost", "let in", "forbidden"),
        ("http://evil.example", "forbidden", "forbidden"),
        ("http://evil.example:3000", "forbidden", "forbidden"),
        ("http://localhost.evil.example:3000", "forbidden", "forbidden"),
        ("http://127.0.0.1.evil.example", "forbidden", "forbidden"),
        ("http://localhost:3000@evil.example", "forbidden", "forbidden"),
        ("http://localhost:3000,http://evil.example", "forbidden", "forbidden"),
        ("null", "forbidden", "forbidden"),
        ("", "forbidden", "forbidden"),
        ("chrome-extension://abcdef", "forbidden", "forbidden"),
        ("http://[::ffff:127.0.0.1]", "forbidden", "forbidden"),
    ],
)
def test_origins(origin: str | None, on_loopback: str, elsewhere: str) -> None:
    """The server's own are accepted, on loopback those of this machine, and no others."""
    guard = OriginGuard()

    assert on_loopback == _outcome(guard, _environ(OWN, origin))
    assert elsewhere == _outcome(guard, _environ(OWN, origin, bound=EVERYWHERE))


def test_a_page_of_a_server_behind_a_proxy_that_takes_tls_off() -> None:
    """The page's scheme is https, the server's own is not, and neither names a port."""
    guard = OriginGuard(["ledger.example"])

    assert _outcome(guard, _environ("ledger.example", "https://ledger.example")) == "let in"
    assert _outcome(guard, _environ("ledger.example", "https://app.example")) == "forbidden"


def test_an_allowed_origin_is_exact() -> None:
    """Scheme, host and port have to fit; a default port may be written or left out."""
    guard = OriginGuard(allowed_origins=["https://app.example", "chrome-extension://abcdef"])
    origins = [
        "https://app.example",
        "https://APP.example:443",
        "chrome-extension://abcdef",
        "http://app.example",
        "https://app.example:8443",
        "https://sub.app.example",
        "null",
    ]

    assert ["let in"] * 3 + ["forbidden"] * 4 == [_outcome(guard, _environ(OWN, one)) for one in origins]


def test_a_star_allows_all() -> None:
    """`*` for origins accepts `null` too, and says nothing about hosts; nor the other way round."""
    origins, hosts = OriginGuard(allowed_origins=["*"]), OriginGuard(["*"])

    assert _outcome(origins, _environ(OWN, "null")) == "let in"
    assert _outcome(origins, _environ("evil.example", "http://evil.example")) == "invalid_request"
    assert _outcome(hosts, _environ("any.example", "http://any.example")) == "let in"
    assert _outcome(hosts, _environ("any.example", "http://evil.example")) == "forbidden"


def test_the_name_is_checked_before_the_page() -> None:
    """After rebinding, page and server have one name, and it is the name that is refused."""
    assert (
        _outcome(OriginGuard(), _environ("evil.example:3000", "http://evil.example:3000"))
        == "invalid_request"
    )


@pytest.mark.parametrize(
    ("site", "mode", "destination", "expected"),
    [
        ("cross-site", "no-cors", "image", "forbidden"),
        ("cross-site", "no-cors", "script", "forbidden"),
        ("cross-site", "navigate", "iframe", "forbidden"),
        ("cross-site", "websocket", "websocket", "forbidden"),
        ("cross-site", "", "", "forbidden"),
        ("Cross-Site ", "no-cors", "image", "forbidden"),
        ("cross-site", "navigate", "document", "let in"),
        ("same-site", "no-cors", "image", "let in"),
        ("same-origin", "cors", "empty", "let in"),
        ("none", "navigate", "document", "let in"),
        ("", "", "", "let in"),
    ],
)
def test_what_pages_load_without_telling_their_origin(
    site: str, mode: str, destination: str, expected: str
) -> None:
    """Browsers mark it; a link that a person follows is no page's doing."""
    marks = {"SEC_FETCH_SITE": site, "SEC_FETCH_MODE": mode, "SEC_FETCH_DEST": destination}

    assert expected == _outcome(OriginGuard(), _environ(OWN, **marks))


def test_an_accepted_origin_may_be_of_another_site() -> None:
    """The mark adds nothing where the origin is told."""
    guard = OriginGuard(allowed_origins=["https://app.example"])
    marks = {"SEC_FETCH_SITE": "cross-site", "SEC_FETCH_MODE": "cors", "SEC_FETCH_DEST": "empty"}

    assert _outcome(guard, _environ(OWN, "https://app.example", **marks)) == "let in"


def test_the_accepted_origin_is_kept_as_it_was_spelt() -> None:
    """Browsers compare it with their own spelling, letter by letter."""
    accepted, refused, without = _environ(OWN, "http://LocalHost:1"), _environ(OWN, "null"), _environ(OWN)
    outcomes = [_outcome(OriginGuard(), environ) for environ in (accepted, refused, without)]

    assert ["let in", "forbidden", "let in"] == outcomes
    assert ["http://LocalHost:1", None, None] == [
        accepted_origin(one) for one in (accepted, refused, without)
    ]


def test_refusals_name_the_flag_and_repeat_a_little() -> None:
    """An operator reads what to do; nobody gets kilobytes back."""
    with pytest.raises(InvalidRequest, match=r"'evil\.example'.*--allowed-host") as host:
        OriginGuard().check(_environ("evil.example"))
    with pytest.raises(Forbidden, match=r"'http://evil\.example'.*--allowed-origin") as origin:
        OriginGuard().check(_environ(OWN, "http://evil.example"))
    with pytest.raises(Forbidden) as long:
        OriginGuard().check(_environ(OWN, "x" * 8000))

    assert ({"host": "evil.example"}, {"origin": "http://evil.example"}) == (
        host.value.details,
        origin.value.details,
    )
    assert len(long.value.message) < 400
    assert len(str(long.value.details)) < 400


def _headers() -> Iterator[st.SearchStrategy[str | None]]:
    """Whatever a parser of HTTP lets through: Latin-1, and often nearly right."""
    parts = st.sampled_from(
        [
            "http",
            "https",
            "://",
            "localhost",
            "127.0.0.1",
            "[",
            "::1",
            "]",
            ":",
            "3000",
            ".",
            "@",
            "/",
            "evil.com",
        ]
    )
    nearly = st.lists(parts, max_size=8).map("".join)
    anything = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=30)
    while True:
        yield st.none() | nearly | anything


_HOSTS, _ORIGINS = (strategy for strategy, _ in zip(_headers(), range(2), strict=False))


@given(host=_HOSTS, origin=_ORIGINS, bound=st.sampled_from([LOOPBACK, EVERYWHERE, "::1", ""]))
def test_any_headers_are_let_in_or_refused(host: str | None, origin: str | None, bound: str) -> None:
    """Nothing else ever happens; and on loopback no name but of loopback, with no page but of it, gets in."""
    outcome = _outcome(OriginGuard(), _environ(host, origin, bound=bound))

    assert outcome in {"let in", "invalid_request", "forbidden"}
    if bound == LOOPBACK and outcome == "let in":
        assert not any("evil" in (text or "") for text in (host, origin))
