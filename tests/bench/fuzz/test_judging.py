"""Whether the judge sees what is wrong."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bench.fuzz.clients import Answer, AppClient
from bench.fuzz.judging import WHOLE, judge
from datasynth.bootstrap import create_app, services_of
from datasynth.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOCUMENT: dict[str, Any] = {
    "global": {"period_months": 1},
    "chart_of_accounts": {"complexity": "small"},
    "transactions": {"target_count": 40},
}

pytestmark = pytest.mark.slow


class Liar:
    """Asks somebody else, and changes what it hears of one path."""

    def __init__(self, client: AppClient, path: str, change: Callable[[Answer], Answer]) -> None:
        self._client = client
        self._path = path
        self._change = change

    def get(self, path: str, most: int | None = None) -> Answer:
        """Ask."""
        answer = self._client.get(path, most)
        return self._change(answer) if self._path in path else answer

    def post(self, path: str, document: object) -> Answer:
        """Send."""
        answer = self._client.post(path, document)
        return self._change(answer) if self._path in path else answer


@pytest.fixture(scope="module")
def client() -> Iterator[AppClient]:
    """Ask an application of its own."""
    app = create_app(Settings(worker_threads=1, rate_limit=0))
    yield AppClient(app)
    services_of(app).shut_down(5.0)


def in_first_line(**values: str) -> Callable[[Answer], Answer]:
    """Change values of the first line of the first document."""

    def change(answer: Answer) -> Answer:
        first, _, rest = answer.body.partition(b"\n")
        if not first:
            return answer
        entry = json.loads(first)
        entry["lines"][0] |= values
        return Answer(answer.status, json.dumps(entry).encode() + b"\n" + rest)

    return change


def in_balances(answer: Answer) -> Answer:
    """Move a cent from one account to another."""
    found = answer.json()
    rows = found["balances"]
    if rows:
        rows[0]["debit"] = "123456.78"
    return Answer(answer.status, json.dumps(found).encode())


def in_statements(part: str, key: str) -> Callable[[Answer], Answer]:
    """Change an amount of the first company's statements."""

    def change(answer: Answer) -> Answer:
        found = answer.json()
        found["statements"][0][part][key] = "123456.78"
        return Answer(answer.status, json.dumps(found).encode())

    return change


def in_sections(answer: Answer) -> Answer:
    """Move a section of the balance sheet and the result alike."""
    found = answer.json()
    sheet = found["statements"][0]["balance_sheet"]
    sheet["result"] = str(Decimal(sheet["result"]) + 1)
    sheet["sections"][2]["amount"] = str(Decimal(sheet["sections"][2]["amount"]) - 1)
    return Answer(answer.status, json.dumps(found).encode())


def in_types(answer: Answer) -> Answer:
    """Lose the most frequent document type."""
    found = answer.json()
    return Answer(
        answer.status, json.dumps({**found, "document_types": found["document_types"][1:]}).encode()
    )


def failing(_: Answer) -> Answer:
    """Fail."""
    return Answer(500, b'{"error":"internal_error"}')


def shorter(answer: Answer) -> Answer:
    """Lose the last line."""
    return Answer(answer.status, b"".join(answer.body.splitlines(keepends=True)[:-1]))


LIES: dict[str, tuple[str, Callable[[Answer], Answer], str]] = {
    "a failure": ("/api/users", failing, "/api/users answers 500"),
    "a refusal": ("/api/config/validate", failing, "validate answers 500"),
    "open items fail": ("/api/open-items", failing, "answers 500"),
    "too few": ("view=document", shorter, "are not those"),
    "cut ranges differ": ("view=line", shorter, "differ, cut after"),
    "unbalanced": ("view=document", in_first_line(debit="123.45", credit="0.00"), "against"),
    "local unbalanced": ("view=document", in_first_line(local_amount="123456.78"), "misses balance"),
    "nil": ("view=document", in_first_line(debit="0.00", credit="0.00"), "has a line of 0.00 and 0.00"),
    "nil in company currency": ("view=document", in_first_line(local_amount="0.00"), "line of nil"),
    "balances": ("/api/balances", in_balances, "by entries"),
    "balance sheet": ("/api/statements", in_statements("balance_sheet", "result"), "sheet of 1000 at"),
    "result": ("/api/statements", in_sections, "by balances"),
    "trial balance": ("/api/statements", in_statements("trial_balance", "difference"), "the trial balance"),
    "statistics": ("/api/statistics", in_types, "document_types at"),
}


def test_a_sound_server_has_no_faults(client: AppClient) -> None:
    """Small streams are read whole, larger ones in places."""
    assert [] == judge(client, DOCUMENT, 1)
    assert [] == judge(client, {**DOCUMENT, "transactions": {"target_count": WHOLE + 500}}, 1)


@pytest.mark.parametrize("name", LIES)
def test_each_fault_is_seen(client: AppClient, name: str) -> None:
    """Whatever a server gets wrong is told in words."""
    path, change, sentence = LIES[name]
    faults = judge(Liar(client, path, change), DOCUMENT, 1)

    assert any(sentence in fault for fault in faults), faults
