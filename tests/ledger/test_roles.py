"""Users."""

from __future__ import annotations

from datasynth.ledger.roles import APPROVAL_LIMITS, APPROVERS, ROLES, users_of


def test_every_role_has_its_holders_in_order() -> None:
    """Users come role by role, as many as hold it, people with a number and programs without."""
    users = list(users_of("1000"))
    for role, holders in ROLES.items():
        mine, users = users[:holders], users[holders:]
        if role.startswith("batch."):
            assert [f"{role}.1000"] == mine
        else:
            assert [f"{role}.{number:02}.1000" for number in range(1, holders + 1)] == mine
    assert [] == users


def test_companies_share_no_users() -> None:
    """Ids are unique within a company and across companies."""
    both = (*users_of("A"), *users_of("B"))

    assert len(both) == len(set(both))


def test_approvers_rise_with_their_limits() -> None:
    """Each level of approval has a role that exists and a limit above the last."""
    assert set(APPROVERS) <= set(ROLES)
    assert len(APPROVERS) == len(APPROVAL_LIMITS)
    assert sorted(set(APPROVAL_LIMITS)) == list(APPROVAL_LIMITS)


def test_programs_have_one_user() -> None:
    """A batch role is one program."""
    assert {1} == {holders for role, holders in ROLES.items() if role.startswith("batch.")}
