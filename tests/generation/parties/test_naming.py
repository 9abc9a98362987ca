"""Numbers of names, scrambled."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from datasynth.generation.draws import draw, make_key
from datasynth.generation.parties.naming import Naming, early, filled, scrambled, scrambled_each
from tests.generation.configs import make_config


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 16, 17, 400, 1_024, 1_025])
def test_scrambling_is_a_permutation(size: int) -> None:
    """Every number goes somewhere else than the others, and none leaves the range."""
    assert list(range(size)) == sorted(scrambled(7, number, size) for number in range(size))


@pytest.mark.parametrize("size", [1, 2, 5, 1_025, 10**6])
def test_columns_are_scrambled_number_by_number(size: int) -> None:
    """Many at a time go where each goes by itself."""
    numbers = np.arange(0, size, max(1, size // 500))
    expected = [scrambled(11, number, size) for number in numbers.tolist()]

    assert expected == scrambled_each(11, numbers, size).tolist()


def test_keys_scramble_differently() -> None:
    """Another key is another permutation, far from the order of numbers."""
    one, other = ([scrambled(key, number, 1_000) for number in range(1_000)] for key in (1, 2))

    assert one != other
    assert sum(place == number for number, place in enumerate(one)) < 10
    assert 300 < sum(later > earlier for earlier, later in pairwise(one)) < 700


def test_early_words_are_commoner() -> None:
    """The first of four words is chosen half of the time, the others ever less."""
    key = make_key(3, "words")
    seen = Counter(early(draw(key, number, 0), "abcd") for number in range(4_000))

    assert ["a", "b", "c", "d"] == [word for word, _ in seen.most_common()]
    assert 0.47 < seen["a"] / 4_000 < 0.53


@pytest.mark.parametrize(("bits", "expected"), [(0, "DE10-0"), (899, "DE99-9"), (900, "DE10-0")])
def test_patterns_are_filled(bits: int, expected: str) -> None:
    """Digits take the marked places, the first is not nought, and the rest stays."""
    assert expected == filled("DE##-#", bits)


@pytest.mark.parametrize("firms", [3, 2_000, 30_000])
def test_firms_of_a_company_differ(firms: int) -> None:
    """However many firms a company deals with, at home and abroad, no two are called alike."""
    naming = Naming(make_config(companies=1), firms, 1)
    countries = ("US", "DE", "FR", "GB", "IE")
    names = {naming.firm(0, number, countries[number % 5]) for number in range(min(firms, 6_000))}

    assert min(firms, 6_000) == len(names)


def test_some_firms_have_two_founders() -> None:
    """Most firms are named for one founder, about one in nine for two."""
    naming = Naming(make_config(companies=1), 900, 1)
    double = sum("&" in naming.firm(0, number, "US") for number in range(900))

    assert 60 < double < 140


def test_people_of_a_company_differ() -> None:
    """No two people of a company are called alike, and those of another company are others."""
    naming = Naming(make_config(companies=3), 1, 3_000)
    first, second, third = ([naming.person(company, n) for n in range(3_000)] for company in range(3))

    assert 3_000 == len(set(first)) == len(set(second)) == len(set(third))
    assert first != second
