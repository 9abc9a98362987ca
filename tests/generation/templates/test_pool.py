"""Template pools of transactions."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.templates.amounts import AmountTerms
from datasynth.generation.templates.line_counts import (
    LineCountGroup,
    fit_line_counts,
    line_count_table,
)
from datasynth.generation.templates.pool import VARIANTS, DraftSpec, TemplatePool, TemplatePoolDraft
from datasynth.ledger.chart import chart_of
from datasynth.ledger.exchange import dollars
from datasynth.ledger.industries import industry
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS, CaseKind, ExtraLines, Valuation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.templates.document_lines import DocumentLines
from datasynth.ledger.processes import Posting, Step

CHART = chart_of("medium")
CLASSES, UNIT = 64, 32
TEMPLATES = 1_024
PLAIN = config_from_mapping({})
DENOMINATIONS = (("JPY", 100), ("EUR", 190), ("KWD", 0))
"""Currencies and rates of tax. [permille]"""

KINDS = pytest.mark.parametrize("kind", [*CASE_KINDS, *SINGLE_KINDS], ids=lambda kind: kind.name)
CASES = pytest.mark.parametrize("kind", CASE_KINDS, ids=lambda kind: kind.name)


def draft_of(
    kind: CaseKind, denomination: tuple[str, int] = ("EUR", 190), seed: int = 11
) -> TemplatePoolDraft:
    """Draw the amounts of a small template pool of retail."""
    currency, permille = denomination
    taxed = permille if kind.taxed else 0
    terms = replace(AmountTerms.of(PLAIN, currency, taxed), industry=industry("retail"))
    return TemplatePoolDraft(DraftSpec(kind, terms, seed, (currency, taxed), TEMPLATES))


@cache
def template_pool_of(
    kind: CaseKind, denomination: tuple[str, int] = ("EUR", 190), seed: int = 11
) -> TemplatePool:
    """Build a small template pool whose documents meet the table as well as they alone can."""
    draft = draft_of(kind, denomination, seed)
    table = line_count_table(PLAIN.transactions.line_items, 0.1)
    chances = []
    for number, step in enumerate(kind.steps):
        groups = [
            LineCountGroup(step.extra_lines, debits, credits_, len(templates))
            for debits, credits_, templates in draft.groups[number]
        ]
        chances.append(list(fit_line_counts(table, groups)) if groups else [])
    return draft.build(CHART, table, chances)


def postings(step: Step) -> tuple[Posting, ...]:
    """Return all postings of a step."""
    return (*step.debit, *step.credit)


def per_row(rows: DocumentLines, column: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sum a column of lines over the debits and over the credits of each row."""
    begin, end = rows.offsets[:-1], rows.offsets[1:]
    reached = np.concatenate([[0], np.cumsum(column)])
    middle = begin + rows.debits
    return reached[middle] - reached[begin], reached[end] - reached[middle]


@KINDS
def test_every_row_balances_whatever_the_variation(kind: CaseKind) -> None:
    """Debits equal credits on every row, and both sides vary by as much; both sides have a line.

    Differences of settlements are valued on their day; their rows have no amount for it.
    """
    for denomination in DENOMINATIONS:
        template_pool = template_pool_of(kind, denomination)
        for rows in template_pool.steps:
            for column in (rows.amount, rows.jitter_unit.astype(np.int64)):
                debits, credits_ = per_row(rows, column)
                assert np.array_equal(debits[: template_pool.templates], credits_[: template_pool.templates])
            lengths = np.diff(rows.offsets)
            assert rows.debits.min() >= 1
            assert (rows.debits < lengths).all()


@KINDS
def test_every_line_stays_above_zero(kind: CaseKind) -> None:
    """However a template varies, every line of its documents has a minor unit."""
    for denomination in DENOMINATIONS:
        template_pool = template_pool_of(kind, denomination)
        for rows in template_pool.steps:
            row = np.repeat(np.arange(len(rows.debits)), np.diff(rows.offsets))
            most = template_pool.rings.most[row % template_pool.templates] * rows.jitter_unit
            assert rows.parts.min() > 0
            assert (rows.amount - most >= rows.parts).all()


