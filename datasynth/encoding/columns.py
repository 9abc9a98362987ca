"""A block's columns by name, as whole numbers of 64 bits, the way kernels read them.

Beside the block's own columns there are a few that follow from them: presence
columns, which are 0 or `ABSENT`, line numbers, decimals of currencies, and least
digits of references.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from datasynth.encoding.company_entries import PartOfBlock
from datasynth.encoding.kernels.records import BlockColumns
from datasynth.generation.block import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.block import Block, Vocabulary

    Derivation = Callable[[Block], NDArray[np.int64]]


def _absent_where(missing: NDArray[np.bool_]) -> NDArray[np.int64]:
    return missing.astype(np.int64) * ABSENT


def _line_numbers(block: Block) -> NDArray[np.int64]:
    first_of_entry = np.repeat(block.first_line[:-1], np.diff(block.first_line))
    return np.arange(1, block.lines + 1, dtype=np.int64) - first_of_entry


def _sequences(block: Block) -> NDArray[np.int64]:
    if isinstance(block, PartOfBlock):
        return block.sequences
    return np.arange(block.first, block.first + block.entries, dtype=np.int64)


DERIVED: Mapping[str, Derivation] = {
    "sequence": _sequences,
    "reversal": lambda block: _absent_where((block.reversal_high | block.reversal_low) == 0),
    "batched": lambda block: _absent_where(block.batch == ABSENT),
    "line_number": _line_numbers,
    "valued": lambda block: _absent_where(block.value_day == ABSENT),
}


class ColumnReader:
    """Gathers the columns of blocks that a format asks for.

    Parameters
    ----------
    vocabulary
        Says which decimals a currency has, and which digits a kind of reference.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        decimals = np.array(vocabulary.currency_decimals, dtype=np.int64)
        local = decimals[np.array(vocabulary.company_currencies, dtype=np.int64)]
        # The last one is for absent kinds, whose code is -1.
        digits = np.array([*(kind.digits for kind in vocabulary.reference_kinds), 1], dtype=np.int64)
        self._derived: dict[str, Derivation] = {
            **DERIVED,
            "decimals": lambda block: decimals[block.currency],
            "local_decimals": lambda block: local[block.company],
            "reference_digits": lambda block: digits[block.reference_kind],
            "assignment_digits": lambda block: digits[block.assignment_kind],
            "batch_digits": lambda block: np.full(
                block.entries, vocabulary.batch_kind.digits, dtype=np.int64
            ),
        }

    def column(self, block: Block, name: str) -> NDArray[Any]:
        """The named column, of its own type; of the block itself without a copy."""
        derive = self._derived.get(name)
        column: NDArray[Any] = derive(block) if derive else getattr(block, name)
        return column

    def gather(
        self,
        block: Block,
        entry_columns: Sequence[str],
        line_columns: Sequence[str],
        *,
        entries: NDArray[np.int32] | None = None,
        lines: NDArray[np.int32] | None = None,
    ) -> BlockColumns:
        """Put the named columns side by side; unsigned ones keep their bit patterns.

        Of some lines alone, each has an entry for itself; some entries alone have no lines.
        """
        if lines is not None:
            entry_of_line = np.searchsorted(block.first_line, lines, side="right") - 1
            first_line = np.arange(len(lines) + 1, dtype=np.int64)
            return BlockColumns(
                self._rows(block, entry_columns, entry_of_line),
                self._rows(block, line_columns, lines),
                first_line,
            )
        if entries is not None:
            no_lines, first_line = entries[:0], np.zeros(len(entries) + 1, dtype=np.int64)
            return BlockColumns(
                self._rows(block, entry_columns, entries),
                self._rows(block, line_columns, no_lines),
                first_line,
            )
        return BlockColumns(
            self._rows(block, entry_columns, slice(block.entries)),
            self._rows(block, line_columns, slice(block.lines)),
            np.array(block.first_line, dtype=np.int64),
        )

    def _rows(
        self, block: Block, names: Sequence[str], places: NDArray[np.integer[Any]] | slice
    ) -> NDArray[np.int64]:
        count = places.stop if isinstance(places, slice) else len(places)
        # Kernels read the first column of a row also for a literal that stands alone.
        rows = np.zeros((count, 1), dtype=np.int64) if not names else np.empty((count, len(names)), np.int64)
        for place, name in enumerate(names):
            column = self.column(block, name)[places]
            rows[:, place] = column.view(np.int64) if column.dtype == np.uint64 else column
        return rows
