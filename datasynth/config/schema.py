"""The one schema: which keys exist, what each may hold, what must fit together.

`read_config` turns a whole document into a `Config` or says *everything* that
is wrong with it; `write_config` is its inverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import holidays
from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from datasynth.config import model
from datasynth.config.fields import (
    REQUIRED,
    CalendarDate,
    CompanyCode,
    DecimalNumber,
    Name,
    OneOf,
    WholeNumber,
    kind_of,
    messages_of,
)
from datasynth.config.problems import UNKNOWN_KEY, refusal
from datasynth.ledger.currencies import CURRENCIES

MAX_COMPANIES = 50
WEIGHT_TOLERANCE = 0.01
_NOT_AN_OBJECT = "Must be an object of keys and values."


@cache
def _countries() -> frozenset[str]:
    return frozenset(holidays.list_supported_countries(include_aliases=False))


class _Section(Schema):
    """A section whose keys are all known."""

    # marshmallow declares this attribute, and not as a class variable.
    error_messages = {"unknown": UNKNOWN_KEY, "type": _NOT_AN_OBJECT}  # noqa: RUF012


class GlobalSchema(_Section):
    """``global``."""

    seed = WholeNumber(0, 2**63 - 1, high_text="2^63 - 1")
    industry = OneOf(
        lambda: frozenset(model.INDUSTRIES),
        f"Must be one of {', '.join(model.INDUSTRIES)}",
        "one of the ten presets",
    )
    start_date = CalendarDate(date(1970, 1, 1), date(2200, 12, 31))
    period_months = WholeNumber(1, 120)
    fiscal_year_start_month = WholeNumber(1, 12)

    @post_load
    def _build(self, data: dict[str, Any], **_: object) -> model.GlobalSettings:
        return model.GlobalSettings(**data)


class CompanySchema(_Section):
    """One of ``companies``."""

    code = CompanyCode()
    name = Name()
    currency = OneOf(
        lambda: frozenset(CURRENCIES),
        "Must be an ISO 4217 currency code in capitals, such as EUR",
        "ISO 4217",
    )
    country = OneOf(
        _countries,
        "Must be an ISO 3166 country code of two capitals, such as DE",
        "ISO 3166 alpha-2",
    )
    volume_weight = DecimalNumber(0, 1_000_000)

    @post_load
    def _build(self, data: dict[str, Any], **_: object) -> model.Company:
        return model.Company(**data)


class Companies(fields.List[Any]):
    """The list of companies, with what must hold between them."""

    def __init__(self) -> None:
        super().__init__(
            fields.Nested(CompanySchema, required=True, error_messages={"null": _NOT_AN_OBJECT}),
            required=True,
            error_messages={"required": REQUIRED, "null": REQUIRED},
        )

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError(f"Must be a list of companies, not {kind_of(value)}.")
        if not 1 <= len(value) <= MAX_COMPANIES:
            raise ValidationError(f"Must be 1 to {MAX_COMPANIES} companies, not {len(value):,}.")
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


class LineItemsSchema(_Section):
    """``transactions.line_items``."""

    max_lines = WholeNumber(10, 1000)

    @post_load
    def _build(self, data: dict[str, Any], **_: object) -> model.LineItems:
        return model.LineItems(**data)


class TemporalSchema(_Section):
    """``transactions.temporal``."""

    month_end_spike = DecimalNumber(1, 20)
    quarter_end_spike = DecimalNumber(1, 20)
    year_end_spike = DecimalNumber(1, 20)
    weekend_activity = DecimalNumber(0, 1)
    holiday_activity = DecimalNumber(0, 1)

    @post_load
    def _build(self, data: dict[str, Any], **_: object) -> model.Temporal:
        return model.Temporal(**data)


class TransactionsSchema(_Section):
    """``transactions``."""

    target_count = WholeNumber(1, 10_000_000_000)
    line_items = fields.Nested(LineItemsSchema, required=True)
    temporal = fields.Nested(TemporalSchema, required=True)

    @post_load
    def _build(self, data: dict[str, Any], **_: object) -> model.Transactions:
        return model.Transactions(**data)


class BusinessProcessesSchema(_Section):
    """``business_processes``."""

    o2c_weight = DecimalNumber(0, 1)
    p2p_weight = DecimalNumber(0, 1)
    r2r_weight = DecimalNumber(0, 1)
    h2r_weight = DecimalNumber(0, 1)
    a2r_weight = DecimalNumber(0, 1)

    @validates_schema(skip_on_field_errors=False)
    def _sum_to_one(self, data: dict[str, float], **_: object) -> None:
        if len(data) < len(self.fields):
            return
        total = sum(data.values())
        # The margin keeps 0.99 and 1.01 in, whatever their binary sums are.
        if abs(total - 1) > WEIGHT_TOLERANCE + 1e-9:
            raise ValidationError(
                f"The five weights must sum to 1 (give or take 0.01); they sum to {total:.4g}."
            )

    @post_load
    def _build(self, data: dict[str, Any], **_: object) -> model.BusinessProcesses:
        return model.BusinessProcesses(**data)


class ConfigSchema(_Section):
    """The whole document."""

    general = fields.Nested(GlobalSchema, data_key="global", required=True)
    companies = Companies()
    transactions = fields.Nested(TransactionsSchema, required=True)
    business_processes = fields.Nested(BusinessProcessesSchema, required=True)

    @post_load
    def _build(self, data: dict[str, Any], **_: object) -> model.Config:
        return model.Config(**data)


def read_config(document: Mapping[str, object]) -> model.Config:
    """Turn a whole document into a configuration.

    Raises
    ------
    InvalidConfiguration
        With every problem, ``{"companies.0.currency": ["…"]}``, in `details`.
    """
    schema = ConfigSchema()
    try:
        config: model.Config = schema.load(document)
    except ValidationError as error:
        raise refusal(messages_of(error), schema) from error
    return config


def write_config(config: model.Config) -> dict[str, object]:
    """Whole document of a configuration, in plain JSON types."""
    document: dict[str, object] = ConfigSchema().dump(config)
    return document
