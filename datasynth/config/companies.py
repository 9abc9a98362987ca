"""``companies``: the list of companies, with what must hold between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields

from datasynth.config.fields import NOT_AN_OBJECT, REQUIRED, kind_of, messages_of

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_COMPANIES = 50


class Companies(fields.List[Any]):
    """The list of companies.

    Attributes
    ----------
    description
        One sentence of what it is about, and how many there may be.
    needed
        Keys of an item that have no default.
    """

    description = f"The legal entities; each keeps its own books. [1 … {MOST_COMPANIES}]"
    needed = ("code",)

    def __init__(self, schema: type[Schema]) -> None:
        super().__init__(
            fields.Nested(schema, required=True, error_messages={"null": NOT_AN_OBJECT}),
            required=True,
            error_messages={"required": REQUIRED, "null": REQUIRED},
        )

    @property
    def schema(self) -> Schema:
        """Schema of one company."""
        nested: Any = self.inner
        company: Schema = nested.schema
        return company

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError(f"Must be a list of companies, not {kind_of(value)}.")
        if not 1 <= len(value) <= MOST_COMPANIES:
            raise ValidationError(f"Must be 1 to {MOST_COMPANIES} companies, not {len(value):,}.")
        problems = _repeated_codes(value)
        try:
            companies: list[Any] = super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            # Of the same key, the company's own problem is told.
            for index, found in messages_of(error).items():
                problems[index] = {**problems[index], **found} if index in problems else found
        if problems:
            raise ValidationError(problems)
        if sum(company.volume_weight for company in companies) <= 0:
            raise ValidationError("The volume_weight of at least one company must be above 0.")
        return tuple(companies)


def _repeated_codes(companies: Sequence[object]) -> dict[Any, Any]:
    owner: dict[str, int] = {}
    problems: dict[Any, Any] = {}
    for index, company in enumerate(companies):
        code = company.get("code") if isinstance(company, Mapping) else None
        if isinstance(code, str) and owner.setdefault(code, index) != index:
            sentence = f"The code {code[:40]!a} is already used by companies.{owner[code]}."
            problems[index] = {"code": [sentence]}
    return problems
