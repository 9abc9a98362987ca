"""Tax, dealings between companies, master data, approvals and users: how a company is organised."""

from __future__ import annotations

from datasynth.config import model
from datasynth.config.fields import DecimalNumber, Flag, WholeNumber
from datasynth.config.list_fields import ListOfWhole
from datasynth.config.sections.base import SectionSchema

MOST_PARTIES = 1_000_000


class TaxSchema(SectionSchema):
    """``tax``."""

    builds = model.Tax

    enabled = Flag("Whether there is value added or sales tax.")
    taxable_share = DecimalNumber(
        0, 1, "Share of the invoices that carry tax, of those that the company's country taxes."
    )


class IntercompanySchema(SectionSchema):
    """``intercompany``."""

    builds = model.Intercompany

    markup = DecimalNumber(0, 1, "What the selling company adds to its cost, as a share of it.")


class MasterDataSchema(SectionSchema):
    """``master_data``."""

    builds = model.MasterData

    customers = WholeNumber(1, MOST_PARTIES, "Customers of each company.")
    vendors = WholeNumber(1, MOST_PARTIES, "Vendors of each company.")
    employees = WholeNumber(1, MOST_PARTIES, "Employees of each company.")
    cost_centers = WholeNumber(1, 2_000, "Cost centres of each company.")


class ApprovalSchema(SectionSchema):
    """``approval``."""

    builds = model.Approval

    thresholds = ListOfWhole(
        3,
        1,
        10**9,
        "Amounts in US dollars, or round figures of other currencies worth about as much, above which what "
        "is entered by hand needs a controller, a finance director and the chief financial officer.",
    )


class UserPersonasSchema(SectionSchema):
    """``user_personas``."""

    builds = model.UserPersonas

    junior_accountant = WholeNumber(1, 500, "Junior accountants of each company.")
    senior_accountant = WholeNumber(1, 500, "Senior accountants of each company.")
    controller = WholeNumber(1, 500, "Controllers of each company.")
    manager = WholeNumber(1, 500, "Managers of each company.")
    automated_system = WholeNumber(1, 500, "Technical users of each company: interfaces and batch jobs.")
