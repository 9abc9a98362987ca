"""From places in the journal to blocks: runs the kernels in their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.block import Block
from datasynth.generation.kernels.codes import fill_codes
from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.headers import fill_dates, fill_people
from datasynth.generation.kernels.lines import fill_lines
from datasynth.generation.kernels.locate import deal_rows, locate
from datasynth.generation.styles import CENTERS_OF_PROFIT_CENTER, COST_CENTERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.closes.calendar import ClosingRows
    from datasynth.generation.ground import Ground
    from datasynth.generation.sheet import Rows


@dataclass(frozen=True, slots=True)
class Located:
    """Entries as places in the schedule and rows of the sheet.

    Attributes
    ----------
    day, leaf : (n,) int32
        Day from the start, and leaf.
    number, document_number : (n,) int64
        Number of the chain or place among the leaf's documents; document number.
    slot, slots : (n,) int64
        Place in the band of the day, and how many documents the band has.
    row, shift : (n,) int64
        Row of lines, and shift of their first amounts. [minor units]
    first_line : (n + 1,) int64
        See `Block`.
    """

    day: NDArray[np.int32]
    leaf: NDArray[np.int32]
    number: NDArray[np.int64]
    document_number: NDArray[np.int64]
    slot: NDArray[np.int64]
    slots: NDArray[np.int64]
    row: NDArray[np.int64]
    shift: NDArray[np.int64]
    first_line: NDArray[np.int64]


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


def locate_entries(ground: Ground, first: int, count: int) -> Located:
    """Find the places of entries of the untriggered journal.

    Parameters
    ----------
    ground
        Of the journal.
    first, count
        Sequence number of the first entry, and how many; all must exist.
    """
    schedule, leaves = ground.schedule, ground.leaves
    tree = schedule.tree
    known = len(schedule.leaves)
    day, leaf = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
    number, document_number, slot, slots, row, shift = (
        np.empty(count, dtype=np.int64) for _ in range(6)
    )
    first_line = np.empty(count + 1, dtype=np.int64)
    locate(
        first,
        ground.day_key,
        schedule.entries_before,
        schedule.before,
        ground.year_start,
        tree.left,
        tree.right,
        tree.leaf,
        tree.group,
        tree.roots,
        tree.leaf_group,
        leaves.kind,
        leaves.company,
        leaves.chain,
        schedule.leaf_window,
        schedule.starts,
        schedule.windows,
        np.empty(len(tree.left), dtype=np.int64),
        np.empty(tree.groups, dtype=np.int64),
        np.empty((known, CLASSES + 1), dtype=np.int64),
        np.full(known, -1, dtype=np.int32),
        day,
        leaf,
        number,
        document_number,
        slot,
        slots,
    )
    deal_rows(
        leaf,
        number,
        leaves.kind,
        leaves.row,
        leaves.bits,
        leaves.key,
        leaves.shift,
        ground.sheet.shifts,
        ground.rows.offsets,
        row,
        shift,
        first_line,
    )
    return Located(day, leaf, number, document_number, slot, slots, row, shift, first_line)


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
    n, m = len(located.day), int(located.first_line[-1])
    block = _empty_block(first, n, m, located, pattern)
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
    found: tuple[
        NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32], NDArray[np.int16]
    ],
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
        COST_CENTERS,
        CENTERS_OF_PROFIT_CENTER,
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


def _empty_block(first: int, n: int, m: int, located: Located, pattern: int) -> Block:
    return Block(
        first=first,
        id_high=np.empty(n, dtype=np.uint64),
        id_low=np.empty(n, dtype=np.uint64),
        document_number=located.document_number,
        company=np.empty(n, dtype=np.int16),
        fiscal_year=np.empty(n, dtype=np.int16),
        fiscal_period=np.empty(n, dtype=np.int8),
        posting_day=np.empty(n, dtype=np.int32),
        document_day=np.empty(n, dtype=np.int32),
        created_at=np.empty(n, dtype=np.int64),
        document_type=np.empty(n, dtype=np.int16),
        currency=np.empty(n, dtype=np.int16),
        exchange_rate=np.empty(n, dtype=np.int64),
        reference_kind=np.empty(n, dtype=np.int16),
        reference_number=np.empty(n, dtype=np.int64),
        header_text=np.empty(n, dtype=np.int32),
        created_by=np.empty(n, dtype=np.int32),
        approved_by=np.empty(n, dtype=np.int32),
        approved_at=np.empty(n, dtype=np.int64),
        source=np.empty(n, dtype=np.int8),
        process=np.empty(n, dtype=np.int8),
        pattern=np.full(n, pattern, dtype=np.int8),
        reversal_high=np.empty(n, dtype=np.uint64),
        reversal_low=np.empty(n, dtype=np.uint64),
        batch=np.empty(n, dtype=np.int64),
        first_line=located.first_line,
        account=np.empty(m, dtype=np.int16),
        debit=np.empty(m, dtype=np.int64),
        credit=np.empty(m, dtype=np.int64),
        local_amount=np.empty(m, dtype=np.int64),
        cost_center=np.empty(m, dtype=np.int16),
        profit_center=np.empty(m, dtype=np.int16),
        partner=np.empty(m, dtype=np.int32),
        trading_partner=np.empty(m, dtype=np.int16),
        tax_code=np.empty(m, dtype=np.int8),
        tax_amount=np.empty(m, dtype=np.int64),
        assignment_kind=np.empty(m, dtype=np.int16),
        assignment_number=np.empty(m, dtype=np.int64),
        line_text=np.empty(m, dtype=np.int32),
        value_day=np.empty(m, dtype=np.int32),
    )
