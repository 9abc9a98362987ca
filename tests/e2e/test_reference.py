"""Reference data of a real server against the entries themselves."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.e2e import page_fields
from tests.server import gunicorn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server import Server

ENTRIES = 6_000
CONFIG = {
    "global": {"seed": 11, "period_months": 3},
    "transactions": {"target_count": ENTRIES},
    "companies": [
        {"code": "1000", "currency": "USD", "country": "US"},
        {"code": "2000", "currency": "JPY", "country": "JP", "volume_weight": 0.5},
        {"code": "3000", "currency": "KWD", "country": "KW", "volume_weight": 0.2},
    ],
}
POSITIONS = (0, 1, 777, 3_000, 4_999, ENTRIES)
TIMEOUT = 30

Key = tuple[str, str]
"""Company and account."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A real server with three companies, whose currencies have two decimals, none and three."""
    running = gunicorn()
    requests.post(f"{running.base_url}/api/config", json=CONFIG, timeout=TIMEOUT).raise_for_status()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def lines(server: Server) -> list[dict[str, Any]]:
    """Every line of the configuration."""
    return _lines(server)


def _get(server: Server, call: str, **query: str | int) -> dict[str, Any]:
    answer = requests.get(f"{server.base_url}/api/{call}", params=query, timeout=TIMEOUT)
    answer.raise_for_status()
    decoded: dict[str, Any] = answer.json()
    return decoded


def _lines(server: Server, **query: str | int) -> list[dict[str, Any]]:
    answer = requests.get(f"{server.base_url}/api/entries", params=query, timeout=TIMEOUT)
    answer.raise_for_status()
    return list(page_fields.of_ndjson(answer.content))


def _balances(server: Server, **query: str | int) -> dict[Key, dict[str, Decimal]]:
    """The four amounts of each account."""
    names = ("opening", "debit", "credit", "balance")
    return {
        (row["company_code"], row["account"]): {name: Decimal(row[name]) for name in names}
        for row in _get(server, "balances", **query)["balances"]
    }


def _items(server: Server, **query: str | int) -> list[dict[str, Any]]:
    """All pages of open items."""
    page = _get(server, "open-items", limit=500, **query)
    items: list[dict[str, Any]] = page["items"]
    while page["next_cursor"] is not None:
        page = _get(server, "open-items", limit=500, cursor=page["next_cursor"], **query)
        items += page["items"]
    return items


