"""The data sets that a sweep makes and judges: every industry, sizes from small to large, unusual ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasynth.config import INDUSTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

MANY = 100_000
LARGE = 5_000_000
FEW = (100, 1_000)
UNUSUAL = 10_000
"""Too few for the checks of shapes, which expect ordinary ledgers; the exact ones hold everywhere."""

Document = dict[str, Any]
"""A configuration in part, as it is merged over the defaults."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A data set to make and to judge.

    Attributes
    ----------
    group
        Key of `GROUPS`.
    name
        What is special about it.
    seed
        Of the configuration.
    count
        Number of entries.
    document
        What else the configuration says.
    """

    group: str
    name: str
    seed: int
    count: int
    document: Document

    @property
    def configuration(self) -> Document:
        """The configuration in part, seed and count included."""
        whole = {
            section: dict(keys) if isinstance(keys, dict) else keys for section, keys in self.document.items()
        }
        whole.setdefault("global", {})["seed"] = self.seed
        whole.setdefault("transactions", {})["target_count"] = self.count
        return whole


def _companies(count: int) -> Document:
    """Make so many companies, the first ones larger, of several currencies."""
    places = (("USD", "US"), ("EUR", "DE"), ("JPY", "JP"), ("KWD", "KW"), ("GBP", "GB"))
    return {
        "companies": [
            {
                "code": f"{1_000 + 10 * number}",
                "currency": places[number % len(places)][0],
                "country": places[number % len(places)][1],
                "volume_weight": 1.0 + (count - number) / count,
            }
            for number in range(count)
        ]
    }


def _period(start: str, months: int, **more: int) -> Document:
    return {"global": {"start_date": start, "period_months": months, **more}}


def _only(currency: str, country: str) -> Document:
    return {"companies": [{"code": "1000", "currency": currency, "country": country}]}


def _dealing(weak: str, its_country: str, strong: str, other_country: str) -> Document:
    """Make two companies whose currencies are far apart and who deal with one another a lot."""
    return {
        "companies": [
            {"code": "1000", "currency": weak, "country": its_country},
            {"code": "2000", "currency": strong, "country": other_country},
        ],
        "business_processes": {"p2p_weight": 0.24, "intercompany_weight": 0.16},
    }


EDGES: Mapping[str, Document] = {
    "1 month": _period("2024-01-01", 1),
    "7 months": _period("2024-03-01", 7),
    "120 months": _period("2020-01-01", 120),
    "leap year from a 29 February": _period("2024-02-29", 12),
    "two leap years in five": _period("2024-01-01", 60),
    "fiscal year from April": _period("2024-04-01", 12, fiscal_year_start_month=4),
    "fiscal year from April, two years from January": _period("2024-01-01", 24, fiscal_year_start_month=4),
    "yen": _only("JPY", "JP"),
    "dinars": _only("KWD", "KW"),
    "rupiahs": _only("IDR", "ID"),
    "Lebanese pounds": _only("LBP", "LB"),
    "rials": _only("IRR", "IR"),
    "units of account with four decimals": _only("CLF", "CL"),
    "LBP and KWD, much between them": _dealing("LBP", "LB", "KWD", "KW"),
    "IDR and EUR, much between them": _dealing("IDR", "ID", "EUR", "DE"),
    "LBP and KYD, much between them": _dealing("LBP", "LB", "KYD", "KY"),
    "COP and GBP, much between them": _dealing("COP", "CO", "GBP", "GB"),
    "5 companies": _companies(5),
    "50 companies": _companies(50),
    "100 accounts": {"chart_of_accounts": {"complexity": "small"}},
    "2,500 accounts": {"chart_of_accounts": {"complexity": "large"}},
    "no tax": {"tax": {"enabled": False}},
    "at most 10 lines": {"transactions": {"line_items": {"max_lines": 10}}},
}
"""What an ordinary configuration is not."""


def _presets(industries: Sequence[str], seeds: Sequence[int]) -> Iterator[Trial]:
    for industry in industries:
        for seed in seeds:
            yield Trial("presets", industry, seed, MANY, {"global": {"industry": industry}})


def _large(industries: Sequence[str], seeds: Sequence[int]) -> Iterator[Trial]:
    """The default alone, whatever the industries."""
    del industries
    yield Trial("large", "the default", seeds[0], LARGE, {})


def _small(industries: Sequence[str], seeds: Sequence[int]) -> Iterator[Trial]:
    for count in FEW:
        for industry in industries:
            for seed in seeds:
                yield Trial("small", industry, seed, count, {"global": {"industry": industry}})


def _edges(industries: Sequence[str], seeds: Sequence[int]) -> Iterator[Trial]:
    del industries
    for name, document in EDGES.items():
        yield Trial("edges", name, seeds[0], UNUSUAL, document)


GROUPS: Mapping[str, Callable[[Sequence[str], Sequence[int]], Iterator[Trial]]] = {
    "presets": _presets,
    "small": _small,
    "edges": _edges,
    "large": _large,
}
"""What belongs together, the slowest last."""


def trials(
    groups: Sequence[str], industries: Sequence[str] = INDUSTRIES, seeds: Sequence[int] = (1, 2, 3, 4, 5)
) -> list[Trial]:
    """Return the trials of some groups.

    Parameters
    ----------
    groups
        Keys of `GROUPS`.
    industries, seeds
        Which of them, where a group has several.
    """
    return [trial for group in groups for trial in GROUPS[group](industries, seeds)]
