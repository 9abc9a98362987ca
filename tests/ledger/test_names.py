"""Names of firms and people, and towns."""

from __future__ import annotations

import math

import pytest

from datasynth.ledger.names import (
    _STRIDE,
    _words,
    company_name,
    person_name,
    plain_firms,
    plain_people,
    towns,
)

COUNTRIES = ["US", "GB", "DE", "FR", "ES", "IT", "NL", "SE", "JP", "IN", "CN", "TR", "RO", "KW", "XK"]
SPREAD = [*range(3_000), *range(3_000, 1_000_000, 331), 1_000_000]


@pytest.mark.parametrize("country", COUNTRIES)
def test_different_numbers_are_different_names(country: str) -> None:
    """No two firms and no two people of a country are called alike, up to a million of them."""
    assert len(SPREAD) == len({company_name(country, number) for number in SPREAD})
    assert len(SPREAD) == len({person_name(country, number) for number in SPREAD})


@pytest.mark.parametrize("country", COUNTRIES)
def test_different_numbers_are_different_firms_whatever_their_form(country: str) -> None:
    """The legal form is not needed to tell two firms of a country apart."""
    forms = tuple(f" {form}" for form in _words(country).forms)
    bare = set()
    for number in SPREAD:
        name = company_name(country, number)
        form = max((form for form in forms if name.endswith(form)), key=len)
        bare.add(name.removesuffix(form))

    assert len(SPREAD) == len(bare)


@pytest.mark.parametrize("country", COUNTRIES)
def test_partners_differ_for_every_founder(country: str) -> None:
    """Stepping through the last names from a founder meets every other one."""
    assert 1 == math.gcd(_STRIDE, len(_words(country).last))


@pytest.mark.parametrize(
    ("country", "number", "expected"),
    [
        ("US", 5, "Miller LLC"),
        ("US", 4_321, "Parks Machinery Corp."),
        ("DE", 4_321, "Speer Lebensmittel KG"),
        ("GB", 20_011, "Robinson & Kelly Supply Ltd"),
        ("JP", 999_999, "Nakamura & Goto Packaging 2 K.K."),
    ],
)
def test_firms_sound_like_their_country(country: str, number: int, expected: str) -> None:
    """A firm has the names, trades and legal forms of its country; later ones have partners."""
    assert expected == company_name(country, number)


def test_plain_names_come_first() -> None:
    """Below their numbers firms have no partner and people no initial, and above they do."""
    for country in COUNTRIES:
        assert "&" not in company_name(country, plain_firms(country) - 1).replace("GmbH & Co.", "")
        assert "&" in company_name(country, plain_firms(country))
        assert "." not in person_name(country, plain_people(country) - 1)[0]
        assert person_name(country, plain_people(country))[0].endswith(" A.")


def test_countries_without_lists_borrow() -> None:
    """Names of a country without lists are those of Britain, its town is the capital."""
    assert person_name("GB", 1_234) == person_name("XK", 1_234)
    assert ("Pristina",) == towns("XK")


def test_towns_are_in_one_country_only() -> None:
    """The largest town comes first; some names of towns occur in two countries, but no list is shared."""
    assert ("Berlin", "Hamburg") == towns("DE")[:2]
    assert len({towns(country) for country in COUNTRIES}) == len(COUNTRIES)


def test_unknown_countries_have_a_town_all_the_same() -> None:
    """A country that nobody listed is its own town."""
    assert ("ZZ",) == towns("ZZ")