def _posted(lines: list[dict[str, Any]], position: int) -> dict[Key, tuple[Decimal, Decimal]]:
    """Debits and credits of each account before a position, in company currency."""
    sums: dict[Key, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for line in lines:
        amount = Decimal(line["local_amount"])
        if line["sequence"] < position:
            sums[line["company_code"], line["account"]][amount < 0] += abs(amount)
    return {key: (debit, credit) for key, (debit, credit) in sums.items()}


def _open_by_account(items: list[dict[str, Any]]) -> dict[Key, Decimal]:
    """What is open on each control account."""
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    for item in items:
        sums[item["company_code"], item["account"]] += Decimal(item["local_amount"])
    return {key: amount for key, amount in sums.items() if amount}


def _control_accounts(server: Server) -> set[str]:
    return {row["account"] for row in _get(server, "accounts")["accounts"] if row["control"] is not None}


@pytest.mark.parametrize("position", POSITIONS)
def test_the_trial_balance_is_that_of_an_export(
    server: Server, lines: list[dict[str, Any]], position: int
) -> None:
    """Debits and credits of each account are the sums of its lines, and balances add up to nothing."""
    balances = _balances(server, at=position)
    moved = {key: (row["debit"], row["credit"]) for key, row in balances.items()}
    companies = {company for company, _ in balances}

    assert _posted(lines, position) == {key: sums for key, sums in moved.items() if any(sums)}
    assert all(row["balance"] == row["opening"] + row["debit"] - row["credit"] for row in balances.values())
    assert dict.fromkeys(companies, 0) == {
        company: sum(row["balance"] for (code, _), row in balances.items() if code == company)
        for company in companies
    }


@pytest.mark.parametrize("position", POSITIONS)
def test_open_items_equal_their_control_accounts(server: Server, position: int) -> None:
    """At every position what is open on a control account is its balance."""
    controls = _control_accounts(server)
    balances = {
        key: row["balance"]
        for key, row in _balances(server, at=position).items()
        if key[1] in controls and row["balance"]
    }

    assert balances == _open_by_account(_items(server, at=position))


def test_a_date_is_the_end_of_its_day(server: Server, lines: list[dict[str, Any]]) -> None:
    """A date counts the entries posted up to it, itself included."""
    through = {line["sequence"] for line in lines if line["posting_date"] <= "2024-02-15"}
    by_date = _get(server, "balances", at="2024-02-15")

    assert len(through) == by_date["at_sequence"]
    assert by_date == _get(server, "balances", at=len(through))
    assert _items(server, at="2024-02-15") == _items(server, at=len(through))


@pytest.mark.parametrize("company", ["1000", "2000", "3000"])
def test_a_company_is_a_part_of_the_whole(server: Server, company: str) -> None:
    """What a filter gives is what the whole has of that company, in the same order."""
    whole = _items(server, at=3_000)

    assert [item for item in whole if item["company_code"] == company] == _items(
        server, at=3_000, company=company
    )
    assert _balances(server, at=3_000, company=company) == {
        key: row for key, row in _balances(server, at=3_000).items() if key[0] == company
    }


def test_whatever_lines_refer_to_is_listed(server: Server, lines: list[dict[str, Any]]) -> None:
    """Accounts, partners and users of the entries are among those that the server lists."""
    listed = _get(server, "accounts")["accounts"]
    accounts = {row["account"]: row["name"] for row in listed if row["postable"]}
    parties = {(row["partner_id"], row["partner_type"]) for row in _get(server, "parties")["parties"]}
    users = {(row["company_code"], row["user_id"]) for row in _get(server, "users")["users"]}
    posted = {line["account"]: line["account_name"] for line in lines}

    assert posted.items() <= accounts.items()
    assert parties >= {
        (line["partner_id"], line["partner_type"]) for line in lines if line["partner_id"] is not None
    }
    assert users >= {
        (line["company_code"], line[role])
        for line in lines
        for role in ("created_by", "approved_by")
        if line[role] is not None
    }


def test_a_triggered_and_stopped_stream_ties(server: Server) -> None:
    """With its triggers, up to its stop point, a stream's books agree with its entries."""
    start = {"count": 2_000, "entries_per_second": 4_000}
    started = requests.post(f"{server.base_url}/api/stream/start", json=start, timeout=TIMEOUT).json()
    for call in ("trigger/year_end", "trigger/month_end", "stop"):
        requests.post(f"{server.base_url}/api/stream/{call}", timeout=TIMEOUT).raise_for_status()
    query = {"stream_id": started["stream_id"]}
    lines = _lines(server, **query)
    end = _get(server, "balances", **query)["at_sequence"]
    balances = _balances(server, **query)
    controls = _control_accounts(server)

    assert end == len({line["sequence"] for line in lines})
    assert _posted(lines, end) == {
        key: (row["debit"], row["credit"]) for key, row in balances.items() if row["debit"] or row["credit"]
    }
    assert _open_by_account(_items(server, **query)) == {
        key: row["balance"] for key, row in balances.items() if key[1] in controls and row["balance"]
    }


@pytest.mark.parametrize("call", ["accounts", "parties", "users", "balances"])
def test_csv(server: Server, call: str) -> None:
    """CSV has the rows that JSON has."""
    text = requests.get(f"{server.base_url}/api/{call}?format=csv", timeout=TIMEOUT).text
    rows = list(csv.reader(text.splitlines()))
    listed = _get(server, call)[call]

    assert list(listed[0]) == rows[0]
    assert [len(listed[0])] * len(listed) == [len(row) for row in rows[1:]]
    assert list(map(str, listed[-1].values()))[:2] == rows[-1][:2]
