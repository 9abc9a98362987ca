"""Hosts and origins as they are spelt."""

from __future__ import annotations

import ipaddress
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from datasynth.origins import (
    Authority,
    Origin,
    allowed_host,
    allowed_origin,
    covers,
    is_loopback_host,
    parse_authority,
    parse_origin,
    same_place,
)

LABELS = st.text(string.ascii_lowercase + string.digits + "-_", min_size=1, max_size=12)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
PORTS = st.none() | st.integers(0, 65_535)
NEARLY = st.text(string.ascii_letters + string.digits + ".:[]/@%-_~\\# \t\x00é٣K", max_size=40)
"""Texts of the characters that hosts and origins are made of, and of some that look like them."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("localhost", Authority("localhost", None)),
        ("LocalHost:3000", Authority("localhost", 3000)),
        ("localhost.:3000", Authority("localhost", 3000)),
        ("localhost:", Authority("localhost", None)),
        ("127.0.0.1:80", Authority("127.0.0.1", 80)),
        ("[::1]:3000", Authority("::1", 3000)),
        ("[0:0:0:0:0:0:0:1]", Authority("::1", None)),
        ("data_synth:3000", Authority("data_synth", 3000)),
    ],
)
def test_a_host_is_read(text: str, expected: Authority) -> None:
    """Case, the dot that ends a name and the spelling of an IPv6 address make no difference."""
    assert expected == parse_authority(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        ":3000",
        "localhost..",
        ".localhost",
        "a..localhost",
        "localhost:http",
        "localhost:3000:3000",
        "localhost:65536",
        "localhost:٣",
        "localhost:+80",
        "localhost ",
        "local host",
        "user@localhost",
        "evil.example#@localhost",
        "localhost/",
        "localhost,localhost",
        "http://localhost",
        "::1",
        "[::1",
        "[::1]x",
        "[]",
        "[localhost]",
        "[127.0.0.1]",
        "[::1%lo]",
        "[::1%25lo]",
        "loc%61lhost",
        "\u212aey.localhost",  # the sign for Kelvin, which is a K in lower case
        "a" * 254,
    ],
)
def test_what_is_no_host_is_refused(text: str) -> None:
    """Nothing is read that could mean two things."""
    with pytest.raises(ValueError):  # noqa: PT011  # whatever it says; callers have sentences of their own
        parse_authority(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://localhost:5173", Origin("http", "localhost", 5173)),
        ("HTTPS://App.Example", Origin("https", "app.example", 443)),
        ("https://app.example:443", Origin("https", "app.example", 443)),
        ("http://app.example", Origin("http", "app.example", 80)),
        ("ws://[::1]", Origin("ws", "::1", 80)),
        ("chrome-extension://abcdef", Origin("chrome-extension", "abcdef", None)),
    ],
)
def test_an_origin_is_read(text: str, expected: Origin) -> None:
    """A port that is left out is that of the scheme."""
    assert expected == parse_origin(text)


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "",
        "localhost",
        "//localhost",
        "http:/localhost",
        "http://",
        "file://",
        "http://localhost/page",
        "http://localhost?query",
        "http://user@localhost",
        "http://localhost@evil.example",
        "http://localhost http://evil.example",
        "http://localhost:5173,http://evil.example",
        "1http://localhost",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    """Nor is anything that has more to it."""
    with pytest.raises(ValueError, match="not"):
        parse_origin(text)


@pytest.mark.parametrize(
    "text",
    [
        "localhost",
        "LOCALHOST.",
        "app.localhost",
        "a.b.localhost:1",
        "127.0.0.1",
        "127.255.0.9:80",
        "[::1]:3000",
    ],
)
def test_loopback(text: str) -> None:
    """These names and addresses are this machine wherever they are written."""
    assert is_loopback_host(parse_authority(text).host)


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1.evil.com",
        "localhost.evil.com",
        "evil-localhost",
        "localhost.localdomain",
        "[::ffff:127.0.0.1]",
        "[::]",
        "[fe80::1]",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "127.1",
        "127.0.0.01",
        "0177.0.0.1",
        "0.0.0.0",  # noqa: S104  # read here, not bound
        "128.0.0.1",
        "10.0.0.1",
    ],
)
def test_not_loopback(text: str) -> None:
    """A name that only looks like loopback, or an address in a spelling that some read otherwise, is not."""
    assert not is_loopback_host(parse_authority(text).host)


@given(name=NAMES, port=PORTS)
def test_a_name_and_a_port_are_read_as_they_were_written(name: str, port: int | None) -> None:
    """Whatever a name is made of, host and port come apart again."""
    text = name if port is None else f"{name}:{port}"

    assert Authority(name, port) == parse_authority(text)


@given(address=st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address))
@example(ipaddress.IPv4Address("127.0.0.1"))
@example(ipaddress.IPv4Address("126.255.255.255"))
@example(ipaddress.IPv4Address("128.0.0.0"))
def test_of_ipv4_the_first_number_decides(address: ipaddress.IPv4Address) -> None:
    """127.0.0.0/8 is loopback, and nothing else."""
    assert is_loopback_host(parse_authority(str(address)).host) is str(address).startswith("127.")


@given(name=NAMES)
def test_a_name_is_loopback_only_at_its_end(name: str) -> None:
    """Whoever owns a domain may put anything before it, so only the end counts."""
    assert not is_loopback_host(parse_authority(f"localhost.{name}x.com").host)
    assert is_loopback_host(parse_authority(f"{name}.localhost").host)


@given(text=NEARLY)
@example("http://[::1]:")
@example("[::1]:99999")
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text does anything but be read, or be refused; what was read reads the same again."""
    for read in (parse_authority, parse_origin, lambda text: parse_origin(f"http://{text}")):
        try:
            found = read(text)
        except ValueError:
            continue
        host = f"[{found.host}]" if ":" in found.host else found.host
        assert found.host == parse_authority(host).host
        assert found.host.isascii()
        assert not set("/@#?%\\ \t\x00") & set(found.host)


