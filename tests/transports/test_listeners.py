"""From hosts to addresses."""

from __future__ import annotations

import pytest

from datasynth.transports.listeners import reachable_from_outside, resolve


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
