"""The interface of a journal, and of functions that make journals and encoders.

Tests use a small journal of their own; the server uses that of `datasynth.generation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

from datasynth.config.model import Config
from datasynth.encoding import AnyFormat, Encoder
from datasynth.generation.block import Vocabulary
from datasynth.generation.parties.directory import Party, User

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from datasynth.generation.block import Block
    from datasynth.generation.journal import Balances
    from datasynth.generation.open_items import OpenItem
    from datasynth.generation.triggers.segments import Trigger
    from datasynth.ledger.chart import Chart


class JournalProtocol(Protocol):
    """An immutable journal, readable from any thread; `datasynth.generation.journal.Journal` explains it."""

    @property
    def config(self) -> Config:
        """The configuration."""

    @property
    def total(self) -> int:
        """Number of entries, triggered ones included."""

    @property
    def vocabulary(self) -> Vocabulary:
        """Words behind the codes of its blocks."""

    @property
    def chart(self) -> Chart:
        """Accounts behind the codes of its blocks."""

    @property
    def nbytes(self) -> int:
        """Memory, shared parts included. [bytes]"""

    def block(self, first: int, count: int) -> Block:
        """Compute entries ``first … first + count - 1``."""

    def posting_day(self, sequence: int) -> int:
        """Return the posting date of an entry. [days since 1970-01-01]"""

    def entries_through(self, day: int) -> int:
        """Count the entries posted up to the end of a day. [days since 1970-01-01]"""

    def balances(self, position: int) -> Balances:
        """Sum the entries before a position; may take a tenth of a second."""

    def closed_results(self, position: int) -> NDArray[np.int64]:
        """Sum what year-end closes have posted to income and expense accounts: (companies, accounts)."""

    def entries_by_day(self, position: int) -> NDArray[np.int64]:
        """Count the entries of each day before a position: (days,)."""

    def entries_by_type(self, position: int) -> Mapping[str, int]:
        """Count the entries of each document type before a position."""

    def open_items(
        self, position: int, company: int | None, after: int, limit: int
    ) -> tuple[Sequence[OpenItem], int | None]:
        """List the open items at a position, and where the next page begins."""

    def trigger(self, pattern: str, at_sequence: int) -> tuple[JournalProtocol, Trigger]:
        """Return the journal with a package inserted at `at_sequence`, and what was inserted."""


MakeJournal = Callable[[Config, Callable[[], None]], JournalProtocol]
"""Builds a journal; may take seconds, so only native threads call it.

It calls the second argument between its steps; an exception ends the build.
"""

MakeEncoder = Callable[[AnyFormat, Vocabulary, str], Encoder]
"""Prepares an encoder of a format for the words of a journal and a stream's id."""

ListParties = Callable[[Config, str | None], Iterable[Party]]
"""Lists the parties of one company, by its code, or of all; lazily, since there may be many."""

ListUsers = Callable[[Config], Iterable[User]]
"""Lists the users of all companies."""
