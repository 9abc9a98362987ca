"""The server's present configuration, with which the next stream starts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from datasynth.config import ConfigDocument
    from datasynth.config.model import Config


class ConfigStore:
    """Holds one immutable document and replaces it; a running stream keeps its own.

    `check` raises `InvalidConfiguration` for a configuration that the server refuses; `changed`
    is called with each new one.
    """

    def __init__(
        self,
        document: ConfigDocument,
        check: Callable[[Config], None],
        changed: Callable[[Config], None],
    ) -> None:
        self._lock = threading.Lock()
        self.document = document
        self._check = check
        self._changed = changed

    def validate(self, patch: Mapping[str, object]) -> ConfigDocument:
        """Return the result of `merge`, or raise its error, without a change."""
        merged = self.document.merge(patch)
        self._check(merged.config)
        return merged

    def merge(self, patch: Mapping[str, object]) -> ConfigDocument:
        """Merge a partial document, all or nothing, and return the whole result.

        Raises
        ------
        InvalidConfiguration
            With every problem of the result, or its cost; nothing has changed then.
        """
        # Without the lock, one of two concurrent merges could undo the other.
        with self._lock:
            merged = self.document = self.validate(patch)
        self._changed(merged.config)
        return merged
