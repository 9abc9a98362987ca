"""Names of firms and people, and towns, by country.

A name is a number in a mixed radix whose digits are words: for a person the last name, the
first name, a middle initial and a numeral; for a firm the last name of its founder, its
trade, a partner, a town and a numeral.  Different numbers of a country therefore give
different names.  Numbers below `plain_people` and `plain_firms` have the first two words only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from datasynth.ledger.tables import read_table

_INITIALS = "ABCDEFGHIJKLMNOPRSTW"
_DEFAULT_LOCALE = "en_GB"
_DEFAULT_TRADES = "en"
_DEFAULT_FORMS = ("Ltd",)
_STRIDE = 37
"""Distance from a founder to the first partner in the list; no list's length is a multiple of it."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a country's names; the first trade is empty, the first town is the largest."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    trades: tuple[str, ...]
    forms: tuple[str, ...]
    towns: tuple[str, ...]


@cache
def _words(country: str) -> _Words:
    places = read_table("places")
    locale = places["locales"].get(country, _DEFAULT_LOCALE)
    people = read_table("names")[locale]
    trades = places["trades"]
    towns = places["towns"].get(country) or [places["capitals"].get(country, country)]
    return _Words(
        first=tuple(people["first"]),
        last=tuple(people["last"]),
        trades=tuple(trades.get(locale[:2], trades[_DEFAULT_TRADES])),
        forms=tuple(places["forms"].get(country, _DEFAULT_FORMS)),
        towns=tuple(towns),
    )


def towns(country: str) -> tuple[str, ...]:
    """Return towns of a country, the largest first; at least one."""
    return _words(country).towns


def plain_people(country: str) -> int:
    """Return the number of people with a first and a last name only."""
    words = _words(country)
    return len(words.first) * len(words.last)


def plain_firms(country: str) -> int:
    """Return the number of firms with a founder, a trade and a form only."""
    words = _words(country)
    return len(words.last) * len(words.trades)


def person_name(country: str, number: int) -> tuple[str, str]:
    """Return the first and the last name of a person; numbers, from 0, give different names."""
    words = _words(country)
    rest, last = divmod(number, len(words.last))
    rest, first = divmod(rest, len(words.first))
    numeral, initial = divmod(rest, len(_INITIALS) + 1)
    middle = f" {_INITIALS[initial - 1]}." if initial else ""
    suffix = f" {numeral + 1}" if numeral else ""
    return f"{words.first[first]}{middle}", f"{words.last[last]}{suffix}"


def company_name(country: str, number: int) -> str:
    """Return the name and legal form of a firm; numbers, from 0, give different names in any form."""
    words = _words(country)
    rest, last = divmod(number, len(words.last))
    rest, trade = divmod(rest, len(words.trades))
    rest, partner = divmod(rest, len(words.last))
    numeral, town = divmod(rest, len(words.towns) + 1)
    parts = [words.last[last]]
    if partner:
        parts += ["&", words.last[(last + partner * _STRIDE) % len(words.last)]]
    parts.append(words.trades[trade])
    if town:
        parts.append(words.towns[town - 1])
    if numeral:
        parts.append(str(numeral + 1))
    parts.append(words.forms[(last + trade + partner) % len(words.forms)])
    return " ".join(part for part in parts if part)
