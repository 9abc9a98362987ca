"""The reference page says what the code does: types, query keys, close codes."""

from __future__ import annotations

import re

from datasynth.service.streams.notices import NoticeType
from datasynth.transports import limits
from datasynth.transports.events.query import KEYS, TYPES
from datasynth.transports.ws import socket
from datasynth.transports.ws.frames import CloseCode
from tests.server import ROOT

PAGE = (ROOT / "docs" / "reference" / "websocket.md").read_text()


def _rows(heading: str) -> list[str]:
    """First cells of the table that begins with this heading."""
    table = PAGE.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    return re.findall(r"^\| `?(\w+)`? \|", table, re.MULTILINE)


def test_types() -> None:
    """Every type has a row in the table of messages, and there are no others."""
    assert sorted(TYPES) == sorted(_rows("type"))


def test_every_announcement_is_a_type() -> None:
    """Whatever a stream can announce can be asked for."""
    assert set(NoticeType) <= set(TYPES)


def test_query_keys() -> None:
    """The rows of the query's table are its keys."""
    assert list(KEYS) == _rows("key")


def test_close_codes() -> None:
    """Every code that the server closes with is explained."""
    assert sorted(code.value for code in CloseCode if code != CloseCode.NO_STATUS) == [
        int(code) for code in _rows("close code")
    ]


def test_limits() -> None:
    """The figures in the text are those of the code."""
    assert f"pings every {limits.PING_SECONDS:.0f} seconds" in PAGE
    assert f"after {limits.SILENCE_SECONDS:.0f} s without any frame" in PAGE
    assert f"longer than {socket.MESSAGE_LIMIT // 1024} KiB" in PAGE
