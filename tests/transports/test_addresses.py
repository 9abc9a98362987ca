"""From hosts to addresses, and which of them and which port a server can have."""

from __future__ import annotations

import errno
import socket

import pytest

from datasynth.transports.addresses import endpoint, reachable_from_outside, resolve, usable

NOBODYS = "203.0.113.7"  # reserved for documentation


def test_a_free_port_is_free_on_all_addresses() -> None:
    """Port 0 finds one port for all."""
    addresses, port = usable(("127.0.0.1", "127.0.0.2"), 0)

    assert addresses == ("127.0.0.1", "127.0.0.2")
    for address in addresses:
        with socket.create_server((address, port)):
            pass


def test_a_taken_port_is_named_with_the_reason() -> None:
    """The error says which address and port, and why not."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=rf"127\.0\.0\.1:{port}: Address already in use") as refused:
            usable(("127.0.0.1",), port)

    assert errno.EADDRINUSE == refused.value.errno


def test_a_port_taken_on_the_second_address_is_taken() -> None:
    """Half a server is no server."""
    with socket.create_server(("127.0.0.2", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=rf"127\.0\.0\.2:{port}"):
            usable(("127.0.0.1", "127.0.0.2"), port)


def test_an_address_that_the_machine_lacks_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    """Without a second address the first serves alone, and the log says so."""
    caplog.set_level("INFO")

    addresses, _ = usable(("127.0.0.1", NOBODYS), 0)

    assert addresses == ("127.0.0.1",)
    assert NOBODYS in caplog.text


def test_the_first_address_must_exist() -> None:
    """Nothing is left out silently that was asked for first."""
    with pytest.raises(OSError, match=NOBODYS):
        usable((NOBODYS,), 0)


def test_ipv6_is_written_in_brackets() -> None:
    """Addresses with colons need them."""
    assert endpoint("127.0.0.1", 50051) == "127.0.0.1:50051"
    assert endpoint("::1", 50051) == "[::1]:50051"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", ("127.0.0.1", "::1")),
        ("LOCALHOST", ("127.0.0.1", "::1")),
        ("127.0.0.1", ("127.0.0.1",)),
        ("0.0.0.0", ("0.0.0.0",)),  # noqa: S104  # resolved here, not bound
        ("::1", ("::1",)),
        ("[::1]", ("::1",)),
    ],
)
def test_a_host_becomes_its_addresses(host: str, expected: tuple[str, ...]) -> None:
    """The usual name means both loopback addresses, since clients may try either first."""
    assert expected == resolve(host)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 300, "two words"])
def test_an_unknown_host_is_refused_in_one_line(host: str) -> None:
    """The operator reads which host it was."""
    with pytest.raises(OSError, match="cannot find host") as refused:
        resolve(host)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (("127.0.0.1", "::1"), False),
        (("127.0.0.5",), False),
        (("::ffff:127.0.0.1",), False),
        (("0.0.0.0",), True),  # noqa: S104  # judged here, not bound
        (("::",), True),
        (("127.0.0.1", "192.0.2.1"), True),
        (("fe80::1%eth0",), True),
    ],
)
def test_only_loopback_is_out_of_reach(addresses: tuple[str, ...], expected: bool) -> None:
    """One address that others can call is enough."""
    assert expected is reachable_from_outside(addresses)
