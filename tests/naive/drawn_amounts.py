"""Amounts that cases draw, by hand."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from datasynth.generation.draws import draw

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.drawn_amounts import DrawnAmounts

TEMPLATE, AMOUNT = 40, 41
CLASSES = 64
WRONG_AMOUNTS, WRONG_BANK = 1, 2
"""What is wrong in the wrong documents of a series."""


def drawn(key: int, case: int, version: int, amounts: DrawnAmounts, distribution: int) -> int:
    """Draw an amount by hand: bits say which part of the distribution, where in it, and whether round."""
    part, rest = divmod(draw(key, case, AMOUNT + version), 1 << 52)
    within, chance = divmod(rest, 1 << 20)
    low, high = map(int, amounts.quantiles[distribution, part : part + 2])
    amount = low + floor((high - low) * Fraction(within, 1 << 32))
    least, unit, round_chance = map(int, amounts.terms[distribution].tolist())
    if chance < round_chance:
        amount = _rounded(amount, unit)
    return max(amount, least)


def _rounded(amount: int, unit: int) -> int:
    step = unit
    for coarse in (5 * unit * 10**power for power in range(20)):
        if 20 * coarse <= amount:
            step = coarse
    return max(floor(Fraction(amount, step) + Fraction(1, 2)) * step, unit)


def drawn_template(key: int, case: int, templates: int) -> int:
    """Draw the template of the accounts of a case by hand."""
    return (draw(key, case, TEMPLATE) >> 32) * templates >> 32


def draws_amount(plan: JournalPlan, at: int) -> bool:
    """Say whether the cases of a series draw their amounts: those abroad, and between companies."""
    kind = plan.schedule.document_series[at].case_kind
    return kind.abroad >= 0 or kind.intercompany


def template_drawn(plan: JournalPlan, at: int, number: int) -> int:
    """Return the template of a case that draws its amount."""
    return drawn_template(int(plan.series.key[at]), number, CLASSES << int(plan.series.class_bits[at]))


def posted_drawn(plan: JournalPlan, at: int, number: int, version: int) -> list[tuple[int, int]]:
    """Return the postings and amounts of the lines of a document whose case draws its amount.

    What is sold to an affiliated company has cost what the markup leaves; other lines carry
    all.  A wrong document, of version 1 or 2, draws another amount if that is its mistake.
    """
    series = plan.schedule.document_series[at]
    amounts, row = plan.template_lines.amounts, int(plan.series.distribution[at])
    wrong = int(version > 0 and plan.series.mistake[at] == WRONG_AMOUNTS)
    amount = drawn(int(plan.series.key[at]), number, wrong, amounts, row)
    cost = amount * 1_000_000 // (1_000_000 + round(plan.config.intercompany.markup * 1_000_000))
    return [
        (place, cost if posting.amount == "cost" else amount)
        for place, posting in enumerate((*series.posted.debit, *series.posted.credit))
        if posting.pool not in {"exchange_loss", "exchange_gain"}
    ]
