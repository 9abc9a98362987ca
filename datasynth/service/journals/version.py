"""A journal with its trigger log, and the names by which its blocks are shared.

Two streams with equal configurations and equal trigger logs have the same
entries, so the name of a block is a fingerprint of both and of its number.  A
trigger leaves all entries below it as they were; a block that ends there keeps
the name that it had, and is not computed again.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.journals.protocols import JournalLike


@dataclass(frozen=True, slots=True)
class JournalSpec:
    """All that it takes to build a journal: a configuration and the triggers in order."""

    config: Config
    triggers: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class JournalVersion:
    """A journal as it stands between two triggers; immutable.

    Attributes
    ----------
    spec
        What it is built from.
    total
        Its number of entries.
    journal
        The journal, or None when it would have to be built again.
    fingerprints
        Names of the journals after 0, 1, 2 … triggers.
    cuts
        Where each trigger was inserted; never descending, as a head never goes back.
    """

    spec: JournalSpec
    total: int
    journal: JournalLike | None
    fingerprints: tuple[str, ...]
    cuts: tuple[int, ...] = ()

    @classmethod
    def planned(cls, config: Config) -> JournalVersion:
        """Return the version without triggers of a journal that has still to be built."""
        return cls(JournalSpec(config), config.transactions.target_count, None, (_digest(repr(config)),))

    @classmethod
    def fresh(cls, config: Config, journal: JournalLike) -> JournalVersion:
        """Return the version of a journal without triggers."""
        return cls.planned(config).opened(journal)

    def triggered(self, pattern: str, at_sequence: int, journal: JournalLike) -> JournalVersion:
        """Return the version that follows when `journal` has one more package."""
        return JournalVersion(
            JournalSpec(self.spec.config, (*self.spec.triggers, (pattern, at_sequence))),
            journal.total,
            journal,
            (*self.fingerprints, _digest(f"{self.fingerprints[-1]} {pattern} {at_sequence}")),
            (*self.cuts, at_sequence),
        )

    def opened(self, journal: JournalLike) -> JournalVersion:
        """Return the same with its journal."""
        return replace(self, journal=journal, total=journal.total)

    def without_journal(self) -> JournalVersion:
        """Return the same without holding on to the journal's memory."""
        return replace(self, journal=None)

    def fingerprint(self, end: int) -> str:
        """Name the first journal in which the entries below `end` look as they do now."""
        return self.fingerprints[bisect_left(self.cuts, end)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
