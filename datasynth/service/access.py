"""Who may enter: keys, compared in constant time and never kept as they are."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from datasynth.errors import Unauthorized

if TYPE_CHECKING:
    from collections.abc import Iterable

ANYBODY = "anybody"
"""Identity of every client of a server without keys."""


class Access:
    """The keys that open the server.

    Parameters
    ----------
    keys
        Every key that is let in; none at all opens the server to anybody.
    """

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._digests = tuple(_digest(key) for key in keys)

    @property
    def required(self) -> bool:
        """Tell whether a client must show a key."""
        return bool(self._digests)

    def check(self, key: str | None) -> str:
        """Return the identity of the client that shows `key`: a hash, never the key.

        Raises
        ------
        Unauthorized
            If a key is required and this is none of them.
        """
        if not self.required:
            return ANYBODY
        if key is None:
            raise Unauthorized("This server wants a key: send it as X-API-Key or as a bearer token.")
        shown = _digest(key)
        fits = False
        for digest in self._digests:
            # Every comparison is made, so timing tells nothing about which key fits.
            fits |= hmac.compare_digest(shown, digest)
        if not fits:
            raise Unauthorized("This key does not open the server.")
        return f"key:{shown.hex()[:16]}"


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
