"""Texts as 64-bit numbers, for fields with a great many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.keys import mix

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from datasynth.evaluation.arrays import Prints

WORD_BYTES = 8


def fingerprints(texts: pa.Array) -> Prints:
    """Turn texts into numbers that differ where the texts do, but for one chance in millions.

    An absent or empty text is 0.  Texts of equal length are taken together, eight bytes at a
    time: a field has few lengths.
    """
    size = len(texts)
    found = np.zeros(size, dtype=np.uint64)
    _, offset_bytes, data_bytes = texts.buffers()
    if not size or data_bytes is None:
        return found
    offsets = np.frombuffer(offset_bytes, dtype=np.int32)[texts.offset : texts.offset + size + 1]
    data = np.frombuffer(data_bytes, dtype=np.uint8)
    lengths = np.diff(offsets)
    if texts.null_count:
        lengths = np.where(texts.is_null().to_numpy(zero_copy_only=False), 0, lengths)
    for length in np.unique(lengths):
        if length:
            rows = np.flatnonzero(lengths == length)
            found[rows] = _mix_rows(_take(data, offsets[rows], int(length)), int(length))
    return found


def _take(data: NDArray[np.uint8], starts: NDArray[np.int32], length: int) -> NDArray[np.uint8]:
    """Return texts of one length as rows of bytes, filled up to whole words."""
    words = -(-length // WORD_BYTES)
    rows = np.zeros((starts.size, words * WORD_BYTES), dtype=np.uint8)
    first, last = int(starts[0]), int(starts[-1]) + length
    if last - first == starts.size * length:
        rows[:, :length] = data[first:last].reshape(-1, length)
    else:
        rows[:, :length] = data[starts[:, None] + np.arange(length)]
    return rows


def _mix_rows(rows: NDArray[np.uint8], length: int) -> Prints:
    mixed = np.full(len(rows), length, dtype=np.uint64)
    for word in rows.view(np.uint64).T:
        mixed = mix(mixed ^ word)
    return mixed
