"""What the service asks of the layers below it, and of the world around it.

The journal is named by what streams need of it, so that a test can bring a
small one of its own and the composition root the real one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.config.model import Config
    from datasynth.encoding import Encoder, Format
    from datasynth.generation.block import Block, Vocabulary
    from datasynth.service.journals.reference_protocols import BalancesLike, ChartLike, OpenItemLike


class TriggerLike(Protocol):
    """A package of entries that a trigger has inserted."""

    @property
    def pattern(self) -> str:
        """Name of the pattern."""

    @property
    def at_sequence(self) -> int:
        """Sequence number before which the package was inserted."""

    @property
    def entries(self) -> int:
        """Number of entries added, later reversals included."""


class JournalLike(Protocol):
    """An immutable journal, readable from any thread.

    A trigger at ``at_sequence`` leaves every entry below it as it was.
    """

    @property
    def config(self) -> Config:
        """What it was made from."""

    @property
    def total(self) -> int:
        """Number of entries, triggered ones included."""

    @property
    def vocabulary(self) -> Vocabulary:
        """Words behind the codes of its blocks."""

    @property
    def chart(self) -> ChartLike:
        """Accounts behind the codes of its blocks."""

    @property
    def nbytes(self) -> int:
        """Memory that it takes, what it shares with others included. [bytes]"""

    def block(self, first: int, count: int) -> Block:
        """Compute entries ``first … first + count - 1``."""

    def posting_day(self, sequence: int) -> int:
        """Return the posting date of an entry. [days since 1970-01-01]"""

    def entries_through(self, day: int) -> int:
        """Count the entries posted up to the end of a day. [days since 1970-01-01]"""

    def balances(self, position: int) -> BalancesLike:
        """Sum the entries before a position; may take a tenth of a second."""

    def open_items(
        self, position: int, company: int | None, after: int, limit: int
    ) -> tuple[Sequence[OpenItemLike], int | None]:
        """List what the entries before a position leave open.

        Parameters
        ----------
        position
            Number of entries before it.
        company
            Index of the company, or None for all.
        after
            Place to go on from, as the call before returned it; 0 to begin.
        limit
            Items to return at most.

        Returns
        -------
        items
            In an order that depends on nothing but the journal and the position.
        after
            Place of the next page, or None after the last item.
        """

    def trigger(self, pattern: str, at_sequence: int) -> tuple[JournalLike, TriggerLike]:
        """Return the journal with a package inserted at `at_sequence`, and what was inserted."""


MakeJournal = Callable[["Config", Callable[[], None]], JournalLike]
"""Builds a schedule; may take seconds, so only native threads call it.

The second argument is called between its steps; whatever that raises ends the build.
"""

EstimateBytes = Callable[["Config"], int]
"""Foretells what building and holding a journal takes, in milliseconds. [bytes]"""

MakeEncoder = Callable[["Format", "Vocabulary", str], "Encoder"]
"""Prepares an encoder of a format for the words of a journal and a stream's id."""
