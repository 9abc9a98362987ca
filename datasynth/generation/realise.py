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
    from datasynth.generation.ground import Ground
    from datasynth.generation.located import Located
    from datasynth.generation.sheet import Rows


@dataclass(frozen=True, slots=True)
class Source:
    """The rows that located entries refer to.

    Attributes
    ----------
    rows, row_total
        Lines, and sums of the debits.
    first_close
        First of the rows that `closing` describes.
    closing
        Styles and links of closing rows.
    """

    rows: Rows
    row_total: NDArray[np.int64]
    first_close: int
    closing: ClosingRows


def calendar_source(ground: Ground) -> Source:
    """Return the rows of the untriggered journal."""
    return Source(ground.rows, ground.row_total, ground.first_close, ground.closes.laid)


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
    # long: the kernel's arguments, one a line.
    n = len(located.day)
    block = Block.empty(first, located.document_number, located.first_line, pattern)
    style, posting_first, partner = (np.empty(n, dtype=np.int32) for _ in range(3))
    key, total = np.empty(n, dtype=np.uint64), np.empty(n, dtype=np.int64)
    trading = np.empty(n, dtype=np.int16)
    styles, leaves = ground.book.styles, ground.leaves
    fill_codes(
        source.first_close,
        ground.id_key,
        located.day,
        located.leaf,
        located.number,
        located.row,
        located.shift,
        leaves.style,
        leaves.company,
        leaves.key,
        source.closing.style,
        source.closing.reverses,
        source.closing.trading,
        source.row_total,
        ground.company_currency,
        ground.partner_choice,
        ground.partner_first,
        styles.document_type,
        styles.source,
        styles.process,
        styles.reference,
        styles.text,
        styles.named,
        styles.batch,
        styles.partner,
        styles.posting,
        style,
        key,
        total,
        partner,
        trading,
        posting_first,
        block.company,
        block.document_type,
        block.currency,
        block.exchange_rate,
        block.reference_kind,
        block.reference_number,
        block.header_text,
        block.source,
        block.process,
        block.reversal_high,
        block.reversal_low,
        block.batch,
    )
    _fill_headers(ground, located, block, style, total)
    _fill_lines(ground, source, located, block, (key, posting_first, partner, trading))
    return block


def _fill_headers(
    ground: Ground,
    located: Located,
    block: Block,
    style: NDArray[np.int32],
    total: NDArray[np.int64],
) -> None:
    styles = ground.book.styles
    fill_dates(
        ground.schedule.horizon.first_day,
        ground.id_key,
        located.day,
        located.leaf,
        located.number,
        located.slot,
        located.slots,
        style,
        styles.band,
        styles.age,
        styles.period,
        ground.times,
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
        style,
        total,
        block.created_at,
        styles.role,
        styles.by_hand,
        ground.role_first,
        ground.role_size,
        ground.limits,
        ground.approver_role,
        block.created_by,
        block.approved_by,
        block.approved_at,
    )


def _fill_lines(
    ground: Ground,
    source: Source,
    located: Located,
    block: Block,
    found: tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32], NDArray[np.int16]],
) -> None:
    key, posting_first, partner, trading = found
    fill_lines(
        located.first_line,
        located.row,
        located.shift,
        key,
        located.number,
        posting_first,
        partner,
        trading,
        block.reference_kind,
        block.reference_number,
        block.posting_day,
        source.rows.offsets,
        source.rows.debits,
        source.rows.account,
        source.rows.posting,
        source.rows.amount,
        ground.book.styles.posting_text,
        ground.book.styles.posting_kind,
        ground.of_result,
        ground.bank,
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
