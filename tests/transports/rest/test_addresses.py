"""One spelling of an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.transports.rest.addresses import one_spelling, with_one_spelling

PATHS = st.lists(st.sampled_from(["/", "a", "é", ".", "%2f"])).map("".join)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", "/"),
        ("/", "/"),
        ("//", "/"),
        ("*", "/*"),
        ("/health", "/health"),
        ("/health/", "/health"),
        ("//health", "/health"),
        ("/health//", "/health/"),
        ("/api//config", "/api//config"),
    ],
)
def test_slashes_at_the_ends(path: str, expected: str) -> None:
    """One at the end is dropped, those at the start are one, those between stay."""
    assert expected == one_spelling(path)


@given(PATHS)
def test_a_path_begins_with_one_slash(path: str) -> None:
    """Whatever a server hands over, guards and routes see a path that begins with one slash."""
    spelt = one_spelling(path)

    assert spelt.startswith("/")
    assert not spelt.startswith("//")
    assert path.strip("/") == spelt.strip("/")


@pytest.mark.parametrize(
    ("offered", "seen"),
    [
        ("h2c, WebSocket", "websocket"),
        ("websocket", "websocket"),
        ("h2c", "h2c"),
        ("websockets", "websockets"),
    ],
)
def test_a_websocket_among_other_protocols(offered: str, seen: str) -> None:
    """Of several protocols that a client offers, the router sees the one that it knows."""
    environ = {"PATH_INFO": "/ws/events/", "HTTP_UPGRADE": offered}
    list(with_one_spelling(lambda *_: [])(environ, lambda *_: None))

    assert {"PATH_INFO": "/ws/events", "HTTP_UPGRADE": seen} == environ