@KINDS
def test_lines_use_the_accounts_of_their_postings(kind: CaseKind) -> None:
    """Each line's account is of the pool that its posting names; debits come before credits."""
    for step, rows in zip(kind.steps, template_pool_of(kind).steps, strict=True):
        for number, posting in enumerate(postings(step)):
            assert set(rows.account[rows.posting == number].tolist()) <= set(CHART.pools[posting.pool])
        row = np.repeat(np.arange(len(rows.debits)), np.diff(rows.offsets))
        nth = np.arange(len(row)) - rows.offsets[row]
        on_debit = nth < rows.debits[row]
        assert np.array_equal(on_debit, rows.posting < len(step.debit))
        same = row[1:] == row[:-1]
        assert (np.diff(rows.posting)[same] >= 0).all()


@KINDS
def test_lines_of_a_posting_sum_to_its_amount(kind: CaseKind) -> None:
    """However many lines a posting has, they come to what the template has under its name."""
    template_pool, values = template_pool_of(kind), draft_of(kind).amounts.values
    for step, rows in zip(kind.steps, template_pool.steps, strict=True):
        if step.currency is Valuation.SETTLES:
            continue
        row = np.repeat(np.arange(len(rows.debits)), np.diff(rows.offsets))
        for number, posting in enumerate(postings(step)):
            mine = rows.posting == number
            sums = np.bincount(row[mine], rows.amount[mine], minlength=template_pool.templates).astype(
                np.int64
            )
            assert np.array_equal(values[posting.amount], sums)


