"""One caller's wait for a journal, and the build that all who want the same one share."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from datasynth.errors import DatasynthError

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.journals.protocols import JournalLike
    from datasynth.service.journals.version import JournalSpec

NOBODY = ""
"""The client of builds ahead of any request."""


class Abandoned(Exception):
    """Nobody wants a build any more; raised at a checkpoint, and caught by whoever builds."""


class BuildRequest:
    """One wait for a journal; `done` is written last, so it can be looked at without a lock.

    Attributes
    ----------
    build
        What it waits for.
    client
        Whom it counts for.
    wake
        Called from another thread, with no lock held, once it is done.
    lasting
        Whether it outlives a shortage of memory, as a stream's does.
    done
        Whether there is a journal, or an error.
    """

    __slots__ = ("_error", "_journal", "build", "client", "done", "lasting", "wake")

    def __init__(self, build: Build, client: str, wake: Callable[[], None], *, lasting: bool) -> None:
        self.build = build
        self.client = client
        self.wake = wake
        self.lasting = lasting
        self.done = False
        self._journal: JournalLike | None = None
        self._error: DatasynthError | None = None

    def journal(self) -> JournalLike:
        """Return the journal of a request that is done.

        Raises
        ------
        DatasynthError
            It could not be built.
        """
        if self._error is not None:
            # A copy each time: an error that was raised holds on to everything on its way.
            raise copy(self._error)
        if self._journal is None:
            raise LookupError("the request is not done")
        return self._journal

    def settle(self, outcome: JournalLike | DatasynthError) -> None:
        """Be done; the queue calls it, once."""
        if isinstance(outcome, DatasynthError):
            self._error = outcome
        else:
            self._journal = outcome
        self.done = True


class Build:
    """One journal that is wanted.

    Attributes
    ----------
    spec, cost
        What to build, and what it is going to take. [bytes]
    requests
        Who waits, in the order of asking.
    charged
        Whose turn it is carried out in, while it is.
    dropped
        Whether it is to end at its next checkpoint.
    alone
        Whether nothing else may be built beside it, since memory has become low during it before.
    """

    __slots__ = ("alone", "charged", "cost", "dropped", "requests", "spec")

    def __init__(self, spec: JournalSpec, cost: int, *, alone: bool = False) -> None:
        self.spec = spec
        self.cost = cost
        self.alone = alone
        self.requests: dict[BuildRequest, None] = {}
        self.charged: str | None = None
        self.dropped = False

    @property
    def ahead(self) -> bool:
        """Whether no caller has asked for it."""
        return all(request.client == NOBODY for request in self.requests)

    def checkpoint(self) -> None:
        """End the build if nobody wants it; called between its steps, on its thread.

        Raises
        ------
        Abandoned
            Nobody does, or it makes way.
        """
        if self.dropped:
            raise Abandoned
