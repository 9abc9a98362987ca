"""What is asked for, as keys of a query."""

from __future__ import annotations

from datetime import date

import pytest

from datasynth.client.filters import FileFilters, wanted, with_place
from datasynth.transports.rest.entries_query import KEYS


def test_values_are_spelt_as_the_server_reads_them() -> None:
    """Dates, lists and truth values have their text."""
    asked = wanted(
        3,
        None,
        "abc",
        {"from_date": date(2024, 3, 1), "fields": ("a", "b"), "header": False, "company": "0100"},
        format="csv",
    )

    assert {
        "format": "csv",
        "stream_id": "abc",
        "from_date": "2024-03-01",
        "fields": "a,b",
        "header": "false",
        "company": "0100",
        "from": "3",
    } == asked.query()


@pytest.mark.parametrize(("first", "expected"), [(None, ("2", "5")), (4, ("4", "3")), (7, ("7", "0"))])
def test_what_is_left(first: int | None, expected: tuple[str, str]) -> None:
    """Further on in a range, fewer entries are left of it."""
    query = wanted(2, 5, None, {}).query(first)

    assert expected == (query["from"], query["count"])


@pytest.mark.parametrize(
    ("filters", "fields", "hidden"),
    [
        ({"fields": ["debit", "line"]}, "debit,line,sequence,document_id", ("sequence", "document_id")),
        ({"fields": "sequence,document_id", "view": "document"}, "sequence,document_id", ()),
        (
            {"fields": ["lines"], "view": "document"},
            "lines,sequence,document_id",
            ("sequence", "document_id"),
        ),
    ],
)
def test_places_are_asked_for(filters: dict[str, object], fields: str, hidden: tuple[str, ...]) -> None:
    """The fields that a reader needs are added at the end."""
    asked = with_place(wanted(0, None, None, filters))

    assert (fields, hidden) == (asked.keys["fields"], asked.hidden)


def test_every_key_of_a_download_can_be_given() -> None:
    """The client names what the server reads, no less and no more."""
    filters = FileFilters.__required_keys__ | FileFilters.__optional_keys__

    assert set(KEYS) == filters | {"stream_id", "from", "count", "format"}


def test_all_fields_have_the_place() -> None:
    """Where all fields come, nothing is added or hidden."""
    assert wanted(0, None, None, {}) == with_place(wanted(0, None, None, {}))
