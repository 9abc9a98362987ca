"""Protobuf ``Entry`` messages, each as an element of ``repeated Entry entries = 1``.

A run of them is the body of a batch; without the key and the length in front,
one of them is a message of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.encoding.formats import Encoded
from datasynth.encoding.kernels.messages import LARGEST_VARINT, encode_messages
from datasynth.encoding.kernels.text import AMOUNT_SIZE, DATE_SIZE, UUID_SIZE
from datasynth.encoding.text_encoders import cut, room
from datasynth.encoding.words import WordPool

if TYPE_CHECKING:
    from datasynth.encoding.columns import ColumnReader
    from datasynth.encoding.kernels.text import WordTable
    from datasynth.generation.block import Block, Vocabulary

ENTRY_COLUMNS = ("id_high", "id_low", "posting_day", "company", "decimals")
LINE_COLUMNS = ("account", "debit", "credit")
LARGEST_KEY = 1 + LARGEST_VARINT


@dataclass(frozen=True, slots=True, eq=False)
class MessageEncoder:
    """One message per entry.

    Attributes
    ----------
    columns
        Where the values come from.
    words
        Company codes, then account numbers.
    first_account
        Index of the first account number.
    entry_size, line_size
        Most bytes that an entry without lines and a line take.
    """

    columns: ColumnReader
    words: WordTable
    first_account: int
    entry_size: int
    line_size: int

    def encode(self, block: Block) -> Encoded:
        """Encode all entries of a block."""
        out = room(block.entries * self.entry_size + block.lines * self.line_size)
        entry_offsets = np.empty(block.entries + 1, dtype=np.int64)
        payload_offsets = np.empty(block.entries, dtype=np.int64)
        columns = self.columns.gather(block, ENTRY_COLUMNS, LINE_COLUMNS)
        size = encode_messages(out, self.words, self.first_account, columns, entry_offsets, payload_offsets)
        return Encoded(cut(out, size), entry_offsets, payload_offsets=payload_offsets)


def message_encoder(vocabulary: Vocabulary, columns: ColumnReader) -> MessageEncoder:
    """Prepare the words of companies and accounts."""
    pool = WordPool()
    pool.add(word.encode("utf-8", "replace") for word in vocabulary.companies)
    longest_company = pool.longest(0)
    first_account = pool.add(word.encode("utf-8", "replace") for word in vocabulary.accounts)
    return MessageEncoder(
        columns=columns,
        words=pool.table(),
        first_account=first_account,
        # Of an entry: key and length of the element, the id, the date and the company.
        entry_size=4 * LARGEST_KEY + UUID_SIZE + DATE_SIZE + longest_company,
        # Of a line: key and length of the line, the account, debit and credit.
        line_size=4 * LARGEST_KEY + pool.longest(first_account) + 2 * AMOUNT_SIZE,
    )
