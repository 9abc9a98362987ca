"""All gates over one data set."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from datasynth.evaluation.checks.amounts import check_amounts
from datasynth.evaluation.checks.approval import check_approval
from datasynth.evaluation.checks.balance import check_balance
from datasynth.evaluation.checks.balances import check_balances
from datasynth.evaluation.checks.closes import check_closes
from datasynth.evaluation.checks.concentration import check_concentration
from datasynth.evaluation.checks.currency import check_currency
from datasynth.evaluation.checks.dates import check_dates
from datasynth.evaluation.checks.day_volumes import check_day_volumes
from datasynth.evaluation.checks.hours import check_hours
from datasynth.evaluation.checks.intercompany import check_intercompany
from datasynth.evaluation.checks.line_counts import check_line_counts
from datasynth.evaluation.checks.mix import check_mix
from datasynth.evaluation.checks.numbers import check_numbers
from datasynth.evaluation.checks.open_items import check_open_items
from datasynth.evaluation.checks.reversals import check_reversals
from datasynth.evaluation.checks.rule_book import check_rule_book
from datasynth.evaluation.checks.structure import check_structure
from datasynth.evaluation.checks.taxes import check_taxes
from datasynth.evaluation.checks.triggers import check_triggers
from datasynth.evaluation.checks.year_ends import check_year_ends
from datasynth.evaluation.report import make_report

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset
    from datasynth.evaluation.report import Report

CHECKS = (
    check_structure,
    check_rule_book,
    check_balance,
    check_line_counts,
    check_amounts,
    check_dates,
    check_day_volumes,
    check_hours,
    check_mix,
    check_concentration,
    check_reversals,
    check_currency,
    check_balances,
    check_open_items,
    check_year_ends,
    check_numbers,
    check_approval,
    check_taxes,
    check_intercompany,
    check_closes,
    check_triggers,
)


def evaluate(dataset: Dataset, config: Config) -> Report:
    """Judge a data set.

    Parameters
    ----------
    dataset
        At least one entry.
    config
        What it was made from.
    """
    gates = chain.from_iterable(check(dataset, config) for check in CHECKS)
    return make_report(dataset.count, int(dataset.first_line[-1]), gates)
