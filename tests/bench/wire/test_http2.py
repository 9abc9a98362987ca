"""Frames by hand, against a decoder that others have written."""

from __future__ import annotations

import socket

from hpack import Decoder
from hypothesis import given
from hypothesis import strategies as st

from bench.wire import http2
from bench.wire.http2 import Wire


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=300), st.binary(max_size=20_000)), max_size=5))
def test_headers_are_literals_that_a_decoder_reads(headers: list[tuple[bytes, bytes]]) -> None:
    """Whatever bytes are in them."""
    decoder = Decoder(max_header_list_size=1_000_000)

    assert headers == [(name, value) for name, value in decoder.decode(http2.block(headers), raw=True)]


def test_frames_are_read_as_they_were_sent() -> None:
    """In pieces of any size; headers come out as text."""
    here, there = socket.socketpair()
    wire = Wire(here)
    headers = http2.frame(http2.HEADERS, http2.END_HEADERS, 1, http2.block([(b"grpc-status", b"0")]))
    sent = http2.settings([(4, 7)]) + headers + http2.window(1, 9)
    for place in range(0, len(sent), 10):
        there.send(sent[place : place + 10])
    there.close()

    settings, status, window = list(wire.frames(2.0))
    wire.close()
    assert (http2.SETTINGS, b"\x00\x04\x00\x00\x00\x07") == (settings.kind, settings.payload)
    assert {"grpc-status": "0"} == wire.headers(status)
    assert (http2.WINDOW_UPDATE, 1, b"\x00\x00\x00\x09") == (window.kind, window.stream, window.payload)
    assert wire.closed


def test_a_length_may_lie() -> None:
    """It is only what was said."""
    assert b"\x00\x00\x09\x06\x00\x00\x00\x00\x00ab" == http2.frame(http2.PING, payload=b"ab", length=9)
