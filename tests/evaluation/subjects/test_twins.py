"""Twins: independent documents have none, copies are found, the variance is that of an experiment."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.evaluation import Verdict
from datasynth.evaluation.subjects.twins import FAR, LIMITS, NEAR, copy_patterns, frequency, twin_checks
from tests.evaluation.copies import copied
from tests.evaluation.independent import independent, normals
from tests.evaluation.shapes import chances, good_shapes
from tests.naive import pairs as naive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.evaluation import Dataset
    from datasynth.evaluation.check import Check

CONFIG = config_from_mapping({})
SEEDS = range(20)


def _checks(data: Dataset) -> dict[str, Check]:
    return {check.name: check for check in twin_checks(data, CONFIG)}


def _draws(seed: int, size: int = 4_000) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    pattern = np.floor(200 * chances(2_000 + seed, size) ** 2).astype(np.uint64)
    return pattern, _totals(3_000 + seed, 1.4, size)


def _totals(salt: int, spread: float, size: int) -> NDArray[np.int64]:
    return np.exp(12 + spread * normals(salt, size)).astype(np.int64)


@pytest.mark.parametrize("seed", SEEDS)
def test_independent_documents_pass(seed: int) -> None:
    """Documents drawn independently pass, rounded or not, and have near-copies as often as by chance."""
    checks = _checks(independent(seed, rounded=(seed % 2) / 4))

    for fewest, limit in LIMITS:
        found, copied = checks[f"twins.lines_{fewest}"], checks[f"twins.copied_{fewest}"]
        assert found.verdict is Verdict.PASS
        assert found.figure is not None
        assert found.high is not None
        assert abs(found.figure - 1) < 0.02 + (found.high - limit)
        assert copied.figure == pytest.approx(float(copied.note.rpartition(" ")[2]), abs=0.02)


def test_a_narrow_spread_is_taken_out() -> None:
    """Totals that spread little lie near each other more often; that is part of the expected number."""
    ratios, raw = [], []
    for seed in SEEDS:
        total = _totals(4_000 + seed, 0.7, 3_000)
        found = frequency(np.zeros(total.size, dtype=np.uint64), total)
        ratios.append(found.near / found.expected)
        raw.append(found.near / found.expected * found.correction)

    exact = math.erf(math.log(1.1) / 1.4) / (math.erf(math.log(1.4) / 1.4) - math.erf(math.log(1.3) / 1.4))
    assert np.mean(raw) == pytest.approx(exact / (NEAR.width / FAR.width), abs=0.01)
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.01)


def test_deviation_is_that_of_many_experiments() -> None:
    """The standard deviation that one data set gives is that of what many of them give."""
    found = [frequency(*_draws(seed)) for seed in range(200)]
    excess = [one.near - one.expected for one in found]

    assert np.std(excess) == pytest.approx(np.mean([one.deviation for one in found]), rel=0.12)
    assert abs(np.mean(excess)) < 3 * np.std(excess) / math.sqrt(len(excess))


def test_shared_documents_widen_the_deviation() -> None:
    """Where few documents make many pairs, these hang together, and the deviation grows with that."""
    several = np.repeat(_totals(5_000, 1.4, 300), 10)
    found = frequency(np.zeros(several.size, dtype=np.uint64), several)

    assert found.deviation > 3 * math.sqrt(found.near)


def test_counts_are_those_of_all_pairs() -> None:
    """Pairs and shares are what going through all pairs finds."""
    pattern, total = _draws(3, 300)
    near = naive.companions(pattern.tolist(), total.tolist(), *NEAR)
    wide = naive.companions(pattern.tolist(), total.tolist(), 130, 143)

    found = frequency(pattern, total)

    assert sum(near) == 2 * found.near
    assert [sum(map(bool, near)) / 300, sum(map(bool, wide)) / 300] == [found.copied, found.chance]


@pytest.mark.parametrize("shuffled", [False, True])
def test_copies_are_found(shuffled: bool) -> None:
    """If every document has a near-copy, both checks fail, in whatever order its lines stand."""
    data = independent(0, patterns=400)

    checks = _checks(copied(data, data.line_counts >= 6, shuffled=shuffled))

    assert Verdict.PASS is _checks(data)["twins.lines_6"].verdict
    assert Verdict.FAIL is checks["twins.lines_6"].verdict
    assert Verdict.FAIL is checks["twins.lines_10"].verdict
    assert (checks["twins.copied_6"].figure or 0) > 0.9


def test_patterns() -> None:
    """Entries share a key if type, currency and the numbers of lines on each account and side are."""
    data = good_shapes()
    # Turned around, every second entry is of another pattern than the others of its template.
    sides = np.where(
        data.entry % 2, (data.lines.credit, data.lines.debit), (data.lines.debit, data.lines.credit)
    )
    data = replace(data, lines=replace(data.lines, debit=sides[0], credit=sides[1]))
    entries = np.flatnonzero(data.line_counts < 7)[:4_000]
    naive = [
        (
            int(data.entries.document_type[entry]),
            int(data.entries.currency[entry]),
            frozenset(
                Counter(
                    (int(data.lines.account[line]), bool(data.lines.debit[line]))
                    for line in range(int(data.first_line[entry]), int(data.first_line[entry + 1]))
                ).items()
            ),
        )
        for entry in entries.tolist()
    ]

    keys = copy_patterns(data, entries).tolist()

    assert len(set(naive)) == len(set(zip(naive, keys, strict=True))) == len(set(keys)) < entries.size


def test_which_entries_count() -> None:
    """Reversals, what they reverse, closes, payroll and what recurs are left out; what comes after stays."""
    data = independent(0)
    kind, source = np.zeros(data.count, dtype=np.int32), data.entries.source.copy()
    reversal_of = np.zeros(data.count, dtype=np.uint64)
    kind[:4] = [data.vocabulary.code("document_types", word) for word in ("RV", "HR", "AF", "CO")]
    source[4] = data.vocabulary.code("sources", "recurring")
    reversal_of[9] = data.entries.document_id[6]
    entries = replace(data.entries, document_type=kind, source=source, reversal_of=reversal_of)

    assert [1, 2, 3, 4, 6, 9] == np.flatnonzero(~replace(data, entries=entries).one_off).tolist()


def test_what_recurs_is_left_out() -> None:
    """Copies from a recurring source are nobody's twins."""
    plain = independent(0, patterns=400)
    data = copied(plain, plain.line_counts >= 6)
    recurring = np.full(data.count, data.vocabulary.code("sources", "recurring"), dtype=np.int32)

    checks = _checks(replace(data, entries=replace(data.entries, source=recurring)))

    assert {Verdict.NOT_JUDGED} == {check.verdict for check in checks.values()}


def test_copies_without_anything_by_chance() -> None:
    """Where chance makes no pair at all, many copies still fail, and a few do not."""
    total = np.repeat(np.geomspace(100, 10**15, 60).astype(np.int64), 2)
    many = frequency(np.zeros(120, dtype=np.uint64), total)

    assert (60, 0.0) == (many.near, many.expected)
    assert many.near > LIMITS[0][1] + 3 * many.deviation
    few = frequency(np.zeros(6, dtype=np.uint64), total[:6])
    assert few.near < LIMITS[0][1] + 3 * few.deviation


def test_no_documents() -> None:
    """Without documents nothing is judged."""
    data = independent(0)
    none = np.zeros(data.count, dtype=np.uint64) + np.uint64(1)
    checks = _checks(replace(data, entries=replace(data.entries, reversal_of=none)))

    assert {Verdict.NOT_JUDGED} == {check.verdict for check in checks.values()}
