"""The ready line."""

from __future__ import annotations

import json

from datasynth.ready import Addresses

HERE = Addresses(http=("127.0.0.1:3000", "[::1]:3000"), grpc=("127.0.0.1:50051", "[::1]:50051"), tls=False)


def test_the_line_names_every_address() -> None:
    """A person can paste each of them."""
    expected = (
        "HTTP http://127.0.0.1:3000 http://[::1]:3000, "
        "WebSocket ws://127.0.0.1:3000/ws/events ws://[::1]:3000/ws/events, "
        "gRPC 127.0.0.1:50051 [::1]:50051"
    )

    assert expected == HERE.line("text").partition("is ready: ")[2]


def test_with_tls_the_schemes_say_so() -> None:
    """The addresses are those that work."""
    line = Addresses(http=("127.0.0.1:3000",), grpc=("127.0.0.1:50051",), tls=True).line("text")

    assert "https://127.0.0.1:3000, WebSocket wss://127.0.0.1:3000/ws/events" in line


def test_as_json_it_has_lists() -> None:
    """A program need not take a sentence apart."""
    record = json.loads(HERE.line("json"))

    assert ["http://127.0.0.1:3000", "http://[::1]:3000"] == record["http"]
    assert ["ws://127.0.0.1:3000/ws/events", "ws://[::1]:3000/ws/events"] == record["websocket"]
    assert ["127.0.0.1:50051", "[::1]:50051"] == record["grpc"]
