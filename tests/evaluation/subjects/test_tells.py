"""Nothing tells where outcomes are random, and each thing that tells is found."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from datasynth.evaluation.check import Verdict
from datasynth.evaluation.keys import mix
from datasynth.evaluation.subjects import tells
from datasynth.evaluation.subjects.tells import tell_checks
from tests.evaluation.invoicing import INVOICES, VENDOR, Chances, invoiced
from tests.evaluation.shapes import DAY_SECONDS, good_config

if TYPE_CHECKING:
    from datasynth.evaluation import Check, Dataset
    from tests.evaluation.invoicing import Drawn, Plant

SEEDS = range(30)
STRENGTH = 0.6
"""Share of the outcomes that follow from what is planted; the others stay as they are."""


def _checks(data: Dataset) -> dict[str, Check]:
    return {check.name: check for check in tell_checks(data, good_config())}


@cache
def _random(seed: int) -> dict[str, Check]:
    """The checks of a year without a fault."""
    return _checks(invoiced(seed))


def _failed(data: Dataset) -> set[str]:
    return {name for name, check in _checks(data).items() if check.verdict is Verdict.FAIL}


@pytest.mark.parametrize("first", range(0, len(SEEDS), 5))
def test_random_outcomes(first: int) -> None:
    """Habits of partners, terms and seasons are no tells: thirty random years pass, far from the bounds."""
    for seed in SEEDS[first : first + 5]:
        checks = _random(seed)

        assert set() == {name for name, check in checks.items() if check.verdict is Verdict.FAIL}
        unjudged = {name for name, check in checks.items() if check.verdict is Verdict.NOT_JUDGED}
        assert {"tells.auc"} == unjudged


def test_pooled_deviations_are_standard_normal() -> None:
    """Over half of those years the pooled figure has a mean near nought and a deviation of about one."""
    pooled = [_random(seed)["tells.pooled"].figure or 0.0 for seed in SEEDS[::2]]

    assert abs(np.mean(pooled)) < 3.5 / np.sqrt(len(pooled))
    assert 0.4 < np.std(pooled) < 1.5


def _told(drawn: Drawn, chance: Chances, outcome: str, sign: Any) -> Drawn:
    """Let most of an outcome's documents, and no others, be among those that have a sign."""
    column = getattr(drawn, outcome)
    happened = column > 1 if outcome == "parts" else column
    chosen = happened & (chance.uniform(INVOICES) > STRENGTH)
    signed = np.flatnonzero(sign)
    missing = int(np.count_nonzero(happened) - np.count_nonzero(chosen))
    chosen[signed[chance.order(signed.size)[:missing]]] = True
    return drawn._replace(**{outcome: 1 + chosen if outcome == "parts" else chosen})


def _scattered(number: Any, modulus: int) -> Any:
    """Remainders in an order of their own, so that neighbours have nothing in common."""
    return (number % modulus) * 37 % modulus


def _reversed_by_number(drawn: Drawn, chance: Chances) -> Drawn:
    return _told(drawn, chance, "reversed_", _scattered(drawn.number, 64) < 8)


def _parts_by_number(drawn: Drawn, chance: Chances) -> Drawn:
    return _told(drawn, chance, "parts", _scattered(drawn.number, 256) < 32)


def _parts_by_odd_number(drawn: Drawn, chance: Chances) -> Drawn:
    return _told(drawn, chance, "parts", drawn.number % 2 == 1)


def _everything_by_odd_number(drawn: Drawn, chance: Chances) -> Drawn:
    odd = drawn.number % 2 == 1
    for outcome in ("reversed_", "parts", "credited"):
        drawn = _told(drawn, chance, outcome, odd)
    return drawn._replace(days=drawn.days + 10 * odd)


def _parts_by_cents(drawn: Drawn, chance: Chances) -> Drawn:
    return _told(drawn, chance, "parts", drawn.amount % 100 < 20)


def _days_by_place(drawn: Drawn, _: Chances) -> Drawn:
    return drawn._replace(days=drawn.days + (30 * drawn.place).astype(np.int64))


