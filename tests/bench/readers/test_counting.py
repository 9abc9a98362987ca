"""A benchmark is worth what its counters are."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.readers.counting import FrameCounter, LineCounter

TEXT = 0x81
PING = 0x89


def _frame(opcode: int, size: int) -> bytes:
    if size <= 125:
        return bytes((opcode, size)) + b"\x81" * size
    if size < 1 << 16:
        return bytes((opcode, 126)) + size.to_bytes(2, "big") + b"\x81" * size
    return bytes((opcode, 127)) + size.to_bytes(8, "big") + b"\x81" * size


def _feed(counter: FrameCounter | LineCounter, data: bytes, cuts: list[int]) -> int:
    """Give it the data in pieces and return its count."""
    places = [0, *sorted({cut % len(data) for cut in cuts}), len(data)]
    for start, end in pairwise(places):
        if end > start:
            # A buffer is longer than what has arrived in it.
            room = np.frombuffer(data[start:end] + b"\x81\x00}\n", dtype=np.uint8)
            counter.add(room, end - start)
    return counter.count


@settings(deadline=None)  # the first call compiles
@given(
    st.lists(
        st.tuples(st.sampled_from((TEXT, PING)), st.sampled_from((0, 1, 125, 126, 300, 65_535, 65_536)))
    ),
    st.lists(st.integers(0, 300_000), max_size=20),
)
def test_frames_are_counted_however_they_are_cut(frames: list[tuple[int, int]], cuts: list[int]) -> None:
    """Text frames of every length count once, others not, wherever the network cuts."""
    data = b"".join(_frame(opcode, size) for opcode, size in [*frames, (PING, 0)])

    assert sum(opcode == TEXT for opcode, _ in frames) == _feed(FrameCounter(), data, cuts)


def test_frames_are_counted_byte_by_byte() -> None:
    """Even a header that arrives in single bytes is understood."""
    data = b"".join(_frame(TEXT, size) for size in (0, 125, 126, 300, 65_536))

    assert _feed(FrameCounter(), data, list(range(len(data)))) == 5


@pytest.mark.parametrize("cut", range(1, 40))
def test_lines_are_counted_and_chunk_marks_are_not(cut: int) -> None:
    """An object and its line end count once, wherever they are cut; ends of other lines do not."""
    data = b'8\r\n{"a":1}\n\r\n10\r\n{"b":{}}\n{"c":2}\n\r\n0\r\n\r\n'

    assert _feed(LineCounter(), data, [cut]) == 3
