"""Who enters and approves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.ledger.processes import SOURCES
from datasynth.ledger.roles import ROLES
from tests.generation.cases import case

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan


def test_roles_find_their_users(plan: JournalPlan) -> None:
    """Where a company's users of a role begin, so many of that role and company follow."""
    words = plan.vocabulary
    for company, code in enumerate(words.companies):
        for number, role in enumerate(ROLES):
            first, holders = (
                int(plan.block_tables.staff.first[company, number]),
                int(plan.block_tables.staff.size[number]),
            )
            assert holders >= 1
            for user in words.users[first : first + holders]:
                assert user.startswith(f"{role}.")
                assert user.endswith(f".{code}")
    assert len(words.users) == 3 * int(plan.block_tables.staff.size.sum())


def test_limits_are_in_the_minor_units_of_each_company() -> None:
    """Ten thousand dollars are 9,200 euros, 1,500,000 yen and 3,100 dinars: round figures of each."""
    limits = case("five companies, fiscal year from April").journal._plan.block_tables.staff.limits

    assert [1_000_000, 920_000, 920_000, 1_500_000, 3_100_000] == limits[:, 0].tolist()
    assert (np.diff(limits, axis=1) > 0).all()


def test_people_enter_what_is_manual_an_adjustment_or_a_reversal(plan: JournalPlan) -> None:
    """Documents of the other sources come from programs."""
    assert {"manual", "adjustment", "reversal"} == {
        SOURCES[at] for at in np.flatnonzero(plan.block_tables.staff.by_hand)
    }
