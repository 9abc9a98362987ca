"""Some of a block's entries: those of one company."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from datasynth.encoding.formats import Encoded
from datasynth.generation.block import Block
from datasynth.generation.kernels.columns.block_columns import LineColumns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.encoding.formats import FileEncoder

_COLUMNS = [field.name for field in fields(Block) if field.name not in {"first", "first_line"}]


@dataclass(frozen=True, slots=True, eq=False)
class PartOfBlock(Block):
    """Entries of a block that need not follow one another.

    Attributes
    ----------
    sequences : (n,) int64
        Sequence number of each entry.
    """

    sequences: NDArray[np.int64]


def select_entries(block: Block, chosen: NDArray[np.bool_]) -> PartOfBlock:
    """Return the chosen entries of a block, with their lines.

    Parameters
    ----------
    chosen : (n,) bool
        Whether each entry is one of them.
    """
    counts = np.diff(block.first_line)
    lines = np.repeat(chosen, counts)
    columns = {
        name: getattr(block, name)[lines if name in LineColumns._fields else chosen] for name in _COLUMNS
    }
    return PartOfBlock(
        first=block.first,
        first_line=np.concatenate([[0], np.cumsum(counts[chosen])]).astype(np.int64),
        sequences=block.first + np.flatnonzero(chosen),
        **columns,
    )


class CompanyEncoder:
    """Encodes the entries of one company; the others are no bytes.

    Parameters
    ----------
    inner
        The encoder of the file.
    company
        The company's code in blocks.
    """

    def __init__(self, inner: FileEncoder, company: int) -> None:
        self._inner = inner
        self._company = company
        self.end = inner.end

    def opening(self) -> bytes:
        """Return the opening of the file."""
        return self._inner.opening()

    def encode(self, block: Block) -> Encoded:
        """Encode the company's entries; offsets count those of the whole block."""
        chosen = block.company == self._company
        encoded = self._inner.encode(select_entries(block, chosen))
        places = np.concatenate([[0], np.cumsum(chosen)])
        return Encoded(encoded.data, encoded.entry_offsets[places], metadata=encoded.metadata)
