"""What can be out of shape in reversals, copies and closes of a good set; kept with the other `MISSHAPES`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tests.evaluation.copies import copied, corrected_by_the_same
from tests.evaluation.misshapes import MISSHAPES, misshape, recoded, with_entries
from tests.evaluation.shapes import ENTRIES, TYPES, chances

if TYPE_CHECKING:
    from datasynth.evaluation import Dataset

__all__ = ["MISSHAPES"]


# Shape 8


@misshape("reversals.share", "reversals.rate")
def _too_many_reversals(data: Dataset) -> Dataset:
    ids = data.entries.document_id
    chosen = (chances(76) < 0.1) & ~data.closing & (np.arange(ENTRIES) > 100)
    return with_entries(data, reversal_of=np.where(chosen, np.roll(ids, 100), data.entries.reversal_of))


@misshape("reversals.share", "reversals.rate", reversal_rate=0.05)
def _fewer_reversals_than_configured(data: Dataset) -> Dataset:
    return data


@misshape("reversals.rate")
def _reversals_of_some_types_alone(data: Dataset) -> Dataset:
    kind = data.entries.document_type
    usual = data.undone & (kind < len(TYPES))
    return with_entries(data, document_type=np.where(usual, kind % 2, kind).astype(np.int32))


@misshape("reversals.corrected")
def _nothing_corrected(data: Dataset) -> Dataset:
    text = np.where(data.undone, -1, data.entries.header_text).astype(np.int32)
    return with_entries(data, header_text=text)


@misshape("reversals.differing")
def _corrected_by_the_same(data: Dataset) -> Dataset:
    return corrected_by_the_same(data)


@misshape("currency.share")
def _too_much_abroad(data: Dataset) -> Dataset:
    return with_entries(data, currency=recoded(data.entries.currency, 0, 1, 0.03, 77))


# Shape 11


@misshape("twins.lines_6")
def _twins_among_entries_of_six_to_nine_lines(data: Dataset) -> Dataset:
    return copied(data, (data.line_counts >= 6) & (data.line_counts < 10) & data.one_off)


@misshape("twins.lines_10", "twins.lines_6")
def _twins_among_long_entries(data: Dataset) -> Dataset:
    return copied(data, (data.line_counts >= 10) & data.one_off, shuffled=True)


# Closes


def _retyped(data: Dataset, source: str, target: int) -> Dataset:
    """Give all entries of a document type another one."""
    kind = data.entries.document_type
    return with_entries(data, document_type=np.where(data.of_type(source), target, kind).astype(np.int32))


@misshape("closes.depreciation")
def _no_depreciation(data: Dataset) -> Dataset:
    return _retyped(data, "AF", 0)


@misshape("closes.accruals", "closes.tax_provision")
def _no_accruals(data: Dataset) -> Dataset:
    return _retyped(data, "SB", 0)


@misshape("closes.releases")
def _accruals_that_stay(data: Dataset) -> Dataset:
    return _retyped(data, "SU", 0)


@misshape("closes.allocations")
def _no_allocations(data: Dataset) -> Dataset:
    return _retyped(data, "CO", 0)


@misshape("closes.allocation_lines")
def _an_allocation_of_two_lines(data: Dataset) -> Dataset:
    kind = data.entries.document_type.copy()
    kind[np.flatnonzero(data.line_counts == 2)[0]] = data.vocabulary.code("document_types", "CO")
    return with_entries(data, document_type=kind)


@misshape("closes.tax_provision")
def _no_provision_for_tax(data: Dataset) -> Dataset:
    tax = data.vocabulary.code("accounts", "8000")
    account = np.where(data.lines.account == tax, tax - 1, data.lines.account).astype(np.int32)
    return replace(data, lines=replace(data.lines, account=account))


@misshape("closes.result")
def _a_year_that_is_not_closed(data: Dataset) -> Dataset:
    return _retyped(data, "CL", 0)
