"""``companies``: the list of companies, with what must hold between them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import holidays
from marshmallow import ValidationError, fields

from datasynth.config import model
from datasynth.config.fields import REQUIRED, DecimalNumber, kind_of, messages_of
from datasynth.config.sections.base import NOT_AN_OBJECT, SectionSchema
from datasynth.config.text_fields import CompanyCode, Name, OneOf
from datasynth.ledger.currencies import CURRENCIES

MOST_COMPANIES = 50


@cache
def _countries() -> frozenset[str]:
    return frozenset(holidays.list_supported_countries(include_aliases=False))


class CompanySchema(SectionSchema):
    """One of ``companies``."""

    builds = model.Company

    code = CompanyCode("Key of the company, printed in every entry; the one key that each item needs.")
    name = Name("Legal name, printed in header texts; left out, it is “Company” and the code.")
    currency = OneOf(
        lambda: frozenset(CURRENCIES),
        "Must be an ISO 4217 currency code in capitals, such as EUR",
        "ISO 4217",
        "Currency of the company's books; decides the decimals of its amounts and, by its value, their size.",
    )
    country = OneOf(
        _countries,
        "Must be an ISO 3166 country code of two capitals, such as DE",
        "ISO 3166 alpha-2",
        "Decides the legal holidays and the tax rates.",
    )
    volume_weight = DecimalNumber(
        0, 1_000_000, "Share of the entries, relative to the other companies'; at least one is above 0."
    )


class Companies(fields.List[Any]):
    """The list of companies.

    Attributes
    ----------
    meaning
        One sentence of what it is about.
    needed
        Keys of an item that have no default.
    most
        Length of the list; it has at least one item.
    """

    meaning = "The legal entities that keep books of their own."
    needed = ("code",)
    most = MOST_COMPANIES

    def __init__(self) -> None:
        super().__init__(
            fields.Nested(CompanySchema, required=True, error_messages={"null": NOT_AN_OBJECT}),
            required=True,
            error_messages={"required": REQUIRED, "null": REQUIRED},
        )

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError(f"Must be a list of companies, not {kind_of(value)}.")
        if not 1 <= len(value) <= MOST_COMPANIES:
            raise ValidationError(f"Must be 1 to {MOST_COMPANIES} companies, not {len(value):,}.")
        repeated = _repeated_codes(value)
        try:
            companies: list[Any] = super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            raise ValidationError(_joined(repeated, messages_of(error))) from error
        if repeated:
            raise ValidationError(repeated)
        if sum(company.volume_weight for company in companies) <= 0:
            raise ValidationError("The volume_weight of at least one company must be above 0.")
        return tuple(companies)


def _repeated_codes(companies: list[object]) -> dict[Any, Any]:
    owner: dict[str, int] = {}
    problems: dict[Any, Any] = {}
    for index, company in enumerate(companies):
        code = company.get("code") if isinstance(company, Mapping) else None
        if isinstance(code, str) and owner.setdefault(code, index) != index:
            sentence = f"The code {code[:40]!a} belongs to companies.{owner[code]} already."
            problems[index] = {"code": [sentence]}
    return problems


def _joined(first: Mapping[Any, Any], second: Mapping[Any, Any]) -> dict[Any, Any]:
    """Problems of companies found in two ways; of the same key, the second's."""
    both = {index: {**first[index], **second[index]} for index in first if index in second}
    return {**first, **second, **both}
