"""Makes journals that share their common parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.build_context import BuildContext, carry_on
from datasynth.generation.journal import Journal
from datasynth.shared_parts import SharedParts

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.generation.build_context import Checkpoint

KEPT_BYTES = 96 << 20
"""Memory for lag tables, amounts and template pools that later journals may share. [bytes]"""


class JournalMaker:
    """Builds journals and keeps up to `kept_bytes` of parts that later ones may share.

    Safe to use from many threads; builds run concurrently. [bytes]
    """

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._parts = SharedParts(kept_bytes)

    def make(self, config: Config, checkpoint: Checkpoint = carry_on) -> Journal:
        """Build the same journal as ``Journal(config)``.

        The build calls `checkpoint` every few ten milliseconds; an exception ends the
        build and leaves nothing unfinished.
        """
        return Journal(config, BuildContext(self._parts, checkpoint))

    def clear(self) -> None:
        """Forget all kept parts."""
        self._parts.clear()
