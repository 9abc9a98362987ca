"""Text records, written by following a table of fragments.

All text formats share these loops: what a format *is* comes as numbers, one
`FRAGMENT` for each value with the literal bytes in front of it.  A branch per
value costs a few nanoseconds, and compiling once instead of once a format
saves seconds at the first start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from datasynth.encoding.kernels.frames import RESERVED, close_frame
from datasynth.encoding.kernels.text import (
    WordTable,
    put_amount,
    put_bytes,
    put_date,
    put_digits,
    put_moment,
    put_uuid,
    put_word,
)
from datasynth.kernel import allocating, inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAGMENT = np.dtype([(name, np.int64) for name in ("word", "kind", "column", "extra", "presence")])
"""Literal bytes and the value after them.

`word` is the index of the literal, or for a word that of the table's absent
word, which code 0 follows.  `column` and `presence` are columns of the row;
`extra` depends on the kind.
"""

# Kinds of fragments, and what `extra` means to each.
NOTHING = 0
WORD = 1
DIGITS = 2  # least number of digits
AMOUNT = 3  # entry column of the decimals
UUID = 4  # column of the low half
DATE = 5
MOMENT = 6
NUMBER = 7  # column of the least number of digits
AMOUNT_WITH_COMMA = 8  # entry column of the decimals

SECTION = np.dtype([(name, np.int64) for name in ("scope", "first", "last")])
"""Consecutive fragments that are written once an entry, or once a line; `last` is not included."""

ENTRY = 0
LINE = 1

ALWAYS = -1
"""Presence of a value that is never absent."""

MISSING = -1
COMMA = 44


class RecordLayout(NamedTuple):
    """What the records of a format look like.

    Attributes
    ----------
    fragments : (k,) FRAGMENT
    sections : (s,) SECTION
        They cover all fragments, in order.
    words
        Literals and words, to which the fragments point.
    """

    fragments: NDArray[Any]
    sections: NDArray[Any]
    words: WordTable


class BlockColumns(NamedTuple):
    """The columns of a block that a format asks for, a row an entry and a row a line.

    Attributes
    ----------
    entries, lines : (n, e) and (m, l) int64
    first_line : (n + 1,) int64
        Entry ``i`` has the lines ``first_line[i]`` up to ``first_line[i + 1]``.
    """

    entries: NDArray[np.int64]
    lines: NDArray[np.int64]
    first_line: NDArray[np.int64]


@inlined
def put_section(
    out: NDArray[np.uint8],
    at: np.uint64,
    layout: RecordLayout,
    part: int,
    rows: NDArray[np.int64],
    row: int,
    entries: NDArray[np.int64],
    entry: int,
) -> np.uint64:
    """Write one section for one row; one turn writes a literal and the value after it."""
    section = layout.sections[part]
    for place in range(np.uint64(section["first"]), np.uint64(section["last"])):
        fragment = layout.fragments[place]
        kind = fragment["kind"]
        extra = fragment["extra"]
        value = rows[row, np.uint64(fragment["column"])]
        word = np.uint64(fragment["word"])
        if kind == WORD:
            word += np.uint64(value + 1)
        at = put_word(out, at, layout.words, word)
        if kind == WORD:
            continue
        presence = fragment["presence"]
        if presence != ALWAYS and rows[row, np.uint64(presence)] == MISSING:
            continue
        if kind == AMOUNT:
            at = put_amount(out, at, value, entries[entry, np.uint64(extra)])
        elif kind == AMOUNT_WITH_COMMA:
            decimals = entries[entry, np.uint64(extra)]
            at = put_amount(out, at, value, decimals)
            if decimals > 0:
                out[at - np.uint64(decimals) - np.uint64(1)] = COMMA
        elif kind == DIGITS:
            at = put_digits(out, at, value, np.uint64(extra))
        elif kind == NUMBER:
            at = put_digits(out, at, value, np.uint64(rows[row, np.uint64(extra)]))
        elif kind == UUID:
            at = put_uuid(out, at, value, rows[row, np.uint64(extra)])
        elif kind == DATE:
            at = put_date(out, at, value)
        elif kind == MOMENT:
            at = put_moment(out, at, value)
    return at


@allocating
def encode_lines(
    out: NDArray[np.uint8],
    layout: RecordLayout,
    columns: BlockColumns,
    framed: bool,  # noqa: FBT001 - kernels take scalars
    scratch: NDArray[np.uint8],
    line_offsets: NDArray[np.int64],
) -> int:
    """One record per line; what belongs to the entry is written once, into `scratch`, and copied from there.

    Parameters
    ----------
    out : uint8, large enough for all records
    layout, columns
        Of a record, and of the block.
    framed
        Whether each record becomes a WebSocket frame.
    scratch : uint8
        Room for the sections of one entry.
    line_offsets : (m + 1,) int64
        Written: start of each record, and the end of the last.
    """
    sections, (entries, lines, first_line) = layout.sections, columns
    # Where each section of the entry lies in `scratch`.
    begins = np.zeros(len(sections), dtype=np.uint64)
    ends = np.zeros(len(sections), dtype=np.uint64)
    at = np.uint64(0)
    for entry in range(len(first_line) - 1):
        end = np.uint64(0)
        for part in range(len(sections)):
            if sections[part]["scope"] == ENTRY:
                begins[part] = end
                end = put_section(scratch, end, layout, part, entries, entry, entries, entry)
                ends[part] = end
        for line in range(first_line[entry], first_line[entry + 1]):
            start = at
            line_offsets[line] = start
            if framed:
                at += RESERVED
            for part in range(len(sections)):
                if sections[part]["scope"] == ENTRY:
                    at = put_bytes(out, at, scratch, begins[part], ends[part])
                else:
                    at = put_section(out, at, layout, part, lines, line, entries, entry)
            if framed:
                at = close_frame(out, start, at)
    line_offsets[first_line[-1]] = at
    return int(at)


@kernel
def encode_documents(
    out: NDArray[np.uint8],
    layout: RecordLayout,
    columns: BlockColumns,
    framed: bool,  # noqa: FBT001 - kernels take scalars
    entry_offsets: NDArray[np.int64],
) -> int:
    """One record per entry; sections of lines repeat, with a comma between two lines.

    Parameters are those of `encode_lines`; `entry_offsets`, (n + 1,) int64,
    gets the start of each record and the end of the last.
    """
    sections, (entries, lines, first_line) = layout.sections, columns
    at = np.uint64(0)
    for entry in range(len(first_line) - 1):
        start = at
        entry_offsets[entry] = start
        if framed:
            at += RESERVED
        for part in range(len(sections)):
            rows, first, last = entries, entry, entry + 1
            if sections[part]["scope"] == LINE:
                rows, first, last = lines, first_line[entry], first_line[entry + 1]
            for row in range(first, last):
                # Overwritten again where no other line stands before this one.
                out[at] = COMMA
                at += np.uint64(row > first)
                at = put_section(out, at, layout, part, rows, row, entries, entry)
        if framed:
            at = close_frame(out, start, at)
    entry_offsets[-1] = at
    return int(at)
