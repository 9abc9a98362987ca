"""The one schema: the whole document, put together from its sections.

`read_config` turns a whole document into a `Config` or says *everything* that
is wrong with it; `write_config` is its inverse.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, validates_schema

from datasynth.config import model
from datasynth.config.fields import Section, messages_of
from datasynth.config.problems import refusal
from datasynth.config.sections.base import SectionSchema
from datasynth.config.sections.companies import Companies
from datasynth.config.sections.general import ChartOfAccountsSchema, GlobalSchema
from datasynth.config.sections.organisation import (
    ApprovalSchema,
    IntercompanySchema,
    MasterDataSchema,
    TaxSchema,
    UserPersonasSchema,
)
from datasynth.config.sections.processes import BusinessProcessesSchema, DocumentFlowsSchema
from datasynth.config.sections.transactions import TransactionsSchema
from datasynth.config.volumes import too_many

if TYPE_CHECKING:
    from collections.abc import Mapping


class ConfigSchema(SectionSchema):
    """The whole document."""

    builds = model.Config

    general = Section(GlobalSchema, "What holds for the whole data set.", data_key="global")
    companies = Companies()
    chart_of_accounts = Section(ChartOfAccountsSchema, "Which accounts there are.")
    transactions = Section(TransactionsSchema, "How many entries there are and what they look like.")
    business_processes = Section(
        BusinessProcessesSchema, "Shares of the processes among the entries; the eight weights sum to 1."
    )
    document_flows = Section(DocumentFlowsSchema, "What becomes of invoices.")
    tax = Section(TaxSchema, "Value added and sales tax.")
    intercompany = Section(IntercompanySchema, "Dealings between companies.")
    master_data = Section(
        MasterDataSchema, "How many parties and cost centres there are; the default follows the chart."
    )
    approval = Section(ApprovalSchema, "Who has to approve what is entered by hand.")
    user_personas = Section(UserPersonasSchema, "How many users of each kind there are.")

    @validates_schema(skip_on_field_errors=False)
    def _somebody_to_deal_with(self, data: dict[str, Any], **_: object) -> None:
        """Intercompany as the only process needs two companies; alone it would leave nothing to do."""
        companies, weights = data.get("companies"), data.get("business_processes")
        # Of a section with problems of its own, what is right by itself is here as a mere dict.
        if companies is None or not isinstance(weights, model.BusinessProcesses):
            return
        partners = [company for company in companies if company.volume_weight > 0]
        wanted = {name for name, weight in asdict(weights).items() if weight > 0}
        if len(partners) == 1 and wanted == {"intercompany_weight"}:
            sentence = "With one company some other process must have a weight above 0."
            raise ValidationError({"business_processes": {"intercompany_weight": [sentence]}})

    @validates_schema(skip_on_field_errors=True)
    def _sums_fit(self, data: dict[str, Any], **_: object) -> None:
        """Balances are whole minor units in 64 bits: few entries of a weak currency are many of them."""
        config = model.Config(**data)
        problem = too_many(config, config.transactions.target_count)
        if problem:
            raise ValidationError({"transactions": {"target_count": [problem]}})


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
