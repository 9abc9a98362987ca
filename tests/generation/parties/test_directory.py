"""Parties and users."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.parties.directory import Directory, parties, party_ranges, users
from datasynth.ledger.exchange import countries_of, local_limits, trading_currencies
from datasynth.ledger.processes import PARTNER_TYPES
from datasynth.ledger.roles import PERSONAS, role_sizes, users_of
from tests.generation.configs import COMPANIES

if TYPE_CHECKING:
    from datasynth.config import Config

SIZES = {"customers": 60, "vendors": 25, "employees": 8}


def configured(companies: int = 5, seed: int = 42, **sections: object) -> Config:
    """Return a configuration with few parties."""
    document = {
        "global": {"seed": seed},
        "companies": COMPANIES[:companies],
        "master_data": SIZES,
        **sections,
    }
    return config_from_mapping(document)


def test_pools_follow_one_another() -> None:
    """The customers of all companies come first, then the vendors, then the employees, without a gap."""
    ranges = party_ranges(configured())
    ends = (ranges.first + ranges.size).ravel()

    assert 0 == ranges.first[0, 0]
    assert ends[:-1].tolist() == ranges.first.ravel()[1:].tolist()
    assert ranges.total == ends[-1] == 5 * (60 + 25 + 8)
    assert [[60] * 5, [25] * 5, [8] * 5] == ranges.size.tolist()


def test_parties_abroad_are_the_last_of_a_pool() -> None:
    """First those at home, then those of the first foreign currency, then those of the second."""
    ranges = party_ranges(configured())

    assert [[5, 5], [2, 2], [0, 0]] == ranges.abroad_size[:, 0].tolist()
    ends = ranges.abroad_first + ranges.abroad_size

    assert ends[:, :, 0].tolist() == ranges.abroad_first[:, :, 1].tolist()
    assert (ranges.first + ranges.size).tolist() == ends[:, :, 1].tolist()


@pytest.mark.parametrize(("size", "abroad"), [(1, 0), (2, 0), (3, 1), (10, 1), (19, 2), (400, 32)])
def test_about_a_twelfth_uses_each_foreign_currency(size: int, abroad: int) -> None:
    """Eight in a hundred per currency and at least one, but somebody is left at home."""
    ranges = party_ranges(configured(master_data={"customers": size, "vendors": size, "employees": size}))

    assert {abroad} == set(np.unique(ranges.abroad_size[:2]).tolist())
    assert (ranges.size - ranges.abroad_size.sum(axis=2)).min() >= 1


def test_where_parties_are() -> None:
    """At home they have the company's country and currency, abroad a country that uses theirs."""
    config = configured()
    directory = Directory(config)
    ranges = directory.ranges
    for place, company in enumerate(config.companies):
        foreign = trading_currencies(company.currency)
        assert foreign == ranges.currencies[place]
        for kind in range(2):
            first, size = int(ranges.first[kind, place]), int(ranges.size[kind, place])
            home = int(ranges.abroad_first[kind, place, 0])
            assert {(company.country, company.currency)} == {
                (each.country, each.currency) for each in map(directory.party, range(first, home))
            }
            for index in range(home, first + size):
                each = directory.party(index)
                currency = foreign[int(index >= ranges.abroad_first[kind, place, 1])]
                assert currency == each.currency
                assert each.country in set(countries_of(currency)) - {company.country}


def test_parties_by_index_and_by_company() -> None:
    """A party found alone is the one that is listed; a company's list has only its own."""
    config = configured(3)
    everybody = list(parties(config))
    own = list(parties(config, "2000"))

    assert everybody == [Directory(config).party(index) for index in range(len(everybody))]
    assert own == [each for each in everybody if each.company_code == "2000"]
    assert {"customer": 60, "vendor": 25, "employee": 8} == Counter(each.partner_type for each in own)
    assert [] == list(parties(config, "no such company"))


def test_ids() -> None:
    """An id is the type, the company's number and the party's, and tells one party."""
    config = configured(2)
    directory, sizes = Directory(config), list(SIZES.values())
    ids = [
        directory.id_of(kind, company, number)
        for kind, size in enumerate(sizes)
        for company in range(2)
        for number in range(size)
    ]

    assert ids == [each.partner_id for each in parties(config)]
    assert len(ids) == len(set(ids))
    assert [f"C01{number:05}" for number in range(1, 61)] == sorted(ids[:60]) != ids[:60]
    assert {f"E02{number:05}" for number in range(1, 9)} == set(ids[-8:])


