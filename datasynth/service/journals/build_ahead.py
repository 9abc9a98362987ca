"""Has the configuration in force built before anybody asks for it."""

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
    from datasynth.service.journals.build_queue import BuildQueue
    from datasynth.service.journals.build_request import BuildRequest
    from datasynth.service.journals.journal_cache import JournalCache

_log = logging.getLogger(__name__)


class BuildAhead:
    """Requests for the journal that the next caller most likely wants, for nobody yet.

    Parameters
    ----------
    builds
        Whom to ask.
    journal_cache
        Has journals.
    cost_limit
        What may be built.
    """

    def __init__(self, builds: BuildQueue, journal_cache: JournalCache, cost_limit: CostLimit) -> None:
        self._builds = builds
        self._journal_cache = journal_cache
        self._cost_limit = cost_limit
        self._lock = threading.Lock()
        self._request: BuildRequest | None = None
        self._open = False

    def begin(self, config: Config) -> None:
        """Build for the first time, and after each change from now on: the kernels are there."""
        self._open = True
        self.renew(config)

    def renew(self, config: Config) -> None:
        """Build for a configuration that holds from now on, and no longer for the one before."""
        if not self._open:
            return
        with self._lock:
            before, self._request = self._request, None
            if before is not None:
                self._builds.withdraw(before)
            try:
                self._cost_limit.check(config)
                if self._journal_cache.find(JournalSpec(config)) is None:
                    self._request = self._builds.ask(JournalSpec(config), NOBODY, self._done)
            except InvalidConfiguration as error:
                _log.warning("The configuration in force cannot be used: %s", error.message)
            except Overloaded:
                # Whoever wants it will ask; until then there is no hurry.
                return

    def _done(self) -> None:
        # the cache has the journal now, and alone decides how long.
        with self._lock:
            if self._request is not None and self._request.done:
                self._request = None
