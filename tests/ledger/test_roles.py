"""Users and approvers."""

from __future__ import annotations

import pytest

from datasynth.ledger.roles import (
    APPROVERS,
    PERSONAS,
    ROLES,
    approval_limit,
    approvers,
    is_program,
    role_sizes,
    role_users,
    users_of,
)

DEFAULT = dict(zip(PERSONAS, (17, 9, 3, 1, 7), strict=True))


def test_default_sizes() -> None:
    """With the default personas clerks are many, specialists one each."""
    expected = dict.fromkeys(ROLES, 1) | {
        "ar.clerk": 6,
        "ap.clerk": 6,
        "warehouse": 4,
        "gl.accountant": 4,
        "controller": 3,
    }

    assert expected == role_sizes(DEFAULT)
    assert list(ROLES) == list(role_sizes(DEFAULT))


@pytest.mark.parametrize("each", [1, 2, 9, 40, 500])
def test_personas_are_shared_out(each: int) -> None:
    """A persona's users are those of its roles, but never fewer than it has roles."""
    sizes = role_sizes(dict.fromkeys(PERSONAS, each))
    for persona in PERSONAS:
        counted = [name for name, role in ROLES.items() if role.persona == persona and role.weight]

        assert max(each, len(counted)) == sum(sizes[name] for name in counted)
    assert 1 == sizes["chief.financial.officer"]
    assert 1 == min(1, *sizes.values())


def test_large_departments_follow_the_weights() -> None:
    """Of many users each role has its part, to within one."""
    sizes = role_sizes(DEFAULT | {"junior_accountant": 170})

    assert (60, 60, 40, 10) == tuple(
        sizes[name] for name in ("ar.clerk", "ap.clerk", "warehouse", "hr.clerk")
    )


def test_every_role_has_its_holders_in_order() -> None:
    """Users come role by role, as many as hold it, people with a number and single programs without."""
    sizes = role_sizes(DEFAULT)
    users = list(users_of("1000", sizes))
    for role, holders in sizes.items():
        mine, users = users[:holders], users[holders:]
        if is_program(role):
            assert [f"{role}.1000"] == mine
        else:
            assert [f"{role}.{number:02}.1000" for number in range(1, holders + 1)] == mine
    assert [] == users


def test_several_programs_are_numbered() -> None:
    """Two jobs of one kind are told apart."""
    assert ("batch.bank.01.A", "batch.bank.02.A") == role_users("batch.bank", 2, "A")


def test_companies_share_no_users() -> None:
    """Ids are unique within a company and across companies."""
    sizes = role_sizes(dict.fromkeys(PERSONAS, 120))
    both = (*users_of("A", sizes), *users_of("B", sizes))

    assert len(both) == len(set(both))


def test_roles_speak_of_known_personas() -> None:
    """Every persona has a role, programs are automated systems, and titles differ."""
    assert set(PERSONAS) == {role.persona for role in ROLES.values()}
    assert len(ROLES) == len({role.title for role in ROLES.values()})
    for name, role in ROLES.items():
        assert is_program(name) == (role.persona == "automated_system")


@pytest.mark.parametrize(
    ("thresholds", "expected"),
    [
        ((10, 100, 1_000), {"gl.accountant": 10, "controller": 100, "finance.director": 1_000, "last": None}),
        ((10, 100), {"gl.accountant": 10, "controller": 100, "finance.director": None, "last": None}),
        ((10,), {"gl.accountant": 10, "controller": None, "finance.director": None, "last": None}),
    ],
)
def test_limits(thresholds: tuple[int, ...], expected: dict[str, int | None]) -> None:
    """A limit is the threshold from which somebody higher is needed; the highest needs nobody."""
    limits = {role: approval_limit(role, thresholds) for role in ("gl.accountant", *APPROVERS)}

    assert expected == {"last" if role == APPROVERS[-1] else role: limit for role, limit in limits.items()}
    assert APPROVERS[: len(thresholds)] == approvers(thresholds)


@pytest.mark.parametrize("thresholds", [(10,), (10, 100), (10, 100, 1_000)])
def test_approvers_suffice(thresholds: tuple[int, ...]) -> None:
    """Whoever is needed above a threshold may approve up to the next one at least."""
    for place, role in enumerate(approvers(thresholds)):
        limit = approval_limit(role, thresholds)

        assert limit is None or thresholds[place + 1] <= limit


def test_approvers_have_roles() -> None:
    """Each level of approval has a role that exists."""
    assert set(APPROVERS) <= set(ROLES)
