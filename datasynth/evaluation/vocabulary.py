"""Words as numbers: each kind of word has a list, and columns hold places in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from datasynth.evaluation.arrays import Codes, Truths

ABSENT = -1
"""Code of a word that is not there."""

UNKNOWN = -2
"""Answer to a question for a word that nobody used; equals no code."""


@dataclass(frozen=True, slots=True)
class WordLists:
    """The words of a data set by kind: ``companies``, ``accounts``, ``document_types`` and so on."""

    words: Mapping[str, tuple[str, ...]]

    def code(self, kind: str, word: str) -> int:
        """Return the code of a word, `UNKNOWN` if nobody used it."""
        known = self.words[kind]
        return known.index(word) if word in known else UNKNOWN

    def table(self, kind: str, holds: Callable[[str], bool]) -> Truths:
        """Ask a question of every word: answers by code, and in the last place, where `ABSENT` points, no."""
        return np.array([*map(holds, self.words[kind]), False], dtype=np.bool_)


class Interner:
    """Gives each new word the next code; those that it begins with have the first ones."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._codes: dict[str, int] = {}
        for word in words:
            self.code(word)

    def code(self, word: str | None) -> int:
        """Return the code of a word, giving it one if need be; `ABSENT` for None."""
        return ABSENT if word is None else self._codes.setdefault(word, len(self._codes))

    def codes(self, words: Iterable[str | None]) -> Codes:
        """Return the codes of some words."""
        return np.array([self.code(word) for word in words], dtype=np.int32)

    @property
    def words(self) -> tuple[str, ...]:
        """All words, by code."""
        return tuple(self._codes)
