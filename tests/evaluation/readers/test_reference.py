"""Reference data as tables of text."""

from __future__ import annotations

import pytest

from datasynth.evaluation.readers.reference import fine_amounts, from_rows, read_csv, texts
from datasynth.evaluation.readers.source import Unreadable

USERS = b'approval_limit,user_id,name,company_code\n,"a,b",Ann,1000\n1000.25,c,"Bo ""B""",2000\n'


def test_csv() -> None:
    """Columns are found by name, empty is absent, and text stays text."""
    table = read_csv("users", USERS)

    assert ["a,b", "c"] == texts(table, "user_id")
    assert ["1000", "2000"] == texts(table, "company_code")
    assert [0, 10_002_500] == fine_amounts("users", table, "approval_limit").tolist()


def test_header_alone() -> None:
    """A table may have no rows."""
    assert [] == texts(read_csv("users", USERS.splitlines(keepends=True)[0]), "user_id")


@pytest.mark.parametrize("text", [b"", b"user_id,name\na,b\n", b"\xff\xfe"])
def test_csv_that_is_none(text: bytes) -> None:
    """A column that is missing, or no CSV at all, is told in one line."""
    with pytest.raises(Unreadable, match=r"^users: [^\n]+$"):
        read_csv("users", text)


def test_rows() -> None:
    """JSON values become what CSV has."""
    rows = [{"account": "1000", "type": "asset", "postable": True, "control": None}]

    table = from_rows("accounts", rows)

    assert [["1000"], ["true"], [None]] == [texts(table, name) for name in ("account", "postable", "control")]


@pytest.mark.parametrize("rows", [[{"account": "1000"}], [None]])
def test_rows_that_are_none(rows: list[dict[str, object]]) -> None:
    """A key that is missing is told."""
    with pytest.raises(Unreadable, match="accounts: "):
        from_rows("accounts", rows)


def test_amounts_that_are_none() -> None:
    """What is no amount is told with its column."""
    table = read_csv("users", USERS.replace(b"1000.25", b"lots"))

    with pytest.raises(Unreadable, match=r"^users: approval_limit: [^\n]+$"):
        fine_amounts("users", table, "approval_limit")


def test_sums_may_be_larger_than_a_word() -> None:
    """The balance of a weak currency is read to the last digit."""
    table = read_csv("users", USERS.replace(b"1000.25", b"92233720368547758.07"))

    assert [0, 922_337_203_685_477_580_700] == fine_amounts("users", table, "approval_limit").tolist()
