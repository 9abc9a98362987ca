"""Repeats: what is compared, whose they are, and how many chance makes."""

from __future__ import annotations

from dataclasses import replace
from math import comb, factorial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.evaluation import Verdict
from datasynth.evaluation.subjects import repeats
from datasynth.evaluation.subjects.repeats import coincidences, repeat_checks, repeated
from tests.evaluation.independent import independent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.evaluation import Dataset
    from datasynth.evaluation.check import Check

CONFIG = config_from_mapping({})


def _checks(data: Dataset) -> tuple[Check, Check]:
    partners, unnamed = repeat_checks(data, CONFIG)
    return partners, unnamed


def _lines(data: Dataset, **columns: Any) -> Dataset:
    return replace(data, lines=replace(data.lines, **columns))


def _with_partners(data: Dataset, every: int) -> Dataset:
    """Name one of many partners on the first line of each entry."""
    partner = data.lines.partner_id.copy()
    partner[data.first_line[:-1]] = np.arange(data.count) % every
    words = {**data.vocabulary.words, "partners": tuple(f"C{place}" for place in range(every))}
    return _lines(replace(data, vocabulary=replace(data.vocabulary, words=words)), partner_id=partner)


def _copy(data: Dataset, model: int, copy: int, *, turned: bool = False) -> Dataset:
    """Give an entry the lines of another one with as many, turned around or not."""
    to, of = (slice(int(data.first_line[one]), int(data.first_line[one + 1])) for one in (copy, model))
    columns: dict[str, NDArray[Any]] = {}
    for name in ("account", "debit", "credit"):
        columns[name] = getattr(data.lines, name).copy()
        columns[name][to] = columns[name][of][:: -1 if turned else 1]
    return _lines(data, **columns)


def _alike(data: Dataset) -> tuple[int, int]:
    """Two entries of seven lines."""
    found = np.flatnonzero(data.line_counts == 7)
    return int(found[0]), int(found[1])


@pytest.mark.parametrize("seed", range(20))
def test_independent_documents_pass(seed: int) -> None:
    """No two of many independent documents agree in everything, and less than one would by chance."""
    data = independent(seed, rounded=(seed % 2) / 4)

    for checked in (data, _with_partners(data, 500)):
        for check in _checks(checked):
            assert Verdict.PASS is check.verdict
            assert check.high is not None
            assert check.high < 1


@pytest.mark.parametrize("turned", [False, True])
def test_a_repeat_is_found(turned: bool) -> None:
    """A vector that comes again is found, in whatever order its lines stand; with the same partner it may."""
    data = independent(1)
    model, copy = _alike(data)
    repeat = _copy(data, model, copy, turned=turned)

    assert [0, 1] == [check.figure for check in _checks(repeat)]
    assert f"first at entry {copy:,}" in _checks(repeat)[1].note
    assert [1, 0] == [check.figure for check in _checks(_with_partners(repeat, data.count))]
    assert [0, 0] == [check.figure for check in _checks(_with_partners(repeat, 1))]


def test_another_currency_or_side_is_no_repeat() -> None:
    """The same numbers in another currency, or on the other sides, are another vector."""
    data = independent(1)
    model, copy = _alike(data)
    repeat = _copy(data, model, copy)
    currency = data.entries.currency.copy()
    currency[copy] = 1
    sides = repeat.first_line[copy], repeat.first_line[copy + 1]
    swapped = {name: getattr(repeat.lines, name).copy() for name in ("debit", "credit")}
    for name, other in (("debit", "credit"), ("credit", "debit")):
        swapped[name][slice(*sides)] = getattr(repeat.lines, other)[slice(*sides)]

    for other_one in (
        replace(repeat, entries=replace(repeat.entries, currency=currency)),
        _lines(repeat, **swapped),
    ):
        assert [0, 0] == [check.figure for check in _checks(other_one)]


def test_what_is_taken_back_is_left_out() -> None:
    """A wrong document and its reversal count no more than what recurs; the corrected successor does."""
    data = independent(1)
    model, copy = _alike(data)
    repeat = _copy(data, model, copy)
    reversal_of = data.entries.reversal_of.copy()
    reversal_of[copy + 1] = data.entries.document_id[model]

    checks = _checks(replace(repeat, entries=replace(repeat.entries, reversal_of=reversal_of)))

    assert [0, 0] == [check.figure for check in checks]


def test_repeated() -> None:
    """Who has a vector first owns it; only others repeat it."""
    vector = np.array([7, 9, 7, 7, 9, 8], dtype=np.uint64)
    owner = np.array([1, 2, 1, 3, 4, 1])

    assert [3, 4] == np.flatnonzero(repeated(vector, owner)).tolist()
    assert 0 == repeated(vector[:0], owner[:0]).size


def test_coincidences() -> None:
    """Small documents may agree: each pair once in as many ways as there are to split its units."""
    data = independent(2)
    model, copy = _alike(data)
    units, debits = 23, 3
    small = _copy(data, model, copy)
    lines = slice(int(small.first_line[model]), int(small.first_line[model + 1]))
    columns = {name: getattr(small.lines, name).copy() for name in ("debit", "credit")}
    for at in (lines, slice(int(small.first_line[copy]), int(small.first_line[copy + 1]))):
        columns["debit"][at] = [500, 300, 1_500, 0, 0, 0, 0]
        columns["credit"][at] = [0, 0, 0, 1_000, 200, 600, 500]
    account = small.lines.account.copy()
    account[lines] = account[lines.start]
    account[lines.stop - 1] += 1
    small = _copy(_lines(small, account=account, **columns), model, copy)
    # All debits are on one account, and three of the four credits.
    ways = comb(units - 1, debits - 1) * comb(units - 1, 6 - debits) / (factorial(debits) * factorial(3))

    found = coincidences(small, np.array([model, copy]))

    assert found == pytest.approx(1 / ways)


def test_few_amounts_may_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where chance makes repeats, so many pass; from ten million entries on they are only reported."""
    data = independent(1)
    model, copy = _alike(data)
    repeat = _copy(data, model, copy)
    with monkeypatch.context() as few:
        few.setattr(repeats, "coincidences", lambda *_: 0.2)
        assert [Verdict.PASS] * 2 == [check.verdict for check in _checks(repeat)]
    monkeypatch.setattr(repeats, "MOST", data.count)
    assert [Verdict.NOT_JUDGED] * 2 == [check.verdict for check in _checks(repeat)]