def test_ids_tell_nobody_s_currency() -> None:
    """Those who are abroad have ids anywhere among those at home; columns of ids are those one by one."""
    directory = Directory(configured(1, master_data={"customers": 2_000, "vendors": 3, "employees": 3}))
    ids = list(directory.ids_of(0, 0, np.arange(2_000)))
    abroad = [int(partner_id[3:]) for partner_id in ids[-160:]]

    assert ids == [directory.id_of(0, 0, number) for number in range(2_000)]
    # The mean of 160 uniform numbers has a standard deviation of 46.
    assert abs(sum(abroad) / 160 - 1_000) < 4 * 46


def test_many_parties_have_long_ids() -> None:
    """A number of six digits makes every id a digit longer."""
    config = configured(1, master_data={"customers": 100_000, "vendors": 3, "employees": 3})
    directory = Directory(config)

    assert {"V01000001", "V01000002", "V01000003"} == {
        directory.party(index).partner_id for index in range(100_000, 100_003)
    }
    assert "C01" == directory.party(0).partner_id[:-6]


def test_the_seed_names_parties() -> None:
    """Another seed has other names behind the same ids, in another order, and the same currencies."""
    one, other = (list(parties(configured(1, seed=seed))) for seed in (1, 2))

    assert [each.partner_id for each in one] != [each.partner_id for each in other]
    assert {each.partner_id for each in one} == {each.partner_id for each in other}
    assert sum(a.name == b.name for a, b in zip(one, other, strict=True)) < 3
    assert [each.currency for each in one] == [each.currency for each in other]


def test_names_of_a_company_differ() -> None:
    """No two parties and people of a company are called alike."""
    config = configured(seed=3)
    named = [(each.company_code, each.name) for each in parties(config)]
    named += [(each.company_code, each.name) for each in users(config) if each.kind == "person"]

    assert len(named) == len(set(named))


def test_firms_and_employees() -> None:
    """Firms have terms and a registration, employees are paid at once and have none; all have a town."""
    for each in parties(configured()):
        employee = each.partner_type == "employee"
        assert employee == (each.tax_id is None)
        assert employee == (each.payment_terms_days == 0)
        assert each.payment_terms_days in {0, 14, 30, 45, 60}
        assert each.city
        assert "#" not in str(each.tax_id)


@pytest.mark.parametrize("index", [-1, 93])
def test_there_are_no_other_parties(index: int) -> None:
    """An index outside the ranges is an error that names it."""
    with pytest.raises(IndexError, match=str(index)):
        Directory(configured(1)).party(index)


def test_kinds_are_in_order() -> None:
    """The listing goes through the types one after another."""
    kinds = [PARTNER_TYPES.index(each.partner_type) for each in parties(configured(2))]

    assert all(earlier <= later for earlier, later in pairwise(kinds))


def test_users_are_those_of_the_roles() -> None:
    """Users come company by company and role by role, programs named for what they do."""
    config = configured(2, user_personas=dict.fromkeys(PERSONAS, 4))
    found = users(config)
    sizes = role_sizes(dict.fromkeys(PERSONAS, 4))

    assert [*users_of("1000", sizes), *users_of("2000", sizes)] == [each.user_id for each in found]
    assert "Payment run" == next(each.name for each in found if each.role == "batch.payments")
    for each in found:
        assert (each.kind == "program") == (each.persona == "automated_system")
        assert each.user_id.startswith(f"{each.role}.")
        assert each.user_id.endswith(f".{each.company_code}")


def test_limits_are_in_minor_units() -> None:
    """Limits follow the configured thresholds in the minor units of each company's currency."""
    config = configured(5, approval={"thresholds": [1_000, 20_000]})
    found = {(each.company_code, each.role): each.approval_limit for each in users(config)}
    for company in config.companies:
        first, second = local_limits([1_000, 20_000], company.currency)
        assert first == found[company.code, "ar.clerk"]
        assert second == found[company.code, "controller"]
        assert found[company.code, "finance.director"] is None
        assert found[company.code, "chief.financial.officer"] is None
