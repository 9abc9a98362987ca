"""The WebSocket samples of the page, message by message."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests
import websocket

from tests.contract import page

if TYPE_CHECKING:
    from tests.server import Server

ENTRIES = 2_000
MANY_TIMES_A_SECOND = 4_000


@pytest.fixture(scope="module")
def messages(server: Server) -> list[dict[str, Any]]:
    """Everything that a client receives between the start of a short stream and its end."""
    client = websocket.create_connection(f"{server.ws_url}/ws/events", timeout=20)
    body = {"count": ENTRIES, "entries_per_second": MANY_TIMES_A_SECOND}
    requests.post(f"{server.base_url}/api/stream/start", json=body, timeout=20).raise_for_status()
    received: list[dict[str, Any]] = []
    while not received or received[-1]["type"] != "complete":
        received.append(json.loads(client.recv()))
    client.close()
    return received


@pytest.mark.parametrize("kind", ["progress", "entry", "complete"])
def test_sample(messages: list[dict[str, Any]], kind: str) -> None:
    """Every message of a type has the keys and the types of the page's sample."""
    found = [message for message in messages if message["type"] == kind]

    assert found
    assert [] == [gap for message in found for gap in page.differences(page.SAMPLES[kind], message)]


def test_entry_data_has_exactly_the_five_keys(messages: list[dict[str, Any]]) -> None:
    """What the envelope adds stays outside `data`."""
    keys = {tuple(message["data"]) for message in messages if message["type"] == "entry"}

    assert {tuple(page.SAMPLES["entry"]["data"])} == keys


def test_the_count_is_exact_and_complete_is_last(messages: list[dict[str, Any]]) -> None:
    """Every entry arrives, in order, before `complete` says how many there were."""
    sequences = [message["sequence"] for message in messages if message["type"] == "entry"]

    assert list(range(ENTRIES)) == list(dict.fromkeys(sequences))
    assert ENTRIES == messages[-1]["total_entries"]
    assert messages[-2]["type"] == "progress"
    assert ENTRIES == messages[-2]["current"]


def test_entries_balance(messages: list[dict[str, Any]]) -> None:
    """Debits equal credits within each entry, in whole minor units."""
    sums: dict[int, int] = {}
    for message in messages:
        if message["type"] == "entry":
            debit, credit = (int(message["data"][side].replace(".", "")) for side in ("debit", "credit"))
            sums[message["sequence"]] = sums.get(message["sequence"], 0) + debit - credit

    assert {0} == set(sums.values())
