"""Keys and their rights; keys are compared in constant time, and only their hashes are kept."""

from __future__ import annotations

import hashlib
import hmac
import logging
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from datasynth.errors import Forbidden, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Iterable

# The name is public, since operators filter the log by it.
_log = logging.getLogger("datasynth.service.access")


class Right(StrEnum):
    """A right of a key."""

    READ = "read"
    """To see and to download, which changes nothing for others."""

    CONTROL = "control"
    """To change the configuration, and to start, stop, pause, resume and trigger streams."""


ALL_RIGHTS = frozenset(Right)


class ApiKey(NamedTuple):
    """A key that opens the server: its name in the log, SHA-256 and rights."""

    name: str
    digest: bytes
    rights: frozenset[Right] = ALL_RIGHTS


class Principal(NamedTuple):
    """An admitted client: a key, or an address on a server without keys (`key` is None then)."""

    client: str
    address: str
    key: str | None = None
    rights: frozenset[Right] = ALL_RIGHTS


class Access:
    """The keys that open the server; without any it is open to everybody."""

    def __init__(self, keys: Iterable[ApiKey] = ()) -> None:
        self._keys = tuple(keys)

    @property
    def required(self) -> bool:
        """Tell whether a client must show a key."""
        return bool(self._keys)

    def check(self, key: str) -> ApiKey:
        """Return the key that a client shows, or raise `Unauthorized`."""
        shown = digest(key)
        match: ApiKey | None = None
        for known in self._keys:
            # All keys are compared, so the time does not depend on which one matches.
            if hmac.compare_digest(shown, known.digest):
                match = match or known
        if match is None:
            raise Unauthorized("The key is not valid.")
        return match

    def principal(self, keys: Iterable[str], client: str, address: str, how: str) -> Principal:
        """Return who makes a request.

        Parameters
        ----------
        keys
            Keys of the request, of which one must be known.
        client
            The client of the address.
        how
            The ways to send a key, for the message to a client that sent none.

        Raises
        ------
        Unauthorized
            A key is required, and none of these is known.
        """
        if not self.required:
            return Principal(client, address)
        refusal = Unauthorized(f"A key is required: send it as {how}.")
        for key in keys:
            try:
                known = self.check(key)
            except Unauthorized as error:
                refusal = error
            else:
                return Principal(f"key:{known.name}", address, known.name, known.rights)
        raise refusal


def authorize(principal: Principal, right: Right, call: str, request_id: str) -> None:
    """Allow a call, or refuse it; calls that need the right to control are logged either way.

    Parameters
    ----------
    call
        One line of visible characters, such as ``POST /api/stream/start``.

    Raises
    ------
    Forbidden
        The key does not have the right.
    """
    allowed = right in principal.rights
    if right is Right.CONTROL:
        who = f"key {principal.key} at {principal.address}" if principal.key else principal.address
        _log.info(
            "%s by %s%s, request_id %s",
            call,
            who,
            "" if allowed else " refused",
            request_id,
            extra={
                "call": call,
                "key_name": principal.key,
                "address": principal.address,
                "allowed": allowed,
                "request_id": request_id,
            },
        )
    if not allowed:
        raise Forbidden(f"This call needs the right {right}, and key {principal.key} does not have it.")


def unnamed_keys(keys: Iterable[str]) -> tuple[ApiKey, ...]:
    """Give keys all rights, and names by their number: ``api-key-1``."""
    return tuple(ApiKey(f"api-key-{place}", digest(key)) for place, key in enumerate(keys, start=1))


def digest(key: str) -> bytes:
    """Return the SHA-256 of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