def _days_by_number(drawn: Drawn, _: Chances) -> Drawn:
    return drawn._replace(days=drawn.days + _scattered(drawn.number, 64) // 2)


def _reversed_by_place(drawn: Drawn, chance: Chances) -> Drawn:
    return _told(drawn, chance, "reversed_", drawn.place < 0.2)


def _partners_by_habit(drawn: Drawn, _: Chances) -> Drawn:
    return drawn._replace(days=drawn.days + drawn.partner % 120)


@pytest.mark.parametrize(
    ("plant", "expected"),
    [
        (_reversed_by_number, {"tells.numbers"}),
        (_parts_by_number, {"tells.numbers"}),
        (_parts_by_odd_number, {"tells.numbers"}),
        (_days_by_number, {"tells.numbers", "tells.days"}),
        (_parts_by_cents, {"tells.amounts"}),
        (_days_by_place, {"tells.order", "tells.days"}),
        (_reversed_by_place, {"tells.order"}),
        (_partners_by_habit, {"tells.ids"}),
    ],
)
def test_planted_tell(plant: Plant, expected: set[str]) -> None:
    """What tells of an outcome is found in its group, and perhaps by all tests together."""
    assert expected == _failed(invoiced(1, plant)) - {"tells.pooled"}


def test_everything_together() -> None:
    """A little in many tests is found by the pooled one."""
    checks = _checks(invoiced(1, _everything_by_odd_number))

    assert Verdict.FAIL is checks["tells.pooled"].verdict


def test_pooled_auc(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is judged where there are entries enough for .02 to be more than chance."""
    data = invoiced(1, _reversed_by_number)
    monkeypatch.setattr(tells, "MANY", data.count)

    assert "tells.auc" in _failed(data)


def _entries(data: Dataset, **columns: Any) -> Dataset:
    return replace(data, entries=replace(data.entries, **columns))


def _reversed(data: Dataset) -> Any:
    found = np.zeros(data.count, dtype=np.bool_)
    found[data.original[data.original >= 0]] = True
    return found


def _ids(data: Dataset) -> Dataset:
    """The id of what will be reversed ends with an odd number."""
    return _entries(data, id_ending=data.entries.id_ending // 2 * 2 + _reversed(data))


def _batches(data: Dataset) -> Dataset:
    """What will be reversed has every eighth batch."""
    random = (mix(data.entries.document_id) % np.uint64(4_000)).astype(np.int64)
    return _entries(data, batch_number=np.where(_reversed(data), random // 8 * 8, random))


def _times(data: Dataset) -> Dataset:
    """What will be reversed is entered at night."""
    day = data.entries.created_at // DAY_SECONDS * DAY_SECONDS
    return _entries(data, created_at=np.where(_reversed(data), day, data.entries.created_at))


@pytest.mark.parametrize(
    ("plant", "expected"), [(_ids, "tells.ids"), (_batches, "tells.ids"), (_times, "tells.order")]
)
def test_planted_column(plant: Any, expected: str) -> None:
    """Ids, batches and times of day that tell are found."""
    assert {expected} == _failed(plant(invoiced(1))) - {"tells.pooled"}


def _by_rank(codes: Any, size: int) -> Any:
    """Number codes anew, the busiest first."""
    times = np.bincount(codes[codes >= 0], minlength=size)
    rank = np.empty(size, dtype=np.int32)
    rank[np.argsort(-times, kind="stable")] = np.arange(size)
    return np.where(codes >= 0, rank[codes], -1).astype(np.int32)


def test_partners_sorted() -> None:
    """Ids of partners that follow how busy they are give them away."""
    data = invoiced(1)
    lines = data.lines
    vendors = lines.partner_type == VENDOR
    size = len(data.vocabulary.words["partners"]) // 2
    inner = np.where(vendors, lines.partner_id - size, -1)
    sorted_ = np.where(vendors, _by_rank(inner, size) + size, lines.partner_id).astype(np.int32)
    data = replace(data, lines=replace(lines, partner_id=sorted_))

    assert "tells.partners" in _failed(data)


def test_users_sorted() -> None:
    """So do ids of users; equal ones have no rank to give away."""
    data = invoiced(1)
    users = len(data.vocabulary.words["users"])
    busy = (users * Chances(2).uniform(data.count) ** 2).astype(np.int64)
    data = _entries(data, created_by=_by_rank(busy, users))

    assert "tells.users" in _failed(data)


def test_worst_is_named() -> None:
    """A note names the outcome and what tells of it."""
    assert "“days to pay” from place in the day" in _checks(invoiced(1, _days_by_place))["tells.days"].note
