"""Encoded blocks cut into their records."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import settings

from datasynth.encoding import AnyFormat, make_encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from datasynth.encoding import Encoded
    from datasynth.generation.block import Block, Vocabulary

unhurried = settings(deadline=None, max_examples=40)
"""The first example compiles or loads a kernel, and the machine may be busy."""

STREAM_ID = "0123456789abcdef0123456789abcdef"


def encode(format_: AnyFormat, words: Vocabulary, block: Block) -> Encoded:
    """Encode a block with a new encoder."""
    return make_encoder(format_, words, STREAM_ID).encode(block)


def cut(encoded: Encoded, offsets: NDArray[np.int64] | None) -> list[bytes]:
    """The records between offsets, which must cover all bytes."""
    assert offsets is not None
    assert [0, len(encoded.data)] == [offsets[0], offsets[-1]]
    data = encoded.data.tobytes()
    return [data[first:last] for first, last in pairwise(offsets.tolist())]
