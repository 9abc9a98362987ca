"""One caller's wait for a journal, and the build that all who want the same one share."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datasynth.errors import DatasynthError

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.journals.protocols import JournalLike
    from datasynth.service.journals.version import JournalSpec

NOBODY = ""
"""The client of builds ahead of any request."""


class Abandoned(Exception):
    """A build is not wanted any more; raised at a checkpoint, and caught where builds are carried out."""


@dataclass(slots=True, eq=False)
class BuildRequest:
    """One caller's wait for a journal.

    Attributes
    ----------
    build
        What it waits for.
    client
        The client that it counts for.
    wake
        Called from another thread, with no lock held, once it is done.
    lasting
        Whether it outlives a shortage of memory, as a stream's does.
    outcome
        The journal or an error, once it is done; written once, so it can be looked at without a lock.
    """

    build: Build
    client: str
    wake: Callable[[], None]
    lasting: bool
    outcome: JournalLike | DatasynthError | None = None

    @property
    def done(self) -> bool:
        """Whether there is a journal, or an error."""
        return self.outcome is not None

    def journal(self) -> JournalLike:
        """Return the journal of a request that is done.

        Raises
        ------
        DatasynthError
            It could not be built.
        """
        if self.outcome is None:
            raise LookupError("the request is not done")
        if isinstance(self.outcome, DatasynthError):
            # A copy each time: an error that was raised holds on to everything on its way.
            raise copy(self.outcome)
        return self.outcome


@dataclass(slots=True, eq=False)
class Build:
    """One journal that is wanted.

    Attributes
    ----------
    spec, cost
        What to build, and what it is going to take. [bytes]
    alone
        Whether nothing else may be built beside it, since memory has become low during it before.
    requests
        Who waits, oldest first.
    charged
        The client whose turn it is carried out in; None while it waits.
    dropped
        Whether it is to end at its next checkpoint.
    """

    spec: JournalSpec
    cost: int
    alone: bool = False
    requests: dict[BuildRequest, None] = field(default_factory=dict)
    charged: str | None = None
    dropped: bool = False

    @property
    def ahead(self) -> bool:
        """Whether no caller has asked for it."""
        return all(request.client == NOBODY for request in self.requests)

    def checkpoint(self) -> None:
        """End the build if it is not wanted any more; called between its steps, on its thread.

        Raises
        ------
        Abandoned
            No request is left, or the build makes way for another.
        """
        if self.dropped:
            raise Abandoned
