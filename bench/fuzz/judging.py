"""Whether a server generates, from one configuration, what it promises of all."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bench.fuzz.dice import Dice
from datasynth.config import config_from_mapping
from datasynth.config.schema import write_config

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.fuzz.clients import Answer, Client

WHOLE = 400
"""Streams of so many entries are read from end to end, others in three places."""

SAMPLE = 60
"""Entries that are read in one place."""

_LISTING = 200_000
"""How much of a listing is read. [bytes]"""

REFERENCE = ("/api/accounts", "/api/parties", "/api/users")


class Fault(Exception):
    """A promise that a server did not keep."""


def judge(client: Client, document: Mapping[str, Any], seed: int) -> list[str]:
    """Set a configuration and ask for everything; return what is wrong.

    Parameters
    ----------
    client
        Asks the server, whose configuration is replaced.
    document
        A valid configuration; what it leaves out has its defaults.
    seed
        Decides which places are looked at.
    """
    whole = write_config(config_from_mapping(document))
    faults = []
    for check in (_configuration, _entries, _cuts, _balances, _statements, _statistics, _reference):
        try:
            check(client, whole, Dice(seed))
        except Fault as fault:
            faults.append(f"{check.__name__[1:]}: {fault}")
    return faults


def _configuration(client: Client, whole: Mapping[str, Any], _: Dice) -> None:
    _ok(client.post("/api/config/validate", whole), "validate")
    _ok(client.post("/api/config", whole), "config")


def _entries(client: Client, whole: Mapping[str, Any], dice: Dice) -> None:
    """Every entry balances in both currencies, has no nil line, and comes in its place."""
    total = whole["transactions"]["target_count"]
    _must(
        not _ok(client.get(f"/api/entries?from={total}"), "the end").body, "there is something after the end"
    )
    beyond = client.get(f"/api/entries?from={total + 1}")
    _must(beyond.status == HTTPStatus.BAD_REQUEST, f"an entry beyond the end answers {beyond.status}")
    for first, count in _places(total, dice):
        entries = _documents(client, first, count)
        sequences = [entry["sequence"] for entry in entries]
        _must(sequences == list(range(first, first + count)), f"{count} entries from {first} are not those")
        for entry in entries:
            _judge_entry(entry)


def _judge_entry(entry: Mapping[str, Any]) -> None:
    name = f"entry {entry['sequence']} ({entry['document_type']})"
    debit = credit = local = Decimal(0)
    for line in entry["lines"]:
        one, other, own = (Decimal(line[key] or 0) for key in ("debit", "credit", "local_amount"))
        _must((one > 0) != (other > 0) and min(one, other) >= 0, f"{name} has a line of {one} and {other}")
        _must(own != 0, f"{name} has a line of nil in company currency")
        _must((own > 0) == (one > 0), f"{name} has a line on two sides")
        debit, credit, local = debit + one, credit + other, local + own
    _must(bool(entry["lines"]), f"{name} has no lines")
    _must(debit == credit, f"{name} has {debit} against {credit}")
    _must(local == 0, f"{name} misses balance by {local} in company currency")


def _cuts(client: Client, whole: Mapping[str, Any], dice: Dice) -> None:
    """Ranges are the same however they are cut."""
    total = whole["transactions"]["target_count"]
    for first, count in _places(total, dice):
        taken = min(count, SAMPLE)
        cut = dice.whole(0, taken)
        for query in ("view=line", "view=document"):
            parts = [
                _ok(client.get(f"/api/entries?from={begin}&count={size}&{query}"), "a range").body
                for begin, size in ((first, taken), (first, cut), (first + cut, taken - cut))
            ]
            _must(parts[0] == parts[1] + parts[2], f"{taken} entries from {first} differ, cut after {cut}")


def _balances(client: Client, whole: Mapping[str, Any], dice: Dice) -> None:
    """Balances tie with the entries before them, and sum to nil in each company."""
    total = whole["transactions"]["target_count"]
    for position in sorted({0, dice.whole(0, total), total}):
        answer = _ok(client.get(f"/api/balances?at={position}"), "balances").json()
        _must(answer["at_sequence"] == position, f"balances at {position} are at {answer['at_sequence']}")
        sums = Counter[str]()
        for row in answer["balances"]:
            sums[row["company_code"]] += Decimal(row["balance"])  # type: ignore[assignment]
        _must(not any(sums.values()), f"balances at {position} do not sum to nil: {dict(sums)}")
        if total <= WHOLE:
            _tie(answer["balances"], _documents(client, 0, position), position)
        open_items = client.get(f"/api/open-items?at={position}&limit=50")
        _ok(open_items, f"open items at {position}").json()


def _tie(balances: list[dict[str, Any]], entries: list[dict[str, Any]], position: int) -> None:
    moved: dict[tuple[str, str, str], Decimal] = {}
    for entry in entries:
        for line in entry["lines"]:
            own = Decimal(line["local_amount"])
            key = (entry["company_code"], line["account"], "debit" if own > 0 else "credit")
            moved[key] = moved.get(key, Decimal(0)) + abs(own)
    for row in balances:
        for side in ("debit", "credit"):
            added = moved.pop((row["company_code"], row["account"], side), Decimal(0))
            _must(
                added == Decimal(row[side]),
                f"{side} of {row['company_code']} {row['account']} is {row[side]}, by entries {added}",
            )
    _must(not moved, f"balances at {position} lack {list(moved)[:3]}")


def _statements(client: Client, whole: Mapping[str, Any], dice: Dice) -> None:
    """Balance sheets balance, and hold the balances of the same position."""
    total = whole["transactions"]["target_count"]
    for position in sorted({dice.whole(0, total), total}):
        listed = _ok(client.get(f"/api/statements?at={position}"), "statements").json()["statements"]
        balances = _ok(client.get(f"/api/balances?at={position}"), "balances").json()["balances"]
        for company in listed:
            code, sheet = company["company_code"], company["balance_sheet"]
            result = Decimal(sheet["result"])
            assets, liabilities, equity = (Decimal(section["amount"]) for section in sheet["sections"])
            difference = assets - liabilities - equity - result
            _must(not difference, f"the balance sheet of {code} at {position} differs by {difference}")
            open_result = -sum(
                Decimal(row["balance"])
                for row in balances
                if row["company_code"] == code and row["account"] >= "4"
            )
            _must(open_result == result, f"the result of {code} is {result}, by balances {open_result}")
            trial = company["trial_balance"]["difference"]
            _must(not Decimal(trial), f"the trial balance of {code} at {position} differs by {trial}")


def _statistics(client: Client, whole: Mapping[str, Any], dice: Dice) -> None:
    """Entries by day, and by type, are all entries before the position."""
    total = whole["transactions"]["target_count"]
    for position in sorted({dice.whole(0, total), total}):
        found = _ok(client.get(f"/api/statistics?at={position}"), "statistics").json()
        for key in ("entries_by_day", "document_types"):
            counted = sum(one["entries"] for one in found[key])
            _must(counted == position, f"{key} at {position} are {counted}")


def _reference(client: Client, _: Mapping[str, Any], __: Dice) -> None:
    for path in REFERENCE:
        answer = _ok(client.get(path, _LISTING), path)
        _must(answer.body.startswith(b'{"'), f"{path} is no object")


def _places(total: int, dice: Dice) -> Iterator[tuple[int, int]]:
    """Yield first entry and number of the runs to look at."""
    if total <= WHOLE:
        yield 0, total
        return
    for first in (0, dice.whole(0, total - SAMPLE), total - SAMPLE):
        yield first, SAMPLE


def _documents(client: Client, first: int, count: int) -> list[dict[str, Any]]:
    answer = _ok(client.get(f"/api/entries?from={first}&count={count}&view=document"), "entries")
    return [json.loads(line) for line in answer.body.splitlines()]


def _ok(answer: Answer, what: str) -> Answer:
    if answer.status != HTTPStatus.OK:
        message = f"{what} answers {answer.status}: {answer.body[:300].decode(errors='replace')}"
        raise Fault(message)
    return answer


def _must(holds: bool, sentence: str) -> None:  # noqa: FBT001 - a condition, as in assert
    if not holds:
        raise Fault(sentence)