@KINDS
def test_rings_lie_in_a_unit_and_keep_its_sums(kind: CaseKind) -> None:
    """What varies stands on the same accounts for all of a ring, by the same steps; so its jitter cancels."""
    template_pool, rings = template_pool_of(kind), draft_of(kind).rings
    unit = min(UNIT, template_pool.templates // CLASSES)
    first = rings.members[rings.begin][rings.of]
    varies = template_pool.rings.most > 0

    assert np.array_equal(first // unit, np.arange(template_pool.templates) // unit)
    assert np.array_equal(template_pool.rings.most, template_pool.rings.most[template_pool.rings.next])
    for rows in template_pool.steps:
        found: dict[int, set[tuple[tuple[int, int, int], ...]]] = {}
        for template in np.flatnonzero(varies).tolist():
            lines = range(int(rows.offsets[template]), int(rows.offsets[template + 1]))
            moved = [
                (int(rows.account[line]), int(rows.posting[line]), int(rows.jitter_unit[line]))
                for line in lines
                if rows.jitter_unit[line]
            ]
            found.setdefault(int(first[template]), set()).add(tuple(moved))
        assert {1} >= {len(different) for different in found.values()}


def test_rings_have_three_or_four_templates_of_like_size() -> None:
    """Most of them, and their sizes are neighbours; so an amount varies by up to its half."""
    kind = next(kind for kind in CASE_KINDS if kind.name == "order")
    draft, template_pool = draft_of(kind), template_pool_of(kind)
    varied = ~draft.amounts.fixed
    sizes = np.bincount(draft.rings.of)[draft.rings.of[varied]]

    assert {3, 4} <= set(sizes.tolist()) <= {1, 2, 3, 4, 5}
    assert np.mean(sizes >= 3) > 0.9
    part = template_pool.rings.most * draft.amounts.jitter_units["net"] / draft.amounts.values["net"]
    assert part.max() <= 1 / 2
    assert np.median(part[varied]) > 0.1


def test_salaries_vary_less() -> None:
    """Taxes withheld do not vary with them."""
    kind = next(kind for kind in CASE_KINDS if kind.name == "payroll")
    draft, template_pool = draft_of(kind), template_pool_of(kind)

    part = template_pool.rings.most * draft.amounts.jitter_units["salary"] / draft.amounts.values["salary"]

    assert 0.01 < np.median(part) < part.max() <= 1 / 8


def test_no_two_templates_are_near_copies_beyond_chance() -> None:
    """Templates next to one another are as far apart as any two."""
    kind = next(kind for kind in SINGLE_KINDS if kind.name == "card_purchase")
    (rows,) = template_pool_of(kind).steps
    totals = np.log(rows.totals()[0].astype(np.float64))
    first = rows.account[rows.offsets[:-1]]

    def near(apart: int) -> float:
        other = np.roll(np.arange(TEMPLATES), apart)
        return float(np.mean((np.abs(totals - totals[other]) < 0.1) & (first == first[other])))

    usual = np.mean([near(apart) for apart in range(33, 400)])
    for apart in (1, 2, 32, 512):
        assert abs(near(apart) - usual) < 4 * np.sqrt(usual / TEMPLATES)


@KINDS
def test_documents_of_five_lines_have_an_account_of_several(kind: CaseKind) -> None:
    """Wherever the lines of a posting can be shared out, so that each case has amounts of its own."""
    for step, rows in zip(kind.steps, template_pool_of(kind).steps, strict=True):
        lines = np.add.reduceat(rows.parts, rows.offsets[:-1])
        several = np.maximum.reduceat(rows.parts, rows.offsets[:-1]) > 1
        free = lines > np.minimum(len(step.debit) + len(step.credit), 5)

        assert several[(lines >= 5) & free].all()


def splits_of(rows: DocumentLines, template: int) -> int:
    """Count the ways in which lines can share the amounts of a template's accounts, in any order."""
    lines = range(rows.offsets[template], rows.offsets[template + 1])
    ways = 1
    for amount, parts in ((int(rows.amount[line]), int(rows.parts[line])) for line in lines):
        ways *= max(math.comb(amount - 1, parts - 1) // math.factorial(parts), 1)
    return ways


@pytest.mark.parametrize("name", ["card_purchase", "journal"])
def test_documents_without_jitter_have_a_great_many_splits(name: str) -> None:
    """They have as many lines on an account as that takes, or one account alone."""
    kind = next(kind for kind in SINGLE_KINDS if kind.name == name)
    draft, template_pool = draft_of(kind), template_pool_of(kind)
    (rows,) = template_pool.steps
    lines = np.add.reduceat(rows.parts, rows.offsets[:-1])
    long = np.flatnonzero(draft.amounts.fixed & (lines >= 6))

    ways = [splits_of(rows, template) for template in long.tolist()]

    assert len(ways) > 10
    assert min(ways) > 1 << 14
    assert float(np.median([way.bit_length() for way in ways])) > 24


@CASES
def test_items_are_cleared_to_the_cent(kind: CaseKind) -> None:
    """Over all steps of a template, what is posted to an item comes to nothing, and so does its variation."""
    template_pool = template_pool_of(kind)
    left: dict[tuple[str, str], NDArray[np.int64]] = {}
    for step, rows in zip(kind.steps, template_pool.steps, strict=True):
        row = np.repeat(np.arange(len(rows.debits)), np.diff(rows.offsets))
        first = row < template_pool.templates
        for number, posting in enumerate(postings(step)):
            if not posting.item:
                continue
            mine = first & (rows.posting == number)
            sign = 1 if number < len(step.debit) else -1
            for place, column in enumerate((rows.amount, rows.jitter_unit.astype(np.int64))):
                moved = np.bincount(row[mine], sign * column[mine], minlength=template_pool.templates).astype(
                    np.int64
                )
                key = (posting.item + posting.pool, "amount" if place == 0 else "jitter_unit")
                left[key] = left.get(key, np.zeros(template_pool.templates, dtype=np.int64)) + moved
    # An expense claim that is taken back, an order that is delivered: some kinds have nothing to clear.
    for moved in left.values():
        assert not moved.any()


@CASES
def test_settlements_have_a_row_for_each_outcome(kind: CaseKind) -> None:
    """No difference, a loss, a gain: the main lines always, and the difference on its own side."""
    template_pool = template_pool_of(kind)
    for step, rows in zip(kind.steps, template_pool.steps, strict=True):
        if step.currency is not Valuation.SETTLES:
            assert template_pool.templates == len(rows.debits)
            continue
        assert VARIANTS * template_pool.templates == len(rows.debits)
        for variant, (lines, debits) in enumerate((([0, 2], 1), ([0, 1, 2], 2), ([0, 2, 3], 1))):
            part = slice(variant * template_pool.templates, (variant + 1) * template_pool.templates)
            begin, end = (int(rows.offsets[row]) for row in (part.start, part.stop))
            assert {debits} == set(rows.debits[part].tolist())
            assert lines * template_pool.templates == rows.posting[begin:end].tolist()


@KINDS
def test_only_the_sides_that_may_grow_have_more_lines(kind: CaseKind) -> None:
    """A side has its postings, and more lines of the first one only where the step's shape lets it."""
    for step, rows in zip(kind.steps, template_pool_of(kind).steps, strict=True):
        row = np.repeat(np.arange(len(rows.debits)), np.diff(rows.offsets))
        growing = {
            ExtraLines.NONE: set[int](),
            ExtraLines.CREDITS: {len(step.debit)},
            ExtraLines.DEBITS: {0},
            ExtraLines.EQUAL: {0, 1},
            ExtraLines.BOTH: {0, len(step.debit)},
        }[step.extra_lines]
        for number in range(len(postings(step))):
            mine = rows.posting == number
            lines = np.bincount(row[mine], rows.parts[mine], minlength=len(rows.debits))
            assert number in growing or lines.max() <= 1
        if step.extra_lines is ExtraLines.EQUAL:
            assert np.array_equal(2 * rows.debits, np.diff(rows.offsets))
            on_debit = np.arange(len(row)) - rows.offsets[row] < rows.debits[row]
            for column in (rows.amount, rows.parts, rows.split):
                assert np.array_equal(column[on_debit], column[~on_debit])


def test_small_documents_have_few_lines() -> None:
    """No document has more lines than its amount stands: about a unit of currency for each, and its tax."""
    kind = next(kind for kind in SINGLE_KINDS if kind.name == "bank_charge")
    free = next(kind for kind in SINGLE_KINDS if kind.name == "card_purchase")
    for one in (kind, free):
        (rows,) = template_pool_of(one).steps
        debits, _ = rows.totals()
        lines = np.add.reduceat(rows.parts, rows.offsets[:-1])
        assert (lines <= np.maximum(debits // dollars("EUR"), 1) + 2).all()


def test_still_templates_do_not_vary() -> None:
    """Round amounts stay round, and amounts that rates value stay what they are."""
    for kind in (*CASE_KINDS, *SINGLE_KINDS):
        template_pool, amounts = template_pool_of(kind), draft_of(kind).amounts
        assert not template_pool.rings.most[amounts.fixed].any()
        if not amounts.fixed.all():
            assert template_pool.rings.most.any()


def test_groups_are_the_templates_of_like_postings() -> None:
    """Every template is in one group, and has as many amounts above nil as the group says."""
    kind = next(kind for kind in CASE_KINDS if kind.name == "order")
    draft = draft_of(kind)
    groups = draft.groups[2]
    templates = np.concatenate([group.templates for group in groups])

    assert list(range(TEMPLATES)) == sorted(templates.tolist())
    assert {(1, 1), (2, 1)} == {(group.debits, group.credits) for group in groups}
    values = draft.amounts.values
    more = (values["discount"] > 0) | (values["short"] > 0)
    for group in groups:
        assert (more[group.templates] == (group.debits == 2)).all()


def test_taxed_documents_are_counted() -> None:
    """As large a part of a step's documents is taxed as of the templates; steps without tax have none."""
    kind = next(kind for kind in CASE_KINDS if kind.name == "order")
    draft = draft_of(kind)

    assert [0, 500, 0] == [round(draft.taxed(step, 1_000), -1) for step in range(3)]


def test_documents_of_one_type_share_their_templates() -> None:
    """Whatever kind, currency and rate of tax, a type is posted to the same lists of accounts."""
    kind = next(kind for kind in SINGLE_KINDS if kind.name == "card_purchase")
    patterns = []
    for denomination in (("USD", 0), ("JPY", 0)):
        (rows,) = template_pool_of(kind, denomination).steps
        lines = np.split(rows.account, rows.offsets[1:-1])
        patterns.append({tuple(sorted(set(found.tolist()))) for found in lines[::2]})

    assert len(patterns[0] & patterns[1]) > 0.25 * len(patterns[0])


def test_seeds_draw_other_template_pools() -> None:
    """Amounts, shapes and accounts follow from the seed."""
    kind = next(kind for kind in SINGLE_KINDS if kind.name == "card_purchase")
    (first,), (second,) = (template_pool_of(kind, ("USD", 0), seed).steps for seed in (11, 12))

    assert first.amount.tolist() != second.amount.tolist()
    assert first.account.tolist() != second.account.tolist()
