"""The parties and users of companies, which follow from the configuration.

Parties are numbered: the customers of all companies, then the vendors, then the
employees.  Within a company's parties of a type those at home come first, then those who
use its first foreign currency, then its second.  Id, name, town and terms of a party
depend on the seed; the other columns do not.  Ids are in no order, so they do not tell
who is abroad either.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import draw, make_key
from datasynth.generation.parties.naming import Naming, early, filled, scrambled, scrambled_each
from datasynth.ledger.exchange import countries_of, local_limits, trading_currencies
from datasynth.ledger.names import towns
from datasynth.ledger.processes import FOREIGN_CURRENCIES, PARTNER_TYPES
from datasynth.ledger.roles import PERSONAS, ROLES, approval_limit, is_program, role_sizes, role_users
from datasynth.ledger.taxes import registration_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datasynth.config.model import Config

_EMPLOYEE = PARTNER_TYPES.index("employee")
_PREFIXES = ("C", "V", "E")
_ABROAD = 80
"""Share of a company's parties that uses one of its foreign currencies. [permille]"""

_TERMS = (30, 30, 30, 30, 30, 14, 14, 45, 45, 60)
"""Terms of payment in proportion to their frequency. [days]"""

_COUNTRY, _TOWN, _DAYS, _REGISTRATION = range(4)


@dataclass(frozen=True, slots=True)
class Party:
    """A customer, a vendor or an employee of a company.

    Attributes
    ----------
    partner_id
        Letter of the type, company and number.
    partner_type
        ``customer``, ``vendor`` or ``employee``.
    name
        Of a firm or a person; unique within a company.
    country, currency
        ISO 3166 alpha-2 code; ISO 4217 code of its invoices.
    payment_terms_days
        From an invoice to its due date; employees are paid at once. [days]
    tax_id
        Tax registration of a firm; invented, without valid check digits.
    """

    partner_id: str
    partner_type: str
    company_code: str
    name: str
    country: str
    city: str
    currency: str
    payment_terms_days: int
    tax_id: str | None


@dataclass(frozen=True, slots=True)
class User:
    """A person or a program that enters or approves documents of a company.

    Attributes
    ----------
    name
        Of the person; for a program, what it does.
    role, persona
        One of `datasynth.ledger.roles.ROLES` and of `PERSONAS`.
    approval_limit
        Largest amount that the user may enter or approve alone; None without a limit.
        [minor units of the company's currency]
    kind
        ``person`` or ``program``.
    """

    user_id: str
    company_code: str
    name: str
    role: str
    persona: str
    approval_limit: int | None
    kind: str


@dataclass(frozen=True, slots=True)
class PartyRanges:
    """The indexes of each company's parties.

    Attributes
    ----------
    first, size : (types, companies) int64
        First index and number of a company's parties of a type; those before
        the first one abroad are at home.
    abroad_first, abroad_size : (types, companies, 2) int64
        The same for users of each foreign currency of the company.  There are none
        among fewer than three parties and among employees.
    currencies
        The foreign currencies of each company.
    """

    first: NDArray[np.int64]
    size: NDArray[np.int64]
    abroad_first: NDArray[np.int64]
    abroad_size: NDArray[np.int64]
    currencies: tuple[tuple[str, str], ...]

    @property
    def total(self) -> int:
        """Number of parties of all companies."""
        return int(self.size.sum())


