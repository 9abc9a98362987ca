"""Names of parties and users: numbers of names, permuted by the seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import draw, draws, make_key
from datasynth.ledger.names import company_name, person_name, plain_firms, plain_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config

_ROUNDS = 4


def scrambled(key: int, number: int, size: int) -> int:
    """Return the image of a number in a permutation of 0 … size - 1; each key has its own.

    A Feistel network permutes the numbers below the next power of four.  A result outside
    the range passes through it again until it is inside, which keeps the map one-to-one.
    """
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    mask = (1 << half) - 1
    while True:
        left, right = number >> half, number & mask
        for turn in range(_ROUNDS):
            left, right = right, left ^ (draw(key, right, turn) & mask)
        number = left << half | right
        if number < size:
            return number


def scrambled_each(key: int, numbers: NDArray[np.integer], size: int) -> NDArray[np.int64]:
    """Return what `scrambled` does for each of some numbers (n,)."""
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    mask = np.int64((1 << half) - 1)
    found = numbers.astype(np.int64)
    outside = np.arange(len(found))
    while len(outside):
        left, right = found[outside] >> half, found[outside] & mask
        for turn in range(_ROUNDS):
            left, right = right, left ^ (draws(key, right, turn).astype(np.int64) & mask)
        found[outside] = left << half | right
        outside = outside[found[outside] >= size]
    return found


def early(bits: int, words: Sequence[str]) -> str:
    """Choose a word by 64 random bits, earlier words more often."""
    square = (bits >> 32) * (bits >> 32) >> 32
    return words[square * len(words) >> 32]


def filled(pattern: str, bits: int) -> str:
    """Replace each ``#`` of a pattern with a digit, by 64 random bits; the first is not 0."""
    lowest = 10 ** (pattern.count("#") - 1)
    digits = iter(str(lowest + bits % (9 * lowest)))
    return "".join(next(digits) if sign == "#" else sign for sign in pattern)


class Naming:
    """Names of firms and people, unique within a company; `firms` and `people` are their numbers."""

    def __init__(self, config: Config, firms: int, people: int) -> None:
        self._countries = [company.country for company in config.companies]
        self._firms = firms
        self._people = people
        seed, companies = config.general.seed, range(len(config.companies))
        self._firm_keys = [make_key(seed, "firm", company) for company in companies]
        self._person_keys = [make_key(seed, "person", company) for company in companies]

    def firm(self, company: int, number: int, country: str) -> str:
        """Return the name of a firm in a country that a company deals with.

        All firms of a company have different numbers, since there is one permutation for
        it.  Names in one language then differ, and legal forms differ between languages.
        """
        plain = plain_firms(country)
        # An eighth more numbers than plain names, so that some firms have two founders.
        size = max(self._firms, plain + plain // 8)
        return company_name(country, scrambled(self._firm_keys[company], number, size))

    def person(self, company: int, number: int) -> str:
        """Return the name of one of the people of a company."""
        country = self._countries[company]
        size = max(self._people, plain_people(country))
        return " ".join(person_name(country, scrambled(self._person_keys[company], number, size)))
