"""Arrow arrays to columns of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datasynth.evaluation.columns import NEVER
from datasynth.evaluation.readers.fields import Kind
from datasynth.evaluation.readers.fingerprints import fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from datasynth.evaluation.readers.fields import Field

DAY_SECONDS = 86_400
_SIGN_BIT = 63


class Words:
    """A column of words, as places in a list of its own.

    Attributes
    ----------
    places : (n,) int32
        -1 for absent ones.
    words
        Each once.
    """

    def __init__(self, texts: pa.Array) -> None:
        encoded = texts.dictionary_encode()
        self.places: NDArray[np.int32] = (
            encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        )
        self.words: list[str] = encoded.dictionary.to_pylist()


def column(field: Field, array: pa.Array) -> NDArray[np.generic] | Words:
    """Turn an array into what a field's column holds; amounts stay ten-thousandths.

    Parameters
    ----------
    field
        Whose.
    array : (n,)
        Of the field's Arrow type.
    """
    return READERS[field.kind](array)


def _integers(array: pa.Array) -> NDArray[np.int64]:
    found: NDArray[np.int64] = pc.fill_null(array, -1).to_numpy(zero_copy_only=False)
    return found


def _seconds(array: pa.Array, unit: int) -> NDArray[np.int64]:
    seconds = array.cast(pa.int64())
    found: NDArray[np.int64] = pc.fill_null(seconds, NEVER).to_numpy(zero_copy_only=False)
    return found if unit == 1 else np.where(found == NEVER, NEVER, found // unit)


def _fixed(array: pa.Array) -> NDArray[np.int64]:
    """Return the whole numbers under decimals: the low half of each 128 bits.

    Raises
    ------
    ValueError
        If one does not fit into it.
    """
    if not len(array):
        return np.zeros(0, dtype=np.int64)
    halves = np.frombuffer(array.buffers()[1], dtype=np.int64)
    low, high = (halves[2 * array.offset + half : 2 * (array.offset + len(array)) : 2] for half in (0, 1))
    there = array.is_valid().to_numpy(zero_copy_only=False)
    if (there & (high != low >> _SIGN_BIT)).any():
        message = "an amount has more than 18 digits"
        raise ValueError(message)
    return np.where(there, low, 0)


READERS: Mapping[Kind, Callable[[pa.Array], NDArray[np.generic] | Words]] = {
    Kind.WORD: Words,
    Kind.PRINT: fingerprints,
    Kind.DAY: lambda array: _seconds(array, DAY_SECONDS),
    Kind.MOMENT: lambda array: _seconds(array, 1),
    Kind.AMOUNT: _fixed,
    Kind.DIGITS: lambda array: _integers(pc.cast(array, pa.int64())),
    Kind.NUMBER: _integers,
}
"""What turns an array of each kind into a column."""
