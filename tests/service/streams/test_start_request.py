"""What may be asked for at a start."""

from __future__ import annotations

import math

import pytest

from datasynth.config import ConfigDocument, parse_document
from datasynth.errors import InvalidRequest
from datasynth.service.streams.start_request import SUBSCRIBER_WAIT, StartRequest


def test_empty_body_asks_for_nothing() -> None:
    """An empty body, and one full of nulls, starts with the present configuration."""
    keys = ("count", "entries_per_second", "config", "wait_for_subscriber")

    assert StartRequest() == StartRequest.parse({}) == StartRequest.parse(dict.fromkeys(keys))


def test_all_problems_are_told_at_once() -> None:
    """Every wrong key and value is named."""
    body = {"count": 0, "entries_per_second": -1, "config": [], "wait_for_subscriber": "5", "speed": 3}
    with pytest.raises(InvalidRequest) as caught:
        StartRequest.parse(body)

    assert set(body) == set(caught.value.details)
    known = "Known keys: count, entries_per_second, config, wait_for_subscriber."
    assert [f"Unknown key. {known}"] == caught.value.details["speed"]


def test_numbers_are_nothing_but_numbers() -> None:
    """However a document spells them, what comes out are numbers like any others."""
    request = StartRequest.parse(parse_document(b"count: 0x10\nentries_per_second: 1e3", "yaml"))

    assert (16, int, 1_000.0, float) == (
        request.count,
        type(request.count),
        request.entries_per_second,
        type(request.entries_per_second),
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("count", True),
        ("count", 1.0),
        ("count", "5"),
        ("count", 10**12 + 1),
        ("count", 10**400),
        ("entries_per_second", True),
        ("entries_per_second", 0),
        ("entries_per_second", math.nan),
        ("entries_per_second", math.inf),
        ("entries_per_second", 10**400),
        ("entries_per_second", "10"),
        ("wait_for_subscriber", -0.1),
        ("wait_for_subscriber", math.nan),
        ("wait_for_subscriber", False),
        ("config", "global"),
    ],
)
def test_wrong_values(key: str, value: object) -> None:
    """A value of a wrong type or out of bounds is refused."""
    with pytest.raises(InvalidRequest):
        StartRequest.parse({key: value})


@pytest.mark.parametrize(
    ("body", "wait"),
    [
        ({}, SUBSCRIBER_WAIT),
        ({"entries_per_second": 10}, 0.0),
        ({"wait_for_subscriber": 0}, 0.0),
        ({"entries_per_second": 0.5, "wait_for_subscriber": 2.5}, 2.5),
    ],
)
def test_wait_for_a_subscriber(body: dict[str, object], wait: float) -> None:
    """Nothing said, a stream waits five seconds without a rate and not at all with one."""
    assert wait == StartRequest.parse(body).wait


def test_count_replaces_the_target_count() -> None:
    """A count wins over the patch, and both over the present configuration."""
    patch = {"transactions": {"target_count": 5}, "global": {"seed": 7}}
    config = StartRequest.parse({"count": 9, "config": patch}).apply(ConfigDocument.defaults())

    assert (9, 7) == (config.transactions.target_count, config.general.seed)
