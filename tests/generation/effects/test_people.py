"""Keys of `master_data`, `approval` and `user_personas`."""

from __future__ import annotations

import numpy as np

from datasynth.ledger.roles import ROLES, is_program
from tests.generation.effects.worlds import ELSEWHERE, MONTH, seen

MASTER_DATA = {"customers": 37, "vendors": 23, "employees": 11}


def check_partners(partner_type: str, key: str, usual: int) -> None:
    """Count the parties of a type, and see that nearly all of them occur."""
    for world, size in ((seen(MONTH), usual), (seen(*ELSEWHERE), MASTER_DATA[key])):
        types = np.array(world.words.partner_types)
        used = {
            code for code in set(world.block.partner.tolist()) if code >= 0 and types[code] == partner_type
        }

        assert size == np.count_nonzero(types == partner_type)
        assert 0.6 * size <= len(used) <= size


def test_master_data_customers() -> None:
    """A company has so many customers, and deals with most of them."""
    check_partners("customer", "customers", 100)


def test_master_data_vendors() -> None:
    """A company has so many vendors, and deals with most of them."""
    check_partners("vendor", "vendors", 50)


def test_master_data_employees() -> None:
    """A company has so many employees, most of whom claim expenses."""
    check_partners("employee", "employees", 40)


def test_master_data_cost_centers() -> None:
    """Lines of income and expense are spread over so many cost centres."""
    for world, size in ((seen(MONTH), 12), (seen(*ELSEWHERE), 5)):
        assert size == len(world.words.cost_centers)
        assert {*range(size)} == set(world.block.cost_center[world.block.cost_center >= 0].tolist())


def test_approval_thresholds() -> None:
    """Above each threshold the next level approves what is entered by hand, below the first nobody has to.

    Elsewhere, 500 and 4,000 dollars are 460 and 3,700 euros.
    """
    for world, limits in ((seen(MONTH), (10_000, 100_000, 1_000_000)), (seen(*ELSEWHERE), (460, 3_700))):
        users = np.array(world.words.users)
        hand = np.isin(world.sources, ["manual", "adjustment", "reversal"])
        local = np.add.reduceat(np.maximum(world.block.local_amount, 0), world.block.first_line[:-1]) / 100
        approved = world.block.approved_by >= 0
        approver = users[world.block.approved_by]

        assert np.array_equal(approved, hand & (local > limits[0]))
        usual = approved & ~np.char.startswith(users[world.block.created_by], "controller")
        by_controller = np.char.startswith(approver, "controller")
        assert np.array_equal(by_controller[usual], local[usual] <= limits[1])
        assert usual.sum() > 20


def check_persona(persona: str) -> None:
    """Count the users of a persona, and see that most of them work."""
    usual = {
        "junior_accountant": 17,
        "senior_accountant": 9,
        "controller": 3,
        "manager": 2,
        # Seven are asked for, and every role has one.
        "automated_system": max(7, sum(is_program(role) for role in ROLES)),
    }
    wanted = {
        "junior_accountant": 31,
        "senior_accountant": 16,
        "controller": 5,
        "manager": 5,
        "automated_system": 12,
    }
    roles = {role for role, about in ROLES.items() if about.persona == persona}
    for world, sizes in ((seen(MONTH), usual), (seen(*ELSEWHERE), wanted)):
        mine = {
            code
            for code, user in enumerate(world.words.users)
            if any(user.startswith(f"{role}.") for role in roles)
        }
        active = set(world.block.created_by.tolist()) | set(world.block.approved_by.tolist())

        assert sizes[persona] == len(mine)
        assert len(mine & active) >= 0.6 * len(mine) or persona == "manager"


def test_user_personas_junior_accountant() -> None:
    """So many clerks enter documents."""
    check_persona("junior_accountant")


def test_user_personas_senior_accountant() -> None:
    """So many accountants enter documents."""
    check_persona("senior_accountant")


def test_user_personas_controller() -> None:
    """So many controllers close and approve."""
    check_persona("controller")


def test_user_personas_manager() -> None:
    """So many finance directors approve, beside the one chief financial officer."""
    check_persona("manager")


def test_user_personas_automated_system() -> None:
    """So many programs post, at least one for each role that a program has."""
    check_persona("automated_system")
