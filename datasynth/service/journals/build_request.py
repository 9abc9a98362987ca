"""A caller's request for a journal, and the build that equal requests share."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datasynth.errors import DatasynthError

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.journals.protocols import JournalProtocol
    from datasynth.service.journals.version import JournalSpec

NOBODY = ""
"""The client of builds ahead of any request."""


class Abandoned(Exception):
    """Raised at a checkpoint of a build that is no longer requested; `Journals` catches it."""


@dataclass(slots=True, eq=False)
class BuildRequest:
    """One caller's wait for a journal.

    Attributes
    ----------
    wake
        Called from another thread, with no lock held, once it is done.
    lasting
        Whether it outlives a shortage of memory, as a stream's does.
    outcome
        The journal or an error, once it is done; written once, so it can be read without a lock.
    """

    build: Build
    client: str
    wake: Callable[[], None]
    lasting: bool
    outcome: JournalProtocol | DatasynthError | None = None

    @property
    def done(self) -> bool:
        """Whether there is a journal, or an error."""
        return self.outcome is not None

    def journal(self) -> JournalProtocol:
        """Return the journal of a request that is done, or raise the error of its build."""
        if self.outcome is None:
            raise LookupError("the request is not done")
        if isinstance(self.outcome, DatasynthError):
            # A copy each time: an exception that was raised keeps its traceback alive.
            raise copy(self.outcome)
        return self.outcome


@dataclass(slots=True, eq=False)
class Build:
    """The build of one journal.

    Attributes
    ----------
    spec, cost
        The journal, and its estimated memory. [bytes]
    alone
        Whether no other build may run beside it, since memory became low during it before.
    requests
        Requests that wait for it, oldest first.
    charged
        The client whose turn it takes; None while it waits.
    dropped
        Whether it must end at its next checkpoint.
    """

    spec: JournalSpec
    cost: int
    alone: bool = False
    requests: dict[BuildRequest, None] = field(default_factory=dict)
    charged: str | None = None
    dropped: bool = False

    @property
    def ahead(self) -> bool:
        """Whether no caller has requested it."""
        return all(request.client == NOBODY for request in self.requests)

    def checkpoint(self) -> None:
        """Raise `Abandoned` if the build is dropped; called between its steps, on its thread."""
        if self.dropped:
            raise Abandoned
