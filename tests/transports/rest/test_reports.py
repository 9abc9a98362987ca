"""Statements and statistics over HTTP."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest.app import RestOptions, build_app
from tests.transports.conftest import TOTAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from datasynth.service.services import Services

CALLS = ("/api/statements", "/api/statistics")


def _read(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    decoded: dict[str, Any] = json.loads(answer.data)
    return decoded


def test_the_shape_of_statements(client: FlaskClient) -> None:
    """A company has an income statement, a balance sheet and a trial balance, down to the account."""
    answer = _read(client, "/api/statements?at=3")
    receivables = {"account": "1100", "name": "Receivables", "amount": "506.00"}
    sales = {"account": "4000", "name": "Sales", "amount": "6.00"}

    assert answer == {
        "at_sequence": 3,
        "at_date": "2024-01-01",
        "statements": [
            {
                "company_code": "1000",
                "company_name": "Company 1000",
                "currency": "USD",
                "income_statement": {
                    "fiscal_year": 2024,
                    "from_date": "2024-01-01",
                    "sections": [
                        {
                            "account": "4",
                            "name": "Revenue",
                            "amount": "6.00",
                            "groups": [
                                {
                                    "account": "40",
                                    "name": "Sales of goods",
                                    "amount": "6.00",
                                    "accounts": [sales],
                                }
                            ],
                        }
                    ],
                    "result": "6.00",
                    "closed": "0.00",
                },
                "balance_sheet": {
                    "sections": [
                        {
                            "account": "1",
                            "name": "Assets",
                            "amount": "506.00",
                            "groups": [
                                {
                                    "account": "11",
                                    "name": "Receivables and tax claims",
                                    "amount": "506.00",
                                    "accounts": [receivables],
                                }
                            ],
                        }
                    ],
                    "result": "506.00",
                    "assets": "506.00",
                    "liabilities_and_equity": "506.00",
                },
                "trial_balance": {"debit": "506.00", "credit": "506.00", "difference": "0.00"},
            }
        ],
    }


def test_statements_in_csv(client: FlaskClient) -> None:
    """CSV has a row for each account and one for the open result, and is saved under its name."""
    answer = client.get("/api/statements?at=3&format=csv")
    rows = [list(row.values()) for row in csv.DictReader(answer.text.splitlines())]

    assert 'attachment; filename="statements.csv"' == answer.headers["Content-Disposition"]
    assert "3" == answer.headers["X-At-Sequence"]
    assert [
        ["1000", "income_statement", "4", "40", "4000", "Sales", "USD", "6.00"],
        ["1000", "balance_sheet", "1", "11", "1100", "Receivables", "USD", "506.00"],
        ["1000", "balance_sheet", "3", "", "", "Result not yet closed", "USD", "506.00"],
    ] == rows


def test_the_shape_of_statistics(client: FlaskClient) -> None:
    """Days, types, first digits and the busiest accounts up to a position."""
    answer = _read(client, "/api/statistics?at=3")
    digits = answer.pop("first_digits")

    assert answer == {
        "at_sequence": 3,
        "at_date": "2024-01-01",
        "entries": 3,
        "per": "day",
        "entries_by_day": [{"posting_date": "2024-01-01", "entries": 3}],
        "document_types": [{"document_type": "SA", "entries": 3}],
        "busiest_accounts": [
            {
                "company_code": "1000",
                "account": account,
                "account_name": name,
                "currency": "USD",
                "debit": debit,
                "credit": credit,
            }
            for account, name, debit, credit in (
                ("1100", "Receivables", "6.00", "0.00"),
                ("4000", "Sales", "0.00", "6.00"),
            )
        ],
    }
    assert (3, [1, 1, 1, 0, 0, 0, 0, 0, 0]) == (digits["entries"], digits["counts"])
    assert 9 == len(digits["benford"])


def test_months(client: FlaskClient) -> None:
    """Entries are counted by month where that is asked for, and the answer says so."""
    answer = _read(client, "/api/statistics?per=month")

    assert "month" == answer["per"]
    assert [{"posting_date": "2024-01-01", "entries": TOTAL}] == answer["entries_by_day"]


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize(("at", "expected"), [("", TOTAL), ("?at=0", 0), ("?at=2030-01-01", TOTAL)])
def test_positions(client: FlaskClient, path: str, at: str, expected: int) -> None:
    """Positions mean what they mean for balances, and are told in headers too."""
    answer = client.get(path + at)

    assert expected == json.loads(answer.data)["at_sequence"]
    assert str(expected) == answer.headers["X-At-Sequence"]


@pytest.mark.parametrize("path", CALLS)
def test_the_head_of_a_stream(client: FlaskClient, path: str) -> None:
    """With `at=head` a stream that waits has nothing behind it yet; by default all entries count."""
    started = client.post("/api/stream/start", json={"count": 50, "wait_for_subscriber": 600}).json
    assert started is not None
    url = f"{path}?stream_id={started['stream_id']}"

    assert [0, 50] == [_read(client, query)["at_sequence"] for query in (f"{url}&at=head", url)]


@pytest.mark.parametrize("path", CALLS)
def test_an_unchanged_answer_is_not_sent_again(client: FlaskClient, path: str) -> None:
    """The tag of an answer stands for its bytes."""
    tag = client.head(f"{path}?at=5").headers["ETag"]

    assert 304 == client.get(f"{path}?at=5", headers={"If-None-Match": tag}).status_code
    assert 200 == client.get(f"{path}?at=6", headers={"If-None-Match": tag}).status_code


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("statements?per=day", "per"),
        ("statements?company=nobody", "company"),
        (f"statements?at={TOTAL + 1}", "at"),
        ("statistics?format=csv", "format"),
        ("statistics?company=1000", "company"),
        ("statistics?per=year", "per"),
        ("statistics?at=-1", "at"),
    ],
)
def test_bad_queries(client: FlaskClient, query: str, key: str) -> None:
    """A key that the call does not have, or a value out of range, is refused by name."""
    answer = client.get(f"/api/{query}")

    assert answer.status_code == 400
    assert answer.json is not None
    assert [key] == list(answer.json["details"])


@pytest.mark.parametrize("path", CALLS)
def test_unknown_streams_are_not_found(client: FlaskClient, path: str) -> None:
    """A stream that nobody started has no reports."""
    assert client.get(f"{path}?stream_id=nobody").status_code == 404


def test_low_memory_refuses(make_services: Callable[..., Services]) -> None:
    """While memory is low no report is made."""
    services = make_services(memory_limit=1)
    waker = ThreadWaker()
    services.registry.attach(waker)
    assert services.guard.low or waker.wait(5.0)
    client = build_app(services, RestOptions(), ThreadWaker).test_client()

    assert {503} == {client.get(path).status_code for path in CALLS}
