"""Makes journals that share what they have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.build_context import BuildContext, carry_on
from datasynth.generation.journal import Journal
from datasynth.shared_parts import SharedParts

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.generation.build_context import Checkpoint

KEPT_BYTES = 96 << 20
"""What is kept for the next journal: lag tables, amounts, template pools of some configurations. [bytes]"""


class JournalMaker:
    """Builds journals, and keeps the parts that the next one may have in common with them.

    Safe to use from many threads; builds run beside one another.

    Parameters
    ----------
    kept_bytes
        How much is kept at most. [bytes]
    """

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._parts = SharedParts(kept_bytes)

    def make(self, config: Config, checkpoint: Checkpoint = carry_on) -> Journal:
        """Build the journal of a configuration.

        Parameters
        ----------
        checkpoint
            Called again and again while the journal is built, some ten milliseconds
            apart; what it raises ends the build and leaves nothing unfinished behind.

        Returns
        -------
        Journal
            The same as ``Journal(config)``.
        """
        return Journal(config, BuildContext(self._parts, checkpoint))

    def clear(self) -> None:
        """Let go of all kept parts."""
        self._parts.clear()
