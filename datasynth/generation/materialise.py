"""From places in the journal to blocks: runs the kernels in their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.block import Block
from datasynth.generation.kernels.codes import fill_codes
from datasynth.generation.kernels.headers import fill_dates, fill_people
from datasynth.generation.kernels.lines import fill_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.closes.calendar import ClosingRows
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.placements import Placements
    from datasynth.generation.templates.document_lines import DocumentLines


@dataclass(frozen=True, slots=True)
class LineSource:
    """The rows that placed entries refer to.

    Attributes
    ----------
    rows, row_total, row_jitter_unit
        Lines, sums of the debits, and what a jitter step adds to them.
    first_close
        First of the rows that `closing` describes.
    closing
        Document profiles and links of closing rows.
    """

    rows: DocumentLines
    row_total: NDArray[np.int64]
    row_jitter_unit: NDArray[np.int64]
    first_close: int
    closing: ClosingRows


@dataclass(frozen=True, slots=True)
class _Found:
    """What one kernel finds for the others; see `fill_codes`."""

    profile: NDArray[np.int32]
    center: NDArray[np.int64]
    total: NDArray[np.int64]
    partner: NDArray[np.int32]
    trading: NDArray[np.int16]
    kind: NDArray[np.int8]
    posting_first: NDArray[np.int32]


def calendar_source(plan: JournalPlan) -> LineSource:
    """Return the rows of the untriggered journal."""
    return LineSource(plan.rows, plan.row_total, plan.row_jitter_unit, plan.first_close, plan.closes.laid)


def materialise(
    plan: JournalPlan, source: LineSource, placements: Placements, first: int, pattern: int
) -> Block:
    """Compute the columns of placed entries.

    Parameters
    ----------
    plan
        Of the journal.
    source
        The rows that the entries refer to.
    placements
        The entries.
    first
        Sequence number of the first.
    pattern
        Code of the trigger that called for them, or `ABSENT`.
    """
    n = len(placements.day)
    block = Block.empty(first, placements.document_number, placements.first_line, pattern)
    found = _Found(
        np.empty(n, dtype=np.int32),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int32),
        np.empty(n, dtype=np.int16),
        np.empty(n, dtype=np.int8),
        np.empty(n, dtype=np.int32),
    )
    _fill_codes(plan, source, placements, block, found)
    _fill_headers(plan, placements, block, found)
    _fill_lines(plan, source, placements, block, found)
    return block


def _fill_codes(
    plan: JournalPlan, source: LineSource, placements: Placements, block: Block, found: _Found
) -> None:
    # long: the kernel's arguments, one a line.
    profile_table, all_series = plan.profiles.profile_table, plan.all_series
    fill_codes(
        source.first_close,
        plan.id_key,
        placements.day,
        placements.series,
        placements.number,
        placements.row,
        placements.jitter,
        placements.booked,
        placements.paid,
        all_series.profile,
        all_series.company,
        all_series.key,
        all_series.currency,
        all_series.rate,
        all_series.valuation,
        all_series.reverses,
        all_series.number,
        all_series.trading,
        all_series.pool,
        all_series.partner,
        source.closing.profile,
        source.closing.reverses,
        source.closing.trading,
        source.row_total,
        source.row_jitter_unit,
        plan.rates.rates,
        plan.rates.divisor,
        plan.rates.printed,
        plan.rates.places,
        all_series.partner_choice,
        plan.day_end,
        profile_table.document_type,
        profile_table.sources,
        profile_table.process,
        profile_table.reference,
        profile_table.slot,
        profile_table.text,
        profile_table.named,
        profile_table.batch,
        profile_table.posting,
        profile_table.posting_text,
        plan.config.master_data.cost_centers,
        found.profile,
        found.center,
        found.total,
        found.partner,
        found.trading,
        found.kind,
        found.posting_first,
        block.company,
        block.document_type,
        block.currency,
        block.exchange_rate,
        block.rate_places,
        block.reference_kind,
        block.reference_number,
        block.header_text,
        block.source,
        block.process,
        block.reversal_high,
        block.reversal_low,
        block.batch,
    )


def _fill_headers(plan: JournalPlan, placements: Placements, block: Block, found: _Found) -> None:
    profile_table = plan.profiles.profile_table
    fill_dates(
        plan.schedule.horizon.first_day,
        plan.id_key,
        placements.day,
        placements.series,
        placements.number,
        placements.slot,
        placements.slots,
        found.profile,
        profile_table.day_part,
        profile_table.age,
        profile_table.period,
        plan.times,
        plan.day_end,
        plan.day_year,
        plan.day_period,
        block.id_high,
        block.id_low,
        block.fiscal_year,
        block.fiscal_period,
        block.posting_day,
        block.document_day,
        block.created_at,
    )
    fill_people(
        plan.id_key,
        placements.series,
        placements.number,
        block.company,
        found.profile,
        found.total,
        block.created_at,
        block.source,
        profile_table.hand,
        profile_table.program,
        plan.by_hand,
        plan.role_first,
        plan.role_size,
        plan.limits,
        plan.approver_role,
        block.created_by,
        block.approved_by,
        block.approved_at,
    )


def _fill_lines(
    plan: JournalPlan, source: LineSource, placements: Placements, block: Block, found: _Found
) -> None:
    # long: the kernel's arguments, one a line.
    profile_table, all_series = plan.profiles.profile_table, plan.all_series
    fill_lines(
        placements.first_line,
        placements.row,
        placements.jitter,
        placements.booked,
        placements.paid,
        found.center,
        placements.number,
        placements.series,
        all_series.rate,
        all_series.valuation,
        placements.day,
        plan.rates.rates,
        plan.rates.divisor,
        found.kind,
        found.posting_first,
        found.partner,
        found.trading,
        block.posting_day,
        plan.config.master_data.cost_centers,
        source.rows.offsets,
        source.rows.debits,
        source.rows.account,
        source.rows.posting,
        source.rows.amount,
        source.rows.jitter_unit,
        profile_table.posting_text,
        profile_table.posting_item,
        profile_table.posting_item_index,
        profile_table.posting_value,
        profile_table.posting_spread,
        profile_table.posting_tax,
        plan.of_result,
        plan.of_bank,
        block.account,
        block.debit,
        block.credit,
        block.local_amount,
        block.cost_center,
        block.profit_center,
        block.partner,
        block.trading_partner,
        block.tax_code,
        block.tax_amount,
        block.assignment_kind,
        block.assignment_number,
        block.line_text,
        block.value_day,
    )
