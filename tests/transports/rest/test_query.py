"""The query of a download."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from datasynth.encoding import Format
from datasynth.errors import InvalidRequest
from datasynth.transports.rest.query import DownloadQuery, read_download_query


def _read(*pairs: tuple[str, str]) -> DownloadQuery:
    return read_download_query(MultiDict(pairs))


def test_an_empty_query_is_the_whole_in_lines() -> None:
    """Without a query, everything of the present configuration comes as NDJSON lines."""
    assert DownloadQuery(None, 0, None, Format.NDJSON_LINES) == _read()


def test_every_key_is_read() -> None:
    """Each key of the query reaches the service."""
    query = _read(("stream_id", "a"), ("from", "5"), ("count", "0"), ("format", "csv"), ("view", "line"))

    assert DownloadQuery("a", 5, 0, Format.CSV_LINES) == query


@pytest.mark.parametrize(
    ("name", "view", "expected"),
    [
        ("ndjson", "line", Format.NDJSON_LINES),
        ("ndjson", "document", Format.NDJSON_DOCUMENTS),
        ("csv", "line", Format.CSV_LINES),
    ],
)
def test_formats_and_views(name: str, view: str, expected: Format) -> None:
    """Format and view together choose the encoding."""
    assert expected == _read(("format", name), ("view", view)).format


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("from", "-1"),
        ("from", "1.0"),
        ("from", ""),
        ("from", " 1"),
        ("from", "+1"),
        ("from", "1_000"),
        ("from", "latest"),
        ("from", "٣"),
        ("count", "many"),
        ("count", "9223372036854775808"),
        ("count", "1" * 5_000),
        ("format", "parquet"),
        ("format", ""),
        ("view", "page"),
        ("limit", "5"),
        ("FROM", "5"),
    ],
)
def test_a_faulty_value_is_named(key: str, value: str) -> None:
    """A faulty value is refused under its key."""
    with pytest.raises(InvalidRequest) as refusal:
        _read((key, value))

    assert [key] == list(refusal.value.details)


def test_the_largest_position_is_allowed() -> None:
    """Positions reach to the end of 64 bits; whether the stream does is the service's business."""
    assert 2**63 - 1 == _read(("from", "9223372036854775807")).first


def test_a_key_given_twice_is_refused() -> None:
    """Nobody guesses which of two values was meant."""
    with pytest.raises(InvalidRequest) as refusal:
        _read(("from", "1"), ("from", "2"))

    assert {"from": ["This key was given more than once."]} == refusal.value.details


def test_csv_has_no_document_view() -> None:
    """A document is not a row."""
    with pytest.raises(InvalidRequest) as refusal:
        _read(("format", "csv"), ("view", "document"))

    assert {"view": ["The format csv has no view document."]} == refusal.value.details


def test_all_faults_are_told_at_once() -> None:
    """One refusal names every faulty key."""
    with pytest.raises(InvalidRequest) as refusal:
        _read(("from", "x"), ("count", "y"), ("format", "z"), ("view", "w"), ("other", ""))

    assert {"from", "count", "format", "view", "other"} == set(refusal.value.details)
