"""All checks over one data set."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from datasynth.evaluation.report import make_report
from datasynth.evaluation.subjects.amounts import amount_checks
from datasynth.evaluation.subjects.books import balance_table_checks, open_item_checks, year_end_checks
from datasynth.evaluation.subjects.closes import close_checks, trigger_checks
from datasynth.evaluation.subjects.currency import currency_checks
from datasynth.evaluation.subjects.dates import date_checks, day_volume_checks, hour_checks
from datasynth.evaluation.subjects.entries import (
    approval_checks,
    balance_checks,
    number_checks,
    structure_checks,
)
from datasynth.evaluation.subjects.gaps import gap_checks
from datasynth.evaluation.subjects.intercompany import intercompany_checks
from datasynth.evaluation.subjects.line_counts import line_count_checks
from datasynth.evaluation.subjects.mix import concentration_checks, mix_checks
from datasynth.evaluation.subjects.repeats import repeat_checks
from datasynth.evaluation.subjects.reversals import reversal_checks
from datasynth.evaluation.subjects.taxes import tax_checks
from datasynth.evaluation.subjects.tells import tell_checks
from datasynth.evaluation.subjects.twins import twin_checks

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset
    from datasynth.evaluation.report import Report

SUBJECTS = (
    structure_checks,
    balance_checks,
    line_count_checks,
    amount_checks,
    date_checks,
    day_volume_checks,
    hour_checks,
    mix_checks,
    concentration_checks,
    reversal_checks,
    currency_checks,
    balance_table_checks,
    open_item_checks,
    year_end_checks,
    number_checks,
    approval_checks,
    twin_checks,
    repeat_checks,
    tax_checks,
    intercompany_checks,
    close_checks,
    trigger_checks,
    tell_checks,
    gap_checks,
)
"""What makes the checks; the report sorts them by group, and keeps this order inside each."""


def evaluate(dataset: Dataset, config: Config) -> Report:
    """Judge a data set of at least one entry by the configuration that it was made from."""
    checks = chain.from_iterable(subject(dataset, config) for subject in SUBJECTS)
    return make_report(dataset.count, int(dataset.first_line[-1]), checks)
