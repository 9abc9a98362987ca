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


@pytest.mark.parametrize("key", ["from", "count"])
def test_numbers_without_end_are_the_largest(key: str) -> None:
    """No number is too large to be one, which the sentence about numbers would deny."""
    query = _read((key, "1" + "0" * 30))

    assert 2**63 - 1 == (query.first if key == "from" else query.count)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("-1", "Must be a whole number from 0 on, not '-1'."),
        (" 1", "Must be a whole number from 0 on, not ' 1'. (In a query a + stands for a space.)"),
        ("\ud800ü", r"Must be a whole number from 0 on, not '\ud800\xfc'."),
    ],
)
def test_the_sentence_shows_what_came(text: str, sentence: str) -> None:
    """Whoever sent `count=+1` sees the space that became of the plus."""
    with pytest.raises(InvalidRequest) as refusal:
        _read(("count", text))

    assert {"count": [sentence]} == refusal.value.details


def test_an_unknown_key_is_told_what_there_is() -> None:
    """A slip of the finger is answered with the key that was meant, and with all of them."""
    with pytest.raises(InvalidRequest) as refusal:
        _read(("form", "csv"))

    known = "Unknown key. Did you mean format? Known here: stream_id, from, count, format, view."
    assert {"form": [known]} == refusal.value.details


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
