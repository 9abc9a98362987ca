"""Has the configuration in force built before anybody asks for it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from datasynth.errors import InvalidConfiguration, Overloaded
from datasynth.service.edition import Recipe
from datasynth.service.wishes import NOBODY

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.admission import Admission
    from datasynth.service.builds import BuildQueue
    from datasynth.service.journal_shelf import JournalShelf
    from datasynth.service.wishes import Wish

_log = logging.getLogger(__name__)


class BuildAhead:
    """Wishes for the journal that the next caller most likely wants, for nobody yet.

    Parameters
    ----------
    builds
        Whom to ask.
    shelf
        Has journals.
    admission
        What may be built.
    """

    def __init__(self, builds: BuildQueue, shelf: JournalShelf, admission: Admission) -> None:
        self._builds = builds
        self._shelf = shelf
        self._admission = admission
        self._lock = threading.Lock()
        self._wish: Wish | None = None
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
            before, self._wish = self._wish, None
            if before is not None:
                self._builds.withdraw(before)
            try:
                self._admission.check(config)
                if self._shelf.find(Recipe(config)) is None:
                    self._wish = self._builds.ask(Recipe(config), NOBODY, self._done)
            except InvalidConfiguration as error:
                _log.warning("The configuration in force cannot be used: %s", error.message)
            except Overloaded:
                # Whoever wants it will ask; until then there is no hurry.
                return

    def _done(self) -> None:
        # The shelf has the journal now, and alone decides how long.
        with self._lock:
            if self._wish is not None and self._wish.done:
                self._wish = None
