"""Who counts as one client."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.service.admission.clients import (
    THIS_MACHINE,
    UNKNOWN,
    client_at,
    networks_around,
    plain_address,
)

V4 = st.ip_addresses(v=4).map(str)
V6 = st.ip_addresses(v=6).map(str)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("203.0.113.9", "203.0.113.9"),
        (" 203.0.113.9:5123 ", "203.0.113.9"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("[2001:db8::1]:5123", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("64:ff9b::192.0.2.1", "192.0.2.1"),
        ("", UNKNOWN),
        ("unknown", UNKNOWN),
        ("999.1.1.1", UNKNOWN),
        ("192.0.2.0/24", UNKNOWN),
    ],
)
def test_an_address_has_one_spelling(text: str, expected: str) -> None:
    """Port, brackets, zone, case and the dress of IPv6 make no other address."""
    assert expected == plain_address(text)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("127.0.0.1", THIS_MACHINE),
        ("127.8.9.1", THIS_MACHINE),
        ("::1", THIS_MACHINE),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_a_client_is_an_address_or_what_one_subscriber_has(address: str, expected: str) -> None:
    """IPv6 counts by /64, this machine is one, and all else is itself."""
    assert expected == client_at(address)


@given(V4)
def test_every_dress_of_an_ipv4_address_is_the_same_client(address: str) -> None:
    """Mapped into IPv6 or translated, it stays who it is."""
    number = int(IPv4Address(address))
    dressed = [IPv6Address((0xFFFF << 32) | number), IPv6Address((0x64FF9B << 96) | number)]

    assert {client_at(address)} == {client_at(plain_address(str(one))) for one in dressed}


@given(V6, st.integers(0, 2**64 - 1))
def test_no_address_of_a_subscriber_is_another_client(address: str, low: int) -> None:
    """Whatever the last 64 bits are, the client is the same."""
    other = str(IPv6Address(int(IPv6Address(address)) >> 64 << 64 | low))
    one, another = (client_at(plain_address(text)) for text in (address, other))

    # The subscriber of ::/64 has the loopback address and the mapped ones; nobody has that prefix.
    assert one == another or address.startswith("::") or other.startswith("::") or "64:ff9b::" in address


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("192.0.2.1", ("192.0.0.0/16", "192.0.0.0/8")),
        ("2001:db8:1:2::/64", ("2001:db8::/32", "2001::/16")),
        (THIS_MACHINE, ()),
        (UNKNOWN, ()),
        ("key:ops", ()),
    ],
)
def test_networks_are_those_around_an_address(client: str, expected: tuple[str, ...]) -> None:
    """The narrower comes first; keys, this machine and whoever has no address are in none."""
    assert expected == networks_around(client)
