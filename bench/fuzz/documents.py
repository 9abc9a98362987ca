"""Random valid configurations, drawn from the JSON Schema that ``datasynth config schema`` prints.

The schema says which keys there are and what each may be; so a new key takes
part at once.  What must hold between keys is put right afterwards, here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from bench.fuzz.dice import Dice
from bench.fuzz.values import TINY, portions, value_of, whole
from datasynth.config import config_from_mapping, config_json_schema
from datasynth.errors import InvalidConfiguration
from datasynth.generation.cost import estimate_bytes
from datasynth.ledger.currencies import CURRENCIES

if TYPE_CHECKING:
    Document = dict[str, Any]

# Of one document: with more, hardly two companies would share one.
_MOST_CURRENCIES = 12

COUNTRIES = ("US", "DE", "FR", "GB", "CH", "JP", "CA", "AU", "SE", "PL", "BR", "KW", "SA", "IL", "IN", "SG")
"""Countries that are likelier than others: those of the currencies, and some of other weekends and taxes."""

_FEW_LINES = ("2", "3", "4", "5", "7", "10")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large configurations may be.

    Attributes
    ----------
    entries
        Most entries.
    companies
        Most companies.
    months
        Longest data set. [months]
    memory
        Largest estimate of what a journal takes. [bytes]
    """

    entries: int = 1_000_000_000_000
    companies: int = 50
    months: int = 120
    memory: int = 1_500_000_000


def random_document(seed: int, bounds: Bounds) -> Document:
    """Return a valid document that fits the bounds; each number has its own.

    Parameters
    ----------
    seed
        Which document.
    bounds
        What it must fit.
    """
    dice = Dice(seed)
    schema = _schema()
    while True:
        document = _object(schema, dice)
        _settle(document, dice, bounds)
        try:
            config = config_from_mapping(document)
        except InvalidConfiguration as error:
            # So many entries of such amounts are more than sums can hold; everything else is settled.
            if error.details.keys() != {"transactions.target_count"}:
                raise
            continue
        if estimate_bytes(config) <= bounds.memory:
            return document


@cache
def _schema() -> Document:
    return config_json_schema()


def _object(schema: Document, dice: Dice) -> Document:
    """Draw some of the keys; a section more often than not is left to its defaults."""
    found: Document = {}
    for name, about in schema["properties"].items():
        needed = name in schema.get("required", ())
        nested = "properties" in about
        if not needed and dice.fraction() > (0.7 if nested else 0.5):
            continue
        if nested:
            found[name] = _object(about, dice)
        elif "items" in about or "additionalProperties" in about:
            # What these are depends on other keys; see `_settle`.
            found[name] = None
        else:
            found[name] = value_of(about, dice)
    return found


def _settle(document: Document, dice: Dice, bounds: Bounds) -> None:
    """Make what is drawn fit together."""
    general, transactions = document.setdefault("global", {}), document.setdefault("transactions", {})
    general["period_months"] = _months(dice, bounds.months)
    transactions["target_count"] = _entries(dice, bounds.entries)
    if "companies" in document:
        document["companies"] = _companies(dice, bounds.companies)
    _settle_sums(document, transactions, dice)
    if "amounts" in transactions:
        _settle_amounts(transactions["amounts"])
    if "line_items" in transactions:
        _settle_lines(transactions["line_items"], dice)
    if "thresholds" in document.get("approval", {}):
        document["approval"]["thresholds"] = sorted({whole(1, 10**9, dice) for _ in range(dice.whole(1, 3))})
    week = transactions.get("temporal", {}).get("day_of_week")
    if week and len(week) == 5 and not any(week.values()):
        week["monday"] = dice.one_of(TINY)


def _entries(dice: Dice, most: int) -> int:
    small = dice.one_of((1, 2, 3, 10, 40, 100, 300, 1_000))
    return min(dice.one_of((small, small, int(10 ** (3.5 * dice.fraction())), whole(1, most, dice))), most)


def _months(dice: Dice, most: int) -> int:
    usual = dice.one_of((1, 1, 2, 3, 12))
    return min(dice.one_of((usual, usual, usual, whole(1, most, dice))), most)


def _companies(dice: Dice, most: int) -> list[Document]:
    count = min(dice.one_of((1, 1, 2, 2, 3, 5, whole(1, most, dice))), most)
    items = _schema()["properties"]["companies"]["items"]
    found = [_object(items, dice) for _ in range(count)]
    currencies = dice.some_of(sorted(CURRENCIES), dice.whole(1, _MOST_CURRENCIES))
    for number, company in enumerate(found):
        company["code"] = f"{number}{company['code']}"[:16]
        if "currency" in company or dice.chance(0.5):
            company["currency"] = dice.one_of(currencies)
        if "country" in company and dice.chance(0.8):
            company["country"] = dice.one_of(COUNTRIES)
    if not any(company.get("volume_weight", 1.0) for company in found):
        found[0]["volume_weight"] = dice.one_of(TINY)
    return found


def _settle_sums(document: Document, transactions: Document, dice: Dice) -> None:
    """Give shares that make up a whole a sum of about one, and leave room for what is paid as it stands."""
    properties = _schema()["properties"]
    if document.get("business_processes"):
        names = list(properties["business_processes"]["properties"])
        document["business_processes"] = portions(names, dice)
        dealing = sum(one.get("volume_weight", 1.0) > 0 for one in document.get("companies") or [{}])
        if dealing < 2 and not any(document["business_processes"][name] for name in names[:-1]):
            document["business_processes"][names[0]] = dice.one_of(TINY)
    if transactions.get("sources"):
        names = list(properties["transactions"]["properties"]["sources"]["properties"])
        transactions["sources"] = portions(names, dice)
    for section in document.get("document_flows", {}).values():
        rates = [name for name in section if name.endswith("_rate")]
        # The rates that are left out have their defaults, which sum to less than a half.
        above = sum(section[name] for name in rates) / 0.45
        for name in rates if above > 1 else ():
            section[name] /= above


def _settle_amounts(amounts: Document) -> None:
    if "min" in amounts or "max" in amounts:
        amounts["min"] = amounts.get("min", 0.01)
        amounts["max"] = max(amounts.get("max", 10.0), min(100 * amounts["min"], 10**12))


def _settle_lines(lines: Document, dice: Dice) -> None:
    if "custom_distribution" in lines:
        most = lines.setdefault("max_lines", 1_000)
        counts = {*dice.some_of(_FEW_LINES, dice.whole(1, 3)), str(most), str(dice.whole(2, most))}
        chosen = dice.some_of(sorted(counts), min(dice.whole(1, 3), len(counts)))
        lines["custom_distribution"] = {
            count: share for count, share in portions(chosen, dice).items() if share
        }
