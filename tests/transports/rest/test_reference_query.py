"""The query of a call for reference data."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from werkzeug.datastructures import MultiDict

from datasynth.encoding.tables import TableFormat
from datasynth.errors import InvalidRequest
from datasynth.service.reference.query import ReferenceQuery
from datasynth.service.reference.tables import TABLES
from datasynth.transports.rest.reference_query import read_reference_query

if TYPE_CHECKING:
    from datasynth.service.reference.query import At

KEYS, _, _, DATED_KEYS, PAGED_KEYS = (table.keys for table in TABLES)


def _read(*pairs: tuple[str, str], keys: tuple[str, ...] = PAGED_KEYS) -> ReferenceQuery:
    return read_reference_query(MultiDict(pairs), keys)


def test_an_empty_query_is_everything_in_json() -> None:
    """Without a query, all of the present configuration comes as JSON, a thousand items at a time."""
    assert ReferenceQuery(None, None, TableFormat.JSON, None, 1_000, None) == _read()


def test_every_key_is_read() -> None:
    """Each key of the query reaches the service."""
    query = _read(
        ("stream_id", "a"),
        ("company", "1000"),
        ("format", "csv"),
        ("at", "5"),
        ("limit", "10000"),
        ("cursor", "c"),
    )

    assert ReferenceQuery("a", "1000", TableFormat.CSV, 5, 10_000, "c") == query


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("2024", 2_024),
        ("head", "head"),
        ("2024-02-29", date(2024, 2, 29)),
        ("0001-01-01", date(1, 1, 1)),
    ],
)
def test_positions(text: str, expected: At) -> None:
    """A position is a number of entries, a date or the head."""
    assert expected == _read(("at", text)).at


def test_periods() -> None:
    """Entries are counted by day, or by month."""
    keys = ("per",)

    assert ["day", "day", "month"] == [
        _read(*pairs, keys=keys).per for pairs in ([], [("per", "day")], [("per", "month")])
    ]
    with pytest.raises(InvalidRequest) as refusal:
        _read(("per", "year"), keys=keys)
    assert {"per": ["Must be one of: day, month."]} == refusal.value.details


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("at", ""),
        ("at", "-1"),
        ("at", "1.0"),
        ("at", "latest"),
        ("at", "HEAD"),
        ("at", "2024-1-1"),
        ("at", "2023-02-29"),
        ("at", "0000-01-01"),
        ("at", "2024-01-01T00:00:00"),
        ("at", "٣"),
        ("at", "1" * 5_000),
        ("limit", "0"),
        ("limit", "10001"),
        ("limit", "many"),
        ("limit", "1" * 5_000),
        ("format", "ndjson"),
        ("format", ""),
        ("from", "5"),
        ("COMPANY", "1000"),
    ],
)
def test_a_faulty_value_is_named(key: str, value: str) -> None:
    """A faulty value is refused under its key."""
    with pytest.raises(InvalidRequest) as refusal:
        _read((key, value))

    assert [key] == list(refusal.value.details)


@pytest.mark.parametrize(
    ("keys", "unknown"), [(KEYS, ["at", "limit", "cursor"]), (DATED_KEYS, ["limit", "cursor"])]
)
def test_each_call_has_its_keys(keys: tuple[str, ...], unknown: list[str]) -> None:
    """A key of another call is no key of this one."""
    with pytest.raises(InvalidRequest) as refusal:
        _read(*((key, "1") for key in PAGED_KEYS if key != "format"), keys=keys)

    assert unknown == list(refusal.value.details)


def test_all_faults_are_told_at_once() -> None:
    """One refusal names every faulty key."""
    with pytest.raises(InvalidRequest) as refusal:
        _read(("at", "x"), ("limit", "y"), ("format", "z"), ("company", "1"), ("company", "2"), ("other", ""))

    assert {"at", "limit", "format", "company", "other"} == set(refusal.value.details)


def test_an_unknown_key_is_told_what_there_is() -> None:
    """The sentence is that of all unknown keys, with the keys of this call."""
    with pytest.raises(InvalidRequest) as refusal:
        _read(("zzz", "1"), keys=KEYS)

    assert {"zzz": ["Unknown key. Known keys: stream_id, company, format."]} == refusal.value.details
