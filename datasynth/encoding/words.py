"""Words prepared for copying: one long run of bytes, and where each word begins."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from datasynth.encoding.kernels.text import SLACK, WordTable

if TYPE_CHECKING:
    from collections.abc import Iterable


def json_word(word: str) -> bytes:
    """The word as a JSON string with its quotes; half surrogates, which UTF-8 cannot hold, become ``?``."""
    if word.isalnum() and word.isascii():
        # Ids of partners, of which there may be two million.
        return f'"{word}"'.encode()
    return json.dumps(word, ensure_ascii=False).encode("utf-8", "replace")


def csv_word(word: str, delimiter: str = ",") -> bytes:
    """The word as a CSV field, quoted only where a delimiter, a quote or a line end demands it."""
    if any(special in word for special in (delimiter, '"', "\r", "\n")):
        doubled = word.replace('"', '""')
        word = f'"{doubled}"'
    return word.encode("utf-8", "replace")


class WordPool:
    """Collects words; what is added first keeps the lowest index."""

    def __init__(self) -> None:
        self._words: list[bytes] = []

    def add(self, words: Iterable[bytes]) -> int:
        """Add words that follow each other, and give the index of the first."""
        index = len(self._words)
        self._words.extend(words)
        return index

    def longest(self, first: int) -> int:
        """Bytes of the longest word from index `first` on."""
        return max(map(len, self._words[first:]), default=0)

    def table(self) -> WordTable:
        """Everything collected, in order."""
        sizes = np.fromiter(map(len, self._words), dtype=np.int64, count=len(self._words))
        starts = np.zeros(len(sizes) + 1, dtype=np.int64)
        np.cumsum(sizes, out=starts[1:])
        text = np.array(bytearray(b"".join([*self._words, bytes(SLACK)])), dtype=np.uint8)
        return WordTable(text, starts)
