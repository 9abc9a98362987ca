"""Text records, written by following a table of pieces.

All text formats share these loops: what a format *is* comes as numbers, one
row of `pieces` for each value with the literal bytes in front of it.  A branch
per value costs a few nanoseconds, and compiling once instead of once a format
saves seconds at the first start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.encoding.kernels.frames import RESERVED, close_frame
from datasynth.encoding.kernels.inlined import inlined
from datasynth.encoding.kernels.text import (
    ONE,
    put_amount,
    put_bytes,
    put_date,
    put_digits,
    put_moment,
    put_uuid,
)
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Columns of the table of pieces.
LEAD = 0
KIND = 1
COLUMN = 2
EXTRA = 3
GATE = 4
PIECE_COLUMNS = 5

# Kinds of pieces, and what EXTRA means to each.
NOTHING = 0
WORD = 1  # nothing; LEAD is the index of the table's absent word, code 0 the word after it
DIGITS = 2  # least number of digits
AMOUNT = 3  # entry column of the decimals
UUID = 4  # column of the low half
DATE = 5
MOMENT = 6

# Columns and scopes of the table of sections.
SCOPE = 0
FIRST = 1
LAST = 2
SECTION_COLUMNS = 3
ENTRY = 0
LINE = 1

NO_GATE = -1
MISSING = -1
COMMA = 44


@inlined
def put_pieces(
    out: NDArray[np.uint8],
    at: np.uint64,
    pieces: NDArray[np.int64],
    first: int,
    last: int,
    rows: NDArray[np.int64],
    row: int,
    entries: NDArray[np.int64],
    entry: int,
    words: NDArray[np.uint8],
    starts: NDArray[np.int64],
) -> np.uint64:
    """Write one section for one row; one turn writes a literal and the value after it."""
    for piece in range(np.uint64(first), np.uint64(last)):
        kind = pieces[piece, KIND]
        extra = pieces[piece, EXTRA]
        value = rows[row, np.uint64(pieces[piece, COLUMN])]
        word = np.uint64(pieces[piece, LEAD])
        if kind == WORD:
            word += np.uint64(value + 1)
        at = put_bytes(out, at, words, np.uint64(starts[word]), np.uint64(starts[word + ONE]))
        if kind == WORD:
            continue
        gate = pieces[piece, GATE]
        if gate != NO_GATE and rows[row, np.uint64(gate)] == MISSING:
            continue
        if kind == AMOUNT:
            at = put_amount(out, at, value, entries[entry, np.uint64(extra)])
        elif kind == DIGITS:
            at = put_digits(out, at, value, np.uint64(extra))
        elif kind == UUID:
            at = put_uuid(out, at, value, rows[row, np.uint64(extra)])
        elif kind == DATE:
            at = put_date(out, at, value)
        elif kind == MOMENT:
            at = put_moment(out, at, value)
    return at


@inlined
def put_runs(
    scratch: NDArray[np.uint8],
    runs: NDArray[np.int64],
    pieces: NDArray[np.int64],
    sections: NDArray[np.int64],
    entries: NDArray[np.int64],
    entry: int,
    words: NDArray[np.uint8],
    starts: NDArray[np.int64],
) -> None:
    """Write the sections of one entry into `scratch`, and into `runs` where each begins and ends."""
    at = np.uint64(0)
    for part in range(len(sections)):
        if sections[part, SCOPE] == ENTRY:
            first, last = sections[part, FIRST], sections[part, LAST]
            runs[part, 0] = at
            at = put_pieces(scratch, at, pieces, first, last, entries, entry, entries, entry, words, starts)
            runs[part, 1] = at


@kernel
def encode_lines(
    out: NDArray[np.uint8],
    pieces: NDArray[np.int64],
    sections: NDArray[np.int64],
    words: NDArray[np.uint8],
    starts: NDArray[np.int64],
    entries: NDArray[np.int64],
    lines: NDArray[np.int64],
    first_line: NDArray[np.int64],
    framed: bool,  # noqa: FBT001 - kernels take scalars
    scratch: NDArray[np.uint8],
    runs: NDArray[np.int64],
    line_offsets: NDArray[np.int64],
) -> int:
    """One record per line; what belongs to the entry is written once, into `scratch`, and copied from there.

    Parameters
    ----------
    out : uint8, large enough for all records
    pieces : (k, PIECE_COLUMNS) int64
    sections : (s, SECTION_COLUMNS) int64
    words, starts : uint8, int64
        Word ``i`` is ``words[starts[i]:starts[i + 1]]``.
    entries, lines : (n, e) and (m, l) int64
    first_line : (n + 1,) int64
    framed
        Whether each record becomes a WebSocket frame.
    scratch, runs : uint8, (s, 2) int64
        Room for the sections of one entry, and where each of them lies in it.
    line_offsets : (m + 1,) int64
        Written: start of each record, and the end of the last.
    """
    at = np.uint64(0)
    for entry in range(len(first_line) - 1):
        put_runs(scratch, runs, pieces, sections, entries, entry, words, starts)
        for line in range(first_line[entry], first_line[entry + 1]):
            start = at
            line_offsets[line] = start
            if framed:
                at += RESERVED
            for part in range(len(sections)):
                if sections[part, SCOPE] == ENTRY:
                    at = put_bytes(out, at, scratch, np.uint64(runs[part, 0]), np.uint64(runs[part, 1]))
                else:
                    at = put_pieces(
                        out,
                        at,
                        pieces,
                        sections[part, FIRST],
                        sections[part, LAST],
                        lines,
                        line,
                        entries,
                        entry,
                        words,
                        starts,
                    )
            if framed:
                at = close_frame(out, start, at)
    line_offsets[first_line[-1]] = at
    return int(at)


@kernel
def encode_documents(
    out: NDArray[np.uint8],
    pieces: NDArray[np.int64],
    sections: NDArray[np.int64],
    words: NDArray[np.uint8],
    starts: NDArray[np.int64],
    entries: NDArray[np.int64],
    lines: NDArray[np.int64],
    first_line: NDArray[np.int64],
    framed: bool,  # noqa: FBT001 - kernels take scalars
    entry_offsets: NDArray[np.int64],
) -> int:
    """One record per entry; sections of lines repeat, with a comma between two lines.

    Parameters are those of `encode_lines`; `entry_offsets`, (n + 1,) int64,
    gets the start of each record and the end of the last.
    """
    at = np.uint64(0)
    for entry in range(len(first_line) - 1):
        start = at
        entry_offsets[entry] = start
        if framed:
            at += RESERVED
        for part in range(len(sections)):
            rows, first, last = entries, entry, entry + 1
            if sections[part, SCOPE] == LINE:
                rows, first, last = lines, first_line[entry], first_line[entry + 1]
            for row in range(first, last):
                out[at] = COMMA
                at += np.uint64(row > first)
                at = put_pieces(
                    out,
                    at,
                    pieces,
                    sections[part, FIRST],
                    sections[part, LAST],
                    rows,
                    row,
                    entries,
                    entry,
                    words,
                    starts,
                )
        if framed:
            at = close_frame(out, start, at)
    entry_offsets[-1] = at
    return int(at)
