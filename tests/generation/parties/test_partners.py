"""The partners that entries can name."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from datasynth.generation.kernels.columns.codes import CHOICE_BITS
from datasynth.generation.parties.directory import Directory, parties
from datasynth.generation.parties.naming import scrambled
from datasynth.generation.parties.partners import Partners, choose_partners, rank_places
from datasynth.ledger.processes import PARTNER_TYPES
from tests.generation.parties.test_directory import configured
from tests.naive.headers import busiest_first

LARGE = {"customers": 60_000, "vendors": 25, "employees": 8_193}


def test_small_pools_have_a_code_for_every_party() -> None:
    """Codes are the indexes of the directory, and nobody is left out."""
    config = configured(2)
    partners, everybody = Partners(Directory(config)), list(parties(config))

    assert [each.partner_id for each in everybody] == list(partners)
    assert [each.partner_type for each in everybody] == list(partners.types)
    assert everybody == [partners.party(code) for code in range(len(partners))]


def test_one_party_has_a_code_however_it_is_asked_for() -> None:
    """Items, slices and iteration agree, and beyond the last code there is nothing."""
    partners = Partners(Directory(configured(2, master_data=LARGE)))
    listed, types = list(partners), list(partners.types)

    assert len(listed) == len(partners) == len(partners.types) == len(set(listed))
    for code in (0, 1, 7_000, len(listed) - 1):
        assert (listed[code], types[code]) == (partners[code], partners.types[code])
        assert listed[code] == partners.party(code).partner_id
    assert tuple(listed[10:12]) == partners[10:12]
    assert tuple(types[-2:]) == partners.types[-2:]
    for outside in (-1, len(listed)):
        with pytest.raises(IndexError):
            partners.party(outside)


@pytest.mark.parametrize("size", [1, 3, 8_192, 8_193, 100_000])
def test_the_parties_chosen_are_those_of_the_plain_twin(size: int) -> None:
    """Behind the code in each place of the table is the party that has the rank which the twin chooses."""
    table, members = choose_partners(size, 7, *rank_places(size))

    assert np.array_equal(members, np.unique(members))
    for place in range(0, 1 << CHOICE_BITS, 511):
        rank = busiest_first(size, place << (64 - CHOICE_BITS))
        assert scrambled(7, rank, size) == members[table[place]]
    assert len(members) <= min(size, 1 << CHOICE_BITS)


def test_everybody_in_a_large_pool_occurs() -> None:
    """Of a large pool, those whom no entry can name have no code."""
    table, members = choose_partners(8_193, 7, *rank_places(8_193))

    assert np.array_equal(np.arange(len(members)), np.unique(table))


@pytest.mark.parametrize("size", [5, 250, 8_192, 50_000])
def test_ids_and_codes_tell_no_ranks(size: int) -> None:
    """With another key others are busy, and among many keys the busiest party is anywhere."""
    ranked = rank_places(size)
    found = [choose_partners(size, key, *ranked) for key in range(300)]
    busiest = np.array([members[np.bincount(table).argmax()] for table, members in found])
    codes = np.array([np.bincount(table).argmax() / len(members) for table, members in found])

    # The mean of 300 uniform numbers has a standard deviation of a sixtieth of their range.
    assert abs(busiest.mean() / (size - 1) - 0.5) < 4 / 60
    assert abs(codes.mean() - 0.5 + 0.5 / min(size, 8_192)) < 4 / 60
    assert len(set(busiest.tolist())) > min(size, 100) * 0.6


def test_companies_and_currencies_have_busy_partners_of_their_own() -> None:
    """Each company, type and currency has a permutation of its own, and another seed has others."""
    many = {"customers": 3_000, "vendors": 3_000, "employees": 300}
    tables = [
        Partners(Directory(configured(2, seed, master_data=many))).tables[:, ::64].tolist() for seed in (1, 2)
    ]
    flat = [tuple(row) for table in tables for row in table]

    assert 2 * 2 * 7 == len(flat) == len(set(flat))


@pytest.mark.parametrize("abroad", [-1, 0, 1])
def test_companies_deal_with_their_own_partners(abroad: int) -> None:
    """The table and the first code of a company, type and currency lead to parties that are like that."""
    config = configured(3, master_data=LARGE)
    partners = Partners(Directory(config))
    for kind, name in enumerate(PARTNER_TYPES):
        for place, company in enumerate(config.companies):
            row, first = partners.of_company(kind, place, abroad)
            found = [partners.party(first + int(code)) for code in partners.tables[row, ::1_024]]

            assert {(name, company.code)} == {(each.partner_type, each.company_code) for each in found}
            assert 1 == len({each.currency for each in found})
            at_home = abroad < 0 or name == "employee"
            assert at_home == (found[0].currency == company.currency)


def test_partners_do_not_grow_with_the_pools() -> None:
    """A million parties of each type take no more room than the table of those that occur."""
    small, large = (
        Partners(
            Directory(configured(5, master_data=dict.fromkeys(("customers", "vendors", "employees"), size)))
        )
        for size in (20_000, 1_000_000)
    )

    assert len(large) < 5 * 7 * (1 << CHOICE_BITS)
    assert large.tables.nbytes <= small.tables.nbytes
    assert sys.getsizeof(large) < 1_000
