"""Arrow streams that arrive in pieces."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.client.arrow_decoder import ArrowDecoder
from tests.client.records import arrow, lines

STREAMS = {name: arrow(lines(30), name) for name in (None, "zstd")}


@pytest.mark.parametrize("compression", STREAMS)
@given(st.lists(st.integers(0, 10_000), max_size=8))
def test_any_pieces_give_the_batches_of_the_whole(compression: str | None, cuts: list[int]) -> None:
    """What comes out is what pyarrow reads of the whole stream, wherever it is cut."""
    stream = STREAMS[compression]
    expected = list(pa.ipc.open_stream(stream))
    decoder = ArrowDecoder()
    borders = [0, *sorted(cut % len(stream) for cut in cuts), len(stream)]
    found = [batch for begin, end in pairwise(borders) for batch in decoder.feed(stream[begin:end])]

    assert expected == found
    assert (True, expected[0].schema) == (decoder.ended, decoder.schema)


def test_each_batch_comes_with_its_last_byte() -> None:
    """A batch is there as soon as its bytes are, and not before."""
    stream = arrow(lines(8))
    decoder = ArrowDecoder()
    rows = [sum(batch.num_rows for batch in decoder.feed(stream[i : i + 1])) for i in range(len(stream))]

    assert [11, 12] == [count for count in rows if count]
    assert sum(rows) == len(lines(8))


def test_later_dictionaries_are_heeded() -> None:
    """A stream may replace its words on the way."""
    kind = pa.dictionary(pa.int8(), pa.string())
    schema = pa.schema([("word", kind)])
    columns = [pa.array([word], pa.string()).dictionary_encode().cast(kind) for word in ("a", "b")]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        for column in columns:
            writer.write_batch(pa.RecordBatch.from_arrays([column], schema=schema))

    found = list(ArrowDecoder().feed(sink.getvalue().to_pybytes()))

    assert ["a", "b"] == [batch.column(0).to_pylist()[0] for batch in found]


@pytest.mark.parametrize("data", [b"PAR1\x00\x00\x00\x00", b"<html><body>", arrow(lines(3))[300:]])
def test_other_bytes_are_refused(data: bytes) -> None:
    """A stream begins with the mark of a message."""
    with pytest.raises(ValueError, match="Arrow stream"):
        list(ArrowDecoder().feed(data))


def test_a_batch_without_its_dictionary() -> None:
    """A stream that leaves a message out is an error, and nothing is waited for."""
    stream = arrow(lines(3))
    sizes = _sizes(stream)
    without = stream[: sizes[0]] + stream[sizes[0] + sizes[1] :]

    with pytest.raises((ValueError, OSError)):
        list(ArrowDecoder().feed(without))


def _sizes(stream: bytes) -> list[int]:
    """Sizes of the first two messages, the schema and the words."""
    borders = [at for at in range(0, len(stream), 8) if stream[at : at + 4] == b"\xff\xff\xff\xff"]
    return [borders[1] - borders[0], borders[2] - borders[1]]


@given(st.binary(max_size=60))
def test_metadata_that_make_no_sense(metadata: bytes) -> None:
    """Offsets that lead nowhere are an error of the stream, not of the program."""
    message = b"\xff\xff\xff\xff" + len(metadata).to_bytes(4, "little") + metadata
    with suppress(ValueError, OSError):
        assert [] == list(ArrowDecoder().feed(message))


def test_a_stream_without_end_is_not_ended() -> None:
    """A server that stops between two batches has not finished."""
    decoder = ArrowDecoder()
    list(decoder.feed(arrow(lines(3))[:-8]))

    assert not decoder.ended
