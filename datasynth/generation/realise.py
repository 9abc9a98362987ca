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

    from datasynth.generation.cards.rows import Rows
    from datasynth.generation.closes.calendar import ClosingRows
    from datasynth.generation.ground import Ground
    from datasynth.generation.located import Located


@dataclass(frozen=True, slots=True)
class Source:
    """The rows that located entries refer to.

    Attributes
    ----------
    rows, row_total, row_scale
        Lines, sums of the debits, and what a step of variation adds to them.
    first_close
        First of the rows that `closing` describes.
    closing
        Styles and links of closing rows.
    """

    rows: Rows
    row_total: NDArray[np.int64]
    row_scale: NDArray[np.int64]
    first_close: int
    closing: ClosingRows


@dataclass(frozen=True, slots=True)
class _Found:
    """What one kernel finds for the others; see `fill_codes`."""

    style: NDArray[np.int32]
    center: NDArray[np.int64]
    total: NDArray[np.int64]
    partner: NDArray[np.int32]
    trading: NDArray[np.int16]
    kind: NDArray[np.int8]
    posting_first: NDArray[np.int32]


def calendar_source(ground: Ground) -> Source:
    """Return the rows of the untriggered journal."""
    return Source(ground.rows, ground.row_total, ground.row_scale, ground.first_close, ground.closes.laid)


def realise(ground: Ground, source: Source, located: Located, first: int, pattern: int) -> Block:
    """Compute the columns of located entries.

    Parameters
    ----------
    ground
        Of the journal.
    source
        The rows that the entries refer to.
    located
        The entries.
    first
        Sequence number of the first.
    pattern
        Code of the trigger that called for them, or `ABSENT`.
    """
    n = len(located.day)
    block = Block.empty(first, located.document_number, located.first_line, pattern)
    found = _Found(
        np.empty(n, dtype=np.int32),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int32),
        np.empty(n, dtype=np.int16),
        np.empty(n, dtype=np.int8),
        np.empty(n, dtype=np.int32),
    )
    _fill_codes(ground, source, located, block, found)
    _fill_headers(ground, located, block, found)
    _fill_lines(ground, source, located, block, found)
    return block


def _fill_codes(ground: Ground, source: Source, located: Located, block: Block, found: _Found) -> None:
    # long: the kernel's arguments, one a line.
    styles, leaves = ground.book.styles, ground.leaves
    fill_codes(
        source.first_close,
        ground.id_key,
        located.day,
        located.leaf,
        located.number,
        located.row,
        located.shift,
        located.booked,
        located.paid,
        leaves.style,
        leaves.company,
        leaves.key,
        leaves.currency,
        leaves.rate,
        leaves.valuation,
        leaves.reverses,
        leaves.number,
        leaves.trading,
        leaves.pool,
        leaves.partner,
        source.closing.style,
        source.closing.reverses,
        source.closing.trading,
        source.row_total,
        source.row_scale,
        ground.rates.rates,
        ground.rates.divisor,
        ground.rates.printed,
        ground.rates.places,
        leaves.partner_choice,
        ground.day_end,
        styles.document_type,
        styles.sources,
        styles.process,
        styles.reference,
        styles.slot,
        styles.text,
        styles.named,
        styles.batch,
        styles.posting,
        styles.posting_text,
        ground.config.master_data.cost_centers,
        found.style,
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


def _fill_headers(ground: Ground, located: Located, block: Block, found: _Found) -> None:
    styles = ground.book.styles
    fill_dates(
        ground.schedule.horizon.first_day,
        ground.id_key,
        located.day,
        located.leaf,
        located.number,
        located.slot,
        located.slots,
        found.style,
        styles.band,
        styles.age,
        styles.period,
        ground.times,
        ground.day_end,
        ground.day_year,
        ground.day_period,
        block.id_high,
        block.id_low,
        block.fiscal_year,
        block.fiscal_period,
        block.posting_day,
        block.document_day,
        block.created_at,
    )
    fill_people(
        ground.id_key,
        located.leaf,
        located.number,
        block.company,
        found.style,
        found.total,
        block.created_at,
        block.source,
        styles.hand,
        styles.program,
        ground.by_hand,
        ground.role_first,
        ground.role_size,
        ground.limits,
        ground.approver_role,
        block.created_by,
        block.approved_by,
        block.approved_at,
    )


def _fill_lines(ground: Ground, source: Source, located: Located, block: Block, found: _Found) -> None:
    # long: the kernel's arguments, one a line.
    styles, leaves = ground.book.styles, ground.leaves
    fill_lines(
        located.first_line,
        located.row,
        located.shift,
        located.booked,
        located.paid,
        found.center,
        located.number,
        located.leaf,
        leaves.rate,
        leaves.valuation,
        located.day,
        ground.rates.rates,
        ground.rates.divisor,
        found.kind,
        found.posting_first,
        found.partner,
        found.trading,
        block.posting_day,
        ground.config.master_data.cost_centers,
        source.rows.offsets,
        source.rows.debits,
        source.rows.account,
        source.rows.posting,
        source.rows.amount,
        source.rows.scale,
        styles.posting_text,
        styles.posting_item,
        styles.posting_slot,
        styles.posting_value,
        styles.posting_spread,
        styles.posting_tax,
        ground.of_result,
        ground.of_bank,
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
