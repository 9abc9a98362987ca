"""The server's present configuration: the one that the next stream starts with."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasynth.config import ConfigDocument


class ConfigStore:
    """Holds one immutable document and swaps it for the next; a running stream keeps its own."""

    def __init__(self, document: ConfigDocument) -> None:
        self._lock = threading.Lock()
        self._document = document

    @property
    def document(self) -> ConfigDocument:
        """The document that holds now."""
        return self._document

    def merge(self, patch: Mapping[str, object]) -> ConfigDocument:
        """Merge a partial document, all or nothing, and return the whole result.

        Raises
        ------
        InvalidConfiguration
            With every problem of the result; nothing has changed then.
        """
        # The lock makes two merges at once add up instead of one undoing the other.
        with self._lock:
            self._document = self._document.merge(patch)
            return self._document
