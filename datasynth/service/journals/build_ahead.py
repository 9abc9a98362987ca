"""Builds the journal of the present configuration before a request for it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from datasynth.errors import InvalidConfiguration, Overloaded
from datasynth.service.journals.build_request import NOBODY
from datasynth.service.journals.version import JournalSpec

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.admission.cost_limit import CostLimit
    from datasynth.service.journals.build_request import BuildRequest
    from datasynth.service.journals.journals import Journals

_log = logging.getLogger(__name__)


class BuildAhead:
    """Requests the journal that the next caller most likely wants."""

    def __init__(self, journals: Journals, cost_limit: CostLimit) -> None:
        self._journals = journals
        self._cost_limit = cost_limit
        self._lock = threading.Lock()
        self._request: BuildRequest | None = None
        self._open = False

    def begin(self, config: Config) -> None:
        """Build now, and from now on after each change; called when the kernels are there."""
        self._open = True
        self.renew(config)

    def renew(self, config: Config) -> None:
        """Build the journal of a new configuration instead of that of the previous one."""
        if not self._open:
            return
        spec = JournalSpec(config)
        with self._lock:
            before, self._request = self._request, None
            if before is not None:
                self._journals.queue.withdraw(before)
            try:
                self._cost_limit.check(config)
                if self._journals.cache.find(spec) is None:
                    self._request = self._journals.queue.ask(spec, NOBODY, self._done)
            except InvalidConfiguration as error:
                _log.warning("The current configuration cannot be used: %s", error.message)
            except Overloaded:
                # The first caller that needs it will request it.
                return

    def _done(self) -> None:
        # From now on the cache alone keeps the journal.
        with self._lock:
            if self._request is not None and self._request.done:
                self._request = None
