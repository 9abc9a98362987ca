"""Shape 1: every entry balances, and every line has one side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.gates import Gate, count_of_faults, no_faults

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset


def check_balance(data: Dataset, _: Config) -> list[Gate]:
    """Judge sums, sides, signs and line numbers of every entry."""
    lines = data.lines
    debit, credit = lines.debit > 0, lines.credit > 0
    one_side = ((lines.debit == 0) & credit) | ((lines.credit == 0) & debit)
    within = np.arange(lines.line_number.size) - data.first_line[data.entry] + 1
    sides = (data.per_entry(debit) > 0) & (data.per_entry(credit) > 0)
    return [
        no_faults(
            "balance.document",
            data.per_entry(lines.debit) != data.per_entry(lines.credit),
            "entries whose debits and credits differ",
        ),
        no_faults(
            "balance.company",
            data.per_entry(lines.local_amount) != 0,
            "entries whose local amounts do not sum to nil",
        ),
        no_faults(
            "balance.one_side",
            data.per_entry(~one_side) > 0,
            "entries with a line that has not exactly one side above zero",
        ),
        no_faults(
            "balance.sign",
            data.per_entry(_wrong_sign(data)) > 0,
            "entries with a local amount that is nil or on the other side",
        ),
        no_faults("balance.sides", ~sides, "entries without a debit or without a credit"),
        no_faults(
            "balance.line_numbers",
            data.per_entry(lines.line_number != within) > 0,
            "entries whose lines are not numbered 1, 2, 3 …",
        ),
        count_of_faults(
            "balance.minor_units", data.flaws.inexact, "amounts that are no whole number of minor units"
        ),
    ]


def _wrong_sign(data: Dataset) -> NDArray[np.bool_]:
    """Tell which lines have a local amount that disagrees with their side; one of nil always does."""
    lines = data.lines
    signed = lines.debit - lines.credit
    wrong: NDArray[np.bool_] = (np.sign(lines.local_amount) != np.sign(signed)) | (lines.local_amount == 0)
    return wrong
