"""Chunks."""

from __future__ import annotations

import numpy as np

from datasynth.service.blocks.chunk import Chunk


def test_payloads_are_the_spans() -> None:
    """Each span is one bare message; entries are counted from the first to the next."""
    chunk = Chunk(memoryview(b"..one..two"), 7, 9, np.array([2, 7]), np.array([5, 10]))

    assert (2, [b"one", b"two"]) == (chunk.entries, list(chunk.payloads()))


def test_chunk_of_a_format_without_bare_messages() -> None:
    """Without spans there are no payloads."""
    nothing = np.zeros(0, dtype=np.int64)

    assert [] == list(Chunk(memoryview(b"line"), 7, 7, nothing, nothing).payloads())
