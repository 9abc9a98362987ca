"""Who may enter, and do what."""

from __future__ import annotations

import logging
from contextlib import suppress

import pytest

from datasynth.errors import Forbidden, Unauthorized
from datasynth.service.admission.access import (
    ALL_RIGHTS,
    Access,
    ApiKey,
    Principal,
    Right,
    authorize,
    digest,
    unnamed_keys,
)

READER = Principal("key:dashboard", "192.0.2.1", "dashboard", frozenset({Right.READ}))
OPERATOR = Principal("key:ops", "192.0.2.2", "ops", ALL_RIGHTS)


def test_every_key_opens() -> None:
    """Each of several keys is let in, under a name of its own that does not show the key."""
    access = Access(unnamed_keys(["first-secret", "second-secret"]))
    names = [access.check(key).name for key in ("first-secret", "second-secret")]

    assert access.required
    assert ["api-key-1", "api-key-2"] == names


@pytest.mark.parametrize("key", ["", "first-ke", "first-key ", "\udcff"])
def test_anything_else_is_refused(key: str) -> None:
    """An empty key, a part of one and one that is no text at all are unauthorized."""
    with pytest.raises(Unauthorized):
        Access(unnamed_keys(["first-key"])).check(key)


def test_a_key_says_who_asks_and_what_for() -> None:
    """Name, rights and the client that requests count for come from the key, the address from the peer."""
    access = Access([ApiKey("dashboard", digest("secret"), frozenset({Right.READ}))])

    assert READER == access.principal(["stale", "secret"], "192.0.2.1", "192.0.2.1", "a header")


def test_without_keys_anybody_may_do_anything() -> None:
    """A server without keys asks for none, and knows clients by where they come from."""
    access = Access()

    assert not access.required
    assert Principal("2001:db8::/64", "2001:db8::1", None, ALL_RIGHTS) == access.principal(
        ["whatever"], "2001:db8::/64", "2001:db8::1", "a header"
    )


def test_without_a_key_one_is_told_how_to_send_it() -> None:
    """The refusal of a client that sent none names the ways, and that of a stale key does not."""
    access = Access(unnamed_keys(["secret"]))

    with pytest.raises(Unauthorized, match="send it as a header"):
        access.principal([], "a", "a", "a header")
    with pytest.raises(Unauthorized, match="is not valid"):
        access.principal(["stale"], "a", "a", "a header")


def test_keys_do_not_show() -> None:
    """Nothing that the object holds shows a key."""
    assert "first-key" not in repr(vars(Access(unnamed_keys(["first-key"]))))


def test_a_missing_right_is_forbidden() -> None:
    """The sentence names the right that is missing and the key that lacks it."""
    authorize(READER, Right.READ, "GET /api/config", "id-1")
    authorize(OPERATOR, Right.CONTROL, "POST /api/stream/stop", "id-2")

    with pytest.raises(Forbidden, match="the right control, and key dashboard does not have it"):
        authorize(READER, Right.CONTROL, "POST /api/stream/stop", "id-3")


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (OPERATOR, "POST /api/stream/stop by key ops at 192.0.2.2, request_id id-7"),
        (READER, "POST /api/stream/stop by key dashboard at 192.0.2.1 refused, request_id id-7"),
        (Principal("127.0.0.1", "::1"), "POST /api/stream/stop by ::1, request_id id-7"),
    ],
)
def test_control_is_logged(principal: Principal, expected: str, caplog: pytest.LogCaptureFixture) -> None:
    """One line says who did what from where, also where it is refused, and reading says nothing."""
    caplog.set_level(logging.INFO)
    authorize(principal, Right.READ, "GET /api/config", "id-6")
    with suppress(Forbidden):
        authorize(principal, Right.CONTROL, "POST /api/stream/stop", "id-7")

    assert [expected] == caplog.messages
    assert (principal.key, principal.address, "id-7") == (
        caplog.records[0].__dict__["key_name"],
        caplog.records[0].__dict__["address"],
        caplog.records[0].__dict__["request_id"],
    )
