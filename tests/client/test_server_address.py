"""Addresses of servers."""

from __future__ import annotations

import pytest

from datasynth.client.server_address import server_address


@pytest.mark.parametrize(
    ("url", "grpc_url", "expected"),
    [
        ("http://localhost:3000", None, ("http://localhost:3000", "localhost:50051", False)),
        ("http://localhost:3000/", "localhost:7", ("http://localhost:3000", "localhost:7", False)),
        ("https://host/synth/", None, ("https://host/synth", "host:50051", True)),
        ("https://host", "grpc://inside:5", ("https://host", "inside:5", False)),
        ("http://host", "grpcs://host:443", ("http://host", "host:443", True)),
        ("http://[::1]:3000", None, ("http://[::1]:3000", "[::1]:50051", False)),
        ("http://host", "http://other:5/", ("http://host", "other:5", False)),
    ],
)
def test_addresses(url: str, grpc_url: str | None, expected: tuple[str, str, bool]) -> None:
    """Host and encryption of gRPC are those of HTTP, unless something else is said."""
    address = server_address(url, grpc_url, None)

    assert expected == (address.url, address.target, address.secure)


@pytest.mark.parametrize("url", ["localhost:3000", "ftp://x", "http://", "http://x?a=1", "http://x#a", ""])
def test_what_is_no_address(url: str) -> None:
    """A mistake is told before anything is called."""
    with pytest.raises(ValueError, match="this is not a server address"):
        server_address(url, None, None)


@pytest.mark.parametrize("url", ["ws://x:3", "grpc://", "", "/"])
def test_what_is_no_address_of_grpc(url: str) -> None:
    """Likewise."""
    with pytest.raises(ValueError, match="this is not a gRPC address"):
        server_address("http://localhost", url, None)


@pytest.mark.parametrize(
    ("url", "expected"), [("http://h:3/p", "ws://h:3/p/ws?a=b+c"), ("https://h", "wss://h/ws?a=b+c")]
)
def test_websocket(url: str, expected: str) -> None:
    """A WebSocket is where HTTP is."""
    assert expected == server_address(url, None, None).websocket("/ws", {"a": "b c"})
