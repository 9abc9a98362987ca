"""The template lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.config import config_from_mapping
from datasynth.generation.journal_plan import plan_journal
from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.templates.pools import TemplatePoolKey, template_pool_key
from datasynth.ledger.processes import Valuation
from tests.naive.templates import template_and_jitter

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan


def test_every_row_of_the_sheet_balances(plan: JournalPlan) -> None:
    """Debits and credits of every row have one sum, but for the differences of settlements, known later."""
    rows, source = plan.source.rows, plan.source
    whole = np.add.reduceat(source.lines.amount, rows.first_line)
    placeholders = np.zeros(len(whole), dtype=np.bool_)
    for at, series in enumerate(plan.schedule.document_series):
        if series.in_cases and series.posted.currency is Valuation.SETTLES:
            first, templates = (
                int(plan.series.row[at]),
                CLASSES << int(plan.series.class_bits[at]),
            )
            placeholders[first + templates : first + 3 * templates] = True

    assert np.array_equal(2 * rows.total[~placeholders], whole[~placeholders])


def test_columns_lead_back_to_accounts_and_sides(plan: JournalPlan) -> None:
    """For all templates of all steps, the column of a line has its account and side."""
    template_lines = plan.template_lines
    for at, series in enumerate(plan.schedule.document_series):
        if not series.in_cases:
            assert (0, 0) == (plan.series.class_bits[at], len(template_lines.sides[at]))
            continue
        first = int(plan.series.row[at])
        templates = CLASSES << int(plan.series.class_bits[at])
        lines = slice(
            int(template_lines.rows.offsets[first]), int(template_lines.rows.offsets[first + templates])
        )
        on_credit = template_lines.rows.posting[lines] >= len(series.posted.debit)

        assert np.array_equal(
            2 * template_lines.rows.account[lines] + on_credit,
            template_lines.sides[at][template_lines.column[lines]],
        )
        assert template_lines.sides[at].tolist() == sorted(set(template_lines.sides[at].tolist()))


def test_mean_amounts_are_those_of_the_templates(plan: JournalPlan) -> None:
    """What a series' documents come to on average is the mean total of its step's rows.

    Where cases draw their amounts, rows have parts of the mean amount.
    """
    template_lines = plan.template_lines
    totals, _ = template_lines.rows.totals()
    for at, series in enumerate(plan.schedule.document_series):
        if series.in_cases:
            first, templates = (
                int(plan.series.row[at]),
                CLASSES << int(plan.series.class_bits[at]),
            )
            mean = int(totals[first : first + templates].sum()) // templates
            row = int(plan.series.distribution[at])
            if row >= 0:
                quantiles = template_lines.amounts.quantiles[row]
                parts = int(quantiles[:-1].sum() + quantiles[1:].sum()) // (2 * len(quantiles) - 2)
                mean = parts * mean // int(plan.series.whole[at])

            assert mean == plan.series.gross[at] > 0


def test_steps_of_a_case_share_their_draws_and_companies_do_not(plan: JournalPlan) -> None:
    """One key for all steps of a company's cases of a kind, another for every other company."""
    keys: dict[tuple[int, int, int, str], set[int]] = {}
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind in {SeriesKind.WRONG, SeriesKind.REVERSAL}:
            # They draw by the keys of the right documents.
            continue
        closing = series.document_type if series.kind is SeriesKind.CLOSE else ""
        case = (series.case_company, int(series.kind), series.case, closing)
        keys.setdefault(case, set()).add(int(plan.series.key[at]))

    assert {1} == {len(found) for found in keys.values()}
    assert len(keys) == len({min(found) for found in keys.values()})


def test_steps_of_a_case_share_their_rings(plan: JournalPlan) -> None:
    """Whatever a case's steps post, they vary alike, or a payment would not clear its invoice."""
    rings: dict[tuple[int, int, int], set[int]] = {}
    for at, series in enumerate(plan.schedule.document_series):
        if series.in_cases:
            case = (series.case_company, int(series.kind), series.case)
            rings.setdefault(case, set()).add(int(plan.series.first_ring[at]))

    assert {1} == {len(found) for found in rings.values()}


def test_companies_of_a_currency_use_different_templates() -> None:
    """No two cases have one template before all are used; those with a wrong document are dealt apart."""
    companies = [{"code": f"{number}000", "volume_weight": number} for number in range(1, 6)]
    plan = plan_journal(
        config_from_mapping(
            {"companies": companies, "transactions": {"target_count": 3_000, "reversal_rate": 0}}
        )
    )
    used: dict[TemplatePoolKey, list[int]] = {}
    for at, series in enumerate(plan.schedule.document_series):
        if not series.in_cases or series.step > 0 or plan.series.distribution[at] >= 0:
            continue
        starts = plan.schedule.starts[series.case_company, series.case]
        single = series.kind is SeriesKind.SINGLE
        count = int(plan.schedule.before[-1, at] if single else starts[-1])
        used.setdefault(template_pool_key(plan.config, series), []).extend(
            template_and_jitter(plan, at, number)[0] for number in range(count)
        )

    assert max(len(templates) for templates in used.values()) > 100
    for templates in used.values():
        assert len(templates) == len(set(templates))