def party_ranges(config: Config) -> PartyRanges:
    """Return the indexes of the parties of a configuration."""
    sizes = (config.master_data.customers, config.master_data.vendors, config.master_data.employees)
    shape = (len(PARTNER_TYPES), len(config.companies))
    size = np.repeat(np.array(sizes, dtype=np.int64)[:, None], shape[1], axis=1)
    first = (np.cumsum(size) - size.ravel()).reshape(shape)
    # At least one party is at home.
    each = np.minimum(np.maximum((size * _ABROAD + 500) // 1_000, 1), (size - 1) // FOREIGN_CURRENCIES)
    each[_EMPLOYEE] = 0
    abroad_size = np.repeat(each[:, :, None], FOREIGN_CURRENCIES, axis=2)
    abroad_first = (first + size)[:, :, None] - abroad_size[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]
    currencies = tuple(trading_currencies(company.currency) for company in config.companies)
    return PartyRanges(first, size, abroad_first, abroad_size, currencies)


class Directory:
    """The parties of a configuration by their indexes."""

    def __init__(self, config: Config) -> None:
        self.ranges = party_ranges(config)
        self.seed = config.general.seed
        self._config = config
        self._company_digits = max(2, len(str(len(config.companies))))
        self._number_digits = max(5, len(str(self.ranges.size.max())))
        self._id_keys = {
            place: make_key(config.general.seed, "party id", *place)
            for place in product(range(len(PARTNER_TYPES)), range(len(config.companies)))
        }
        self._attributes = make_key(config.general.seed, "party")
        self._naming = _naming(config)

    def party(self, index: int) -> Party:
        """Return the party with an index, or raise `IndexError`."""
        if not 0 <= index < self.ranges.total:
            raise IndexError(f"no party has the index {index}")
        row = int(np.searchsorted(self.ranges.first.ravel(), index, side="right")) - 1
        kind, company = divmod(row, len(self._config.companies))
        return self._party(kind, company, index - int(self.ranges.first[kind, company]))

    def parties(self, company: str | None = None) -> Iterator[Party]:
        """Yield the parties of a company, by its code, or of all, in the order of their indexes."""
        for kind in range(len(PARTNER_TYPES)):
            for place, owner in enumerate(self._config.companies):
                if company in {None, owner.code}:
                    for number in range(int(self.ranges.size[kind, place])):
                        yield self._party(kind, place, number)

    def id_of(self, kind: int, company: int, number: int) -> str:
        """Return the id of a party by type, company and number within both, all from 0."""
        size = int(self.ranges.size[kind, company])
        return self._printed(kind, company, scrambled(self._id_keys[kind, company], number, size))

    def ids_of(self, kind: int, company: int, numbers: NDArray[np.integer]) -> Iterator[str]:
        """Yield what `id_of` returns for each of some numbers (n,)."""
        size = int(self.ranges.size[kind, company])
        for place in scrambled_each(self._id_keys[kind, company], numbers, size).tolist():
            yield self._printed(kind, company, place)

    def _printed(self, kind: int, company: int, place: int) -> str:
        return f"{_PREFIXES[kind]}{company + 1:0{self._company_digits}}{place + 1:0{self._number_digits}}"

    def _party(self, kind: int, company: int, number: int) -> Party:
        owner = self._config.companies[company]
        index = int(self.ranges.first[kind, company]) + number
        country, currency = self._where(kind, company, index)
        employee = kind == _EMPLOYEE
        terms = draw(self._attributes, index, _DAYS) % len(_TERMS)
        digits = draw(self._attributes, index, _REGISTRATION)
        return Party(
            partner_id=self.id_of(kind, company, number),
            partner_type=PARTNER_TYPES[kind],
            company_code=owner.code,
            name=self._name(kind, company, number, country),
            country=country,
            city=early(draw(self._attributes, index, _TOWN), towns(country)),
            currency=currency,
            payment_terms_days=0 if employee else _TERMS[terms],
            tax_id=None if employee else filled(registration_pattern(country), digits),
        )

    def _where(self, kind: int, company: int, index: int) -> tuple[str, str]:
        """Return the country and the currency of a party."""
        owner = self._config.companies[company]
        for place, currency in enumerate(self.ranges.currencies[company]):
            first = int(self.ranges.abroad_first[kind, company, place])
            if first <= index < first + int(self.ranges.abroad_size[kind, company, place]):
                users = countries_of(currency)
                others = tuple(country for country in users if country != owner.country) or users
                return early(draw(self._attributes, index, _COUNTRY), others), currency
        return owner.country, owner.currency

    def _name(self, kind: int, company: int, number: int, country: str) -> str:
        if kind == _EMPLOYEE:
            return self._naming.person(company, number)
        # The numbers of vendors follow those of customers.
        before = kind * self._config.master_data.customers
        return self._naming.firm(company, before + number, country)


def staff_sizes(config: Config) -> dict[str, int]:
    """Return the number of users of each role in one company."""
    return role_sizes({persona: getattr(config.user_personas, persona) for persona in PERSONAS})


def _naming(config: Config) -> Naming:
    sizes = config.master_data
    people = sizes.employees + sum(staff_sizes(config).values())
    return Naming(config, sizes.customers + sizes.vendors, people)


def parties(config: Config, company: str | None = None) -> Iterator[Party]:
    """Yield the parties of a company, by its code, or of all, in the order of their indexes."""
    return Directory(config).parties(company)


def users(config: Config) -> tuple[User, ...]:
    """Return the users of all companies, in the order of `datasynth.ledger.roles.users_of`."""
    naming = _naming(config)
    sizes = staff_sizes(config)
    listed: list[User] = []
    for place, company in enumerate(config.companies):
        # The first names are those of the employees.
        number = config.master_data.employees
        limits = local_limits(config.approval.thresholds, company.currency)
        for role, details in ROLES.items():
            limit = approval_limit(role, limits)
            for user_id in role_users(role, sizes[role], company.code):
                listed.append(
                    User(
                        user_id=user_id,
                        company_code=company.code,
                        name=details.title if is_program(role) else naming.person(place, number),
                        role=role,
                        persona=details.persona,
                        approval_limit=limit,
                        kind="program" if is_program(role) else "person",
                    )
                )
                number += 1
    return tuple(listed)
