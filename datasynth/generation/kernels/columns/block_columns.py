"""Columns of a block, as kernels fill them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class EntryColumns(NamedTuple):
    """Columns of the entries except those that their placements hold; see `Block`."""

    id_high: NDArray[np.uint64]
    id_low: NDArray[np.uint64]
    company: NDArray[np.int16]
    fiscal_year: NDArray[np.int16]
    fiscal_period: NDArray[np.int8]
    posting_day: NDArray[np.int32]
    document_day: NDArray[np.int32]
    created_at: NDArray[np.int64]
    document_type: NDArray[np.int16]
    currency: NDArray[np.int16]
    exchange_rate: NDArray[np.int64]
    rate_places: NDArray[np.int8]
    reference_kind: NDArray[np.int16]
    reference_number: NDArray[np.int64]
    header_text: NDArray[np.int32]
    created_by: NDArray[np.int32]
    approved_by: NDArray[np.int32]
    approved_at: NDArray[np.int64]
    source: NDArray[np.int8]
    process: NDArray[np.int8]
    reversal_high: NDArray[np.uint64]
    reversal_low: NDArray[np.uint64]
    batch: NDArray[np.int64]


class LineColumns(NamedTuple):
    """Columns of the lines; see `Block`."""

    account: NDArray[np.int16]
    debit: NDArray[np.int64]
    credit: NDArray[np.int64]
    local_amount: NDArray[np.int64]
    cost_center: NDArray[np.int16]
    profit_center: NDArray[np.int16]
    partner: NDArray[np.int32]
    trading_partner: NDArray[np.int16]
    tax_code: NDArray[np.int8]
    tax_amount: NDArray[np.int64]
    assignment_kind: NDArray[np.int16]
    assignment_number: NDArray[np.int64]
    line_text: NDArray[np.int32]
    value_day: NDArray[np.int32]


class EntryFacts(NamedTuple):
    """Facts about each entry that one kernel of a block finds and others read.

    Attributes
    ----------
    profile : (n,) int32
        Document profile.
    total : (n,) int64
        Sum of the debits in company currency. [minor units]
    center : (n,) int64
        An account's cost centre is ``(center + account) mod centers``; the same at all steps of a case.
    partner : (n,) int32
        Partner, or -1.
    trading_partner : (n,) int16
        Company on the other side, or -1.
    """

    profile: NDArray[np.int32]
    total: NDArray[np.int64]
    center: NDArray[np.int64]
    partner: NDArray[np.int32]
    trading_partner: NDArray[np.int16]
