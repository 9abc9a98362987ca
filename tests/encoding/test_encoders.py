"""What holds for every format."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from datasynth import encoding
from datasynth.encoding import (
    CSV_LINES,
    NDJSON_DOCUMENTS,
    NDJSON_LINES,
    AnyFormat,
    EntriesFormat,
    Format,
    header,
    least_entry_bytes,
    make_encoder,
)
from datasynth.generation.block import Block, Vocabulary
from tests.blocks import DTYPES, PLAIN, sample_block, spelt_blocks
from tests.encoding.slices import STREAM_ID, encode

TEXTS = (NDJSON_LINES, NDJSON_DOCUMENTS, CSV_LINES)
every_format = pytest.mark.parametrize("format_", [*Format, *TEXTS], ids=str)


@every_format
def test_an_empty_block_is_no_bytes(format_: AnyFormat) -> None:
    """A block without entries has no bytes and one offset."""
    encoded = encode(format_, PLAIN, sample_block([]))

    assert b"" == encoded.data.tobytes()
    assert [0] == encoded.entry_offsets.tolist()


@every_format
def test_blocks_encode_alone_as_they_do_together(format_: AnyFormat) -> None:
    """Two blocks in a row are the bytes of one block that holds both."""
    whole = sample_block([2, 3, 1, 4])
    encoder = make_encoder(format_, PLAIN, STREAM_ID)

    parts = [encoder.encode(cut_block(whole, 0, 1)), encoder.encode(cut_block(whole, 1, 4))]

    assert encoder.encode(whole).data.tobytes() == b"".join(part.data.tobytes() for part in parts)


@every_format
def test_nothing_is_kept_beside_the_bytes(format_: AnyFormat) -> None:
    """The array owns its bytes, and no larger buffer stays behind it."""
    encoded = encode(format_, PLAIN, sample_block([2, 2]))

    assert encoded.data.base is None
    assert encoded.data.nbytes == encoded.entry_offsets[-1]


@every_format
def test_threads_share_an_encoder(format_: AnyFormat) -> None:
    """Encoding at once on many threads gives what one gives."""
    encoder = make_encoder(format_, PLAIN, STREAM_ID)
    work = [sample_block([place % 7 + 1] * 40, first=place) for place in range(16)]

    with ThreadPoolExecutor(4) as pool:
        found = [encoded.data.tobytes() for encoded in pool.map(encoder.encode, work)]

    assert [encoder.encode(block).data.tobytes() for block in work] == found


@every_format
def test_columns_may_be_read_only_or_strided(format_: AnyFormat) -> None:
    """How a block's columns lie in memory makes no difference."""
    block = sample_block([2, 1])
    columns: dict[str, Any] = {name: np.repeat(getattr(block, name), 2)[::2] for name in DTYPES}
    for array in columns.values():
        array.flags.writeable = False

    strided = dataclasses.replace(block, **columns)

    assert encode(format_, PLAIN, block).data.tobytes() == encode(format_, PLAIN, strided).data.tobytes()


@every_format
def test_words_that_utf_8_cannot_hold_are_replaced(format_: AnyFormat) -> None:
    """Half a surrogate pair becomes a question mark and breaks nothing."""
    words = dataclasses.replace(PLAIN, companies=("\ud800", "2"), accounts=("\udfff", "1"))

    assert b"?" in encode(format_, words, sample_block([1, 1])).data.tobytes()


def test_only_csv_has_a_header() -> None:
    """Nothing stands before the first record but in CSV."""
    assert [CSV_LINES] == [format_ for format_ in TEXTS if header(format_)]
    assert b"" == header(replace(CSV_LINES, header=False))


def test_the_package_shows_what_it_promises() -> None:
    """Every public name exists."""
    assert all(hasattr(encoding, name) for name in encoding.__all__)


def cut_block(block: Block, first: int, last: int) -> Block:
    """Entries `first` to `last` of a block as a block of their own."""
    lines = slice(int(block.first_line[first]), int(block.first_line[last]))
    columns = {
        name: getattr(block, name)[lines if len(getattr(block, name)) == block.lines else slice(first, last)]
        for name in DTYPES
        if name != "first_line"
    }
    offsets = block.first_line[first : last + 1] - block.first_line[first]
    return Block(first=block.first + first, first_line=offsets, **columns)


def test_vocabulary_of_the_samples_is_whole() -> None:
    """The sample vocabulary has words in every table, so that no test passes for want of them."""
    assert all(getattr(PLAIN, field.name) for field in dataclasses.fields(Vocabulary))


@pytest.mark.parametrize("format_", TEXTS, ids=str)
@settings(max_examples=50)
@given(spelt=spelt_blocks())
def test_no_entry_is_below_the_least(format_: EntriesFormat, spelt: tuple[Vocabulary, Block]) -> None:
    """Whatever the words and the values, an entry takes no fewer bytes than it is said to."""
    words, block = spelt
    sizes = np.diff(encode(format_, words, block).entry_offsets)
    # The bound is for entries of two lines, and no entry has fewer.
    two = np.diff(block.first_line) >= 2

    assert all(sizes[two] >= least_entry_bytes(format_))
