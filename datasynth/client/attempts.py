"""How often a call is tried again, and how long it waits before that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.client.errors import NoServerError, TimedOutError

if TYPE_CHECKING:
    from datasynth.client.errors import ClientError

FIRST_WAIT = 0.2
"""Before the second try; it doubles with each further one. [s]"""

LONGEST_WAIT = 10.0
"""Where the server does not say how long. [s]"""

LONGEST_TOLD = 120.0
"""A server that wants a longer wait than this is not waited for. [s]"""


class Attempts:
    """The tries of one call, or of one reader that goes on where its connection broke.

    Parameters
    ----------
    retries
        Number of retries without progress, after the first try.
    """

    def __init__(self, retries: int) -> None:
        self._retries = retries
        self._failed = 0
        self._begun = False

    def progressed(self) -> None:
        """Count from the beginning: something has arrived that was not there before."""
        self._failed = 0
        self._begun = True

    def failed(self, error: ClientError) -> float:
        """Return how long to wait before the next try. [s]

        Raises
        ------
        ClientError
            The error itself, if another try does not help or there were enough.
        """
        self._failed += 1
        if not self._may_pass(error) or self._failed > self._retries:
            raise error
        if error.retry_after is not None:
            if error.retry_after > LONGEST_TOLD:
                raise error
            return error.retry_after
        return float(min(FIRST_WAIT * 2 ** (self._failed - 1), LONGEST_WAIT))

    def _may_pass(self, error: ClientError) -> bool:
        """Where there never was a server, or never an answer in time, waiting longer is no use."""
        return error.passing or (self._begun and isinstance(error, NoServerError | TimedOutError))
