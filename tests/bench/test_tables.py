"""Figures carry their units, and a table can be pasted into Markdown."""

from __future__ import annotations

import pytest

from bench.tables import Figure, Table, rate, ratio, seconds, size, volume


@pytest.mark.parametrize(
    ("figure", "printed"),
    [
        (rate(12_345_678), "12.3 M"),
        (rate(999), "999"),
        (volume(1_640_000_000), "1.64 GB"),
        (size(280.4), "280 B"),
        (seconds(0.0123), "12.3 ms"),
        (seconds(2.5), "2.50 s"),
        (ratio(3, 2), "1.50 ×"),
        (ratio(400, 2), "200 ×"),
    ],
)
def test_figures_are_printed_with_three_digits(figure: Figure, printed: str) -> None:
    """A figure is printed as people say it."""
    assert printed == str(figure)


def test_a_table_is_aligned() -> None:
    """All rows are equally long, and a missing figure leaves its cell empty."""
    table = Table(
        "g",
        "what",
        ("", "lines/s", "over"),
        (("one", (rate(1e6), None)), ("longer", (rate(10), ratio(1, 1)))),
    )
    heading, empty, *rows = str(table).splitlines()

    assert ("g: what", "") == (heading, empty)
    assert {len(rows[0])} == {len(row) for row in rows}
    assert rows[2] == "| one    |  1.00 M |        |"


def test_json_has_plain_numbers() -> None:
    """Programs get values in basic units, rows by the names of their columns."""
    table = Table("g", "what", ("", "lines/s"), (("one", (rate(1e6),)),))

    expected = {"group": "g", "title": "what", "rows": [{"": "one", "lines/s": {"value": 1e6, "unit": "/s"}}]}
    assert expected == table.as_dict()
