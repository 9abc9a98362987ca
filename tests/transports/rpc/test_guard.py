"""Who may enter, seen without a network."""

from __future__ import annotations

import pytest

from datasynth.transports.rpc.guard import UNKNOWN_ADDRESS, client_address, presented_keys


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("ipv4:127.0.0.1:50123", "127.0.0.1"),
        ("ipv6:[::1]:50123", "::1"),
        ("ipv6:%5B::1%5D:50123", "::1"),
        ("ipv6:%5Bfe80::1%25eth0%5D:50123", "fe80::1"),
        ("ipv6:[::ffff:10.0.0.7]:50123", "10.0.0.7"),
        ("unix:/tmp/socket", UNKNOWN_ADDRESS),
        ("unix:", UNKNOWN_ADDRESS),
        ("", UNKNOWN_ADDRESS),
    ],
)
def test_a_peer_is_known_by_its_plain_address(peer: str, expected: str) -> None:
    """One spelling per address, the same as over HTTP."""
    assert expected == client_address(peer)


def test_keys_are_taken_from_both_places() -> None:
    """Either name will do, `Bearer` in any case; other schemes and empty values are no keys."""
    metadata = (
        ("user-agent", "grpc-python"),
        ("authorization", "Basic dXNlcjpwYXNz"),
        ("authorization", "bearer  one "),
        ("x-api-key", ""),
        ("x-api-key", "two"),
        ("x-api-key-bin", b"three"),
        ("authorization", "Bearer"),
    )

    assert ["one", "two"] == list(presented_keys(metadata))