@pytest.mark.parametrize(
    ("origin", "host", "expected"),
    [
        ("http://localhost:3000", "localhost:3000", True),
        ("https://ledger.example", "ledger.example", True),
        ("http://ledger.example", "ledger.example", True),
        ("https://ledger.example", "ledger.example:443", True),
        ("http://ledger.example", "ledger.example:80", True),
        ("https://ledger.example:443", "ledger.example", True),
        ("https://ledger.example:8443", "ledger.example:8443", True),
        ("http://[::1]:3000", "[0::1]:3000", True),
        ("https://ledger.example", "LEDGER.example.", True),
        ("app://ledger", "ledger", True),
        ("https://ledger.example:8443", "ledger.example", False),
        ("http://ledger.example", "ledger.example:443", False),
        ("https://ledger.example", "ledger.example:80", False),
        ("http://localhost:5173", "localhost:3000", False),
        ("http://127.0.0.1:3000", "localhost:3000", False),
        ("http://app.ledger.example", "ledger.example", False),
        ("http://ledger.example.evil.com", "ledger.example", False),
    ],
)
def test_a_page_of_the_server_itself(origin: str, host: str, expected: bool) -> None:
    """Host and port have to be the same; a port left out is the one that the page's scheme leaves out."""
    assert expected is same_place(parse_origin(origin), parse_authority(host))


@pytest.mark.parametrize(
    ("allowed", "asked", "expected"),
    [
        ("ledger.example", "ledger.example", True),
        ("ledger.example", "LEDGER.EXAMPLE.:8443", True),
        ("ledger.example:8443", "ledger.example:8443", True),
        ("ledger.example:443", "ledger.example", True),
        ("10.0.0.5", "10.0.0.5:3000", True),
        ("ledger.example:8443", "ledger.example", False),
        ("ledger.example:8443", "ledger.example:3000", False),
        ("ledger.example", "app.ledger.example", False),
        ("ledger.example", "ledger.example.evil.com", False),
    ],
)
def test_an_allowed_host(allowed: str, asked: str, expected: bool) -> None:
    """It holds for any port, unless it names one."""
    assert expected is covers(parse_authority(allowed), parse_authority(asked))


@pytest.mark.parametrize("read", [allowed_host, allowed_origin])
def test_a_star_stands_for_all(read: type) -> None:
    """It is kept as it is, and blanks around it do not count."""
    assert read(" * ") == "*"
