"""The encoders alone: the same few blocks turned into bytes over and over."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bench.models import ENTRIES, build
from bench.rounds import Tally, pace
from bench.tables import Table, rate, ratio, volume
from datasynth.encoding import (
    CSV_LINES,
    NDJSON_DOCUMENTS,
    NDJSON_LINES,
    Compression,
    EntriesFormat,
    FileFormat,
    Format,
    make_encoder,
)
from datasynth.generation.block import BLOCK_ENTRIES

if TYPE_CHECKING:
    from bench.tables import Figure
    from datasynth.encoding import AnyFormat, Encoder
    from datasynth.generation.block import Block

SAMPLES = 16
STREAM_ID = "0" * 32

FORMATS: dict[str, AnyFormat] = {
    "ndjson, line": NDJSON_LINES,
    "ndjson, document": NDJSON_DOCUMENTS,
    "csv": CSV_LINES,
    "ndjson, zstd": EntriesFormat(compression=Compression.ZSTD),
    "arrow": EntriesFormat(FileFormat.ARROW),
    "parquet": EntriesFormat(FileFormat.PARQUET),
    **{str(format): format for format in Format},
}


def measure(duration: float) -> list[Table]:
    """Measure every format.

    Parameters
    ----------
    duration
        Of each run. [s]
    """
    journal = build()
    blocks = [journal.block(ENTRIES // SAMPLES * place, BLOCK_ENTRIES) for place in range(SAMPLES)]
    rows = [
        (name, _figures(make_encoder(format, journal.vocabulary, STREAM_ID), blocks, duration))
        for name, format in FORMATS.items()
    ]
    title = f"blocks of {BLOCK_ENTRIES:,} entries; ceiling: numpy copies the finished bytes, one thread"
    columns = (
        "",
        "entries/s",
        "lines/s",
        "lines/s, 2 threads",
        "2 over 1",
        "bytes/s",
        "ceiling, bytes/s",
        "of the ceiling",
    )
    return [Table("encoding", title, columns, tuple(rows))]


def _figures(encoder: Encoder, blocks: list[Block], duration: float) -> tuple[Figure | None, ...]:
    one, two = (pace(partial(_encode, encoder, blocks), threads, duration) for threads in (1, 2))
    ready = [encoder.encode(block).data for block in blocks]
    copied = pace(lambda turn: Tally(bytes=np.copy(ready[turn % SAMPLES]).nbytes), 1, duration)
    return (
        rate(one.entries),
        rate(one.lines),
        rate(two.lines),
        ratio(two.lines, one.lines),
        volume(one.bytes),
        volume(copied.bytes),
        ratio(one.bytes, copied.bytes),
    )


def _encode(encoder: Encoder, blocks: list[Block], turn: int) -> Tally:
    block = blocks[turn % len(blocks)]
    return Tally(block.entries, block.lines, encoder.encode(block).data.nbytes)
