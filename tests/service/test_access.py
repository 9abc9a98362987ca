"""Who may enter."""

from __future__ import annotations

import pytest

from datasynth.errors import Unauthorized
from datasynth.service.access import ANYBODY, Access


def test_every_key_opens() -> None:
    """Each of several keys is let in, under an identity of its own that does not show the key."""
    access = Access(["first-key", "second-key"])
    identities = {access.check("first-key"), access.check("second-key")}

    assert access.required
    assert 2 == len(identities)
    assert not any("key" in identity.removeprefix("key:") for identity in identities)


@pytest.mark.parametrize("key", [None, "", "first-ke", "first-key ", "\udcff"])
def test_anything_else_is_refused(key: str | None) -> None:
    """No key, an empty one, a part of one and one that is no text at all are unauthorized."""
    with pytest.raises(Unauthorized):
        Access(["first-key"]).check(key)


def test_without_keys_anybody_may_enter() -> None:
    """A server without keys asks for none."""
    access = Access()

    assert not access.required
    assert ANYBODY == access.check(None) == access.check("whatever")


def test_keys_do_not_show() -> None:
    """Nothing that the object holds shows a key."""
    assert "first-key" not in repr(vars(Access(["first-key"])))
