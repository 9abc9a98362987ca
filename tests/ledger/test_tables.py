"""Reading of tables."""

from __future__ import annotations

import pytest

from datasynth.ledger.tables import Table, likened, read_table


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"name": "sale", "tax": 1}, {"name": "sale", "tax": 1}),
        ({"name": "return", "like": "sale"}, {"name": "return", "tax": 1, "lag": 3}),
        ({"name": "gift", "like": "sale", "tax": 0}, {"name": "gift", "tax": 0, "lag": 3}),
    ],
)
def test_a_table_has_what_it_is_like_and_what_it_says(table: Table, expected: Table) -> None:
    """What a table says itself wins; all else is as in the one that it is like."""
    known = {"sale": {"name": "sale", "tax": 1, "lag": 3}}

    assert expected == likened(table, known)
    assert {"name": "sale", "tax": 1, "lag": 3} == known["sale"]


def test_a_likeness_to_nothing_is_an_error() -> None:
    """A table cannot be like one that is unknown, or comes later."""
    with pytest.raises(KeyError, match="sale"):
        likened({"like": "sale"}, {})


def test_tables_are_read_once() -> None:
    """Whoever asks for a table of a folder gets the same one."""
    assert read_table("charts/groups") is read_table("charts/groups")
