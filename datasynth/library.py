"""A journal inside a program, without a server: `Journal` and `Block` as users import them.

They are the engine's own classes with what only a layer above it can add:
reading a configuration, Arrow, and pickles.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from datasynth.config import config_from_mapping
from datasynth.encoding import EntriesFormat, View
from datasynth.encoding.arrow import RecordBatchEncoder
from datasynth.generation import block as engine_block
from datasynth.generation import journal as engine_journal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    import pyarrow as pa

    from datasynth.config import Config
    from datasynth.generation.triggers.segments import Trigger

ViewName = Literal["line", "document"]
"""A row a line, or a row an entry."""


@dataclass(frozen=True, slots=True, eq=False)
class Block(engine_block.Block):
    """A run of entries as columns of numbers, which `to_arrow` turns into words, amounts and dates.

    Attributes
    ----------
    journal
        What the entries are of; the other attributes are those of the engine's block.
    """

    journal: Journal = field(repr=False)

    def to_arrow(self, view: ViewName = "line") -> pa.RecordBatch:
        """Convert the block to one record batch.

        Columns have the names, the order and the values of a download.  Words are
        dictionary-encoded strings, amounts ``decimal128(23, 4)``, exchange rates
        ``decimal128(27, 14)``, dates ``date32``, times ``timestamp[s, UTC]``; what an
        entry or a line does not have is null.

        Parameters
        ----------
        view
            ``line``: a row a line, as in CSV; ``document``: a row an entry, with its
            lines as a list of structs.

        Raises
        ------
        ValueError
            There is no such view, or the block has more lines than a record batch
            holds, which are some sixty million.
        """
        if view not in set(View):
            raise ValueError(f"unknown view {view!r}; the views are {' and '.join(View)}")
        return self.journal.arrow_encoder(View(view)).encode(self)


class Journal(engine_journal.Journal):
    """All entries of a configuration, and of the closes that were triggered, by number.

    Immutable and safe to use from any thread.  A pickle holds the configuration and
    the triggers, some kilobytes; unpickling builds the journal again, with the same
    entries.
    """

    _requests: tuple[tuple[str, int], ...] = ()

    @classmethod
    def from_config(cls, document: Mapping[str, object]) -> Self:
        """Build the journal of a configuration.

        Parameters
        ----------
        document
            What a configuration file would hold, in plain values; what it leaves out
            has its default.

        Raises
        ------
        InvalidConfiguration
            With every problem, by dotted path, in ``details``.
        InvalidRequest
            If it is no mapping, or far too large for a configuration.
        """
        return cls(config_from_mapping(document))

    def arrow_encoder(self, view: View) -> RecordBatchEncoder:
        """Return what turns blocks of this journal into record batches; its words are prepared once."""
        return self._arrow_encoders[view]

    @cached_property
    def _arrow_encoders(self) -> dict[View, RecordBatchEncoder]:
        return {view: RecordBatchEncoder(self.vocabulary, EntriesFormat(view=view)) for view in View}

    def block(self, first: int, count: int) -> Block:
        """Compute entries ``first … first + count - 1``; ValueError if there are no such entries."""
        block = super().block(first, count)
        return Block(**{column.name: getattr(block, column.name) for column in fields(block)}, journal=self)

    def trigger(self, pattern: str, at_sequence: int) -> tuple[Self, Trigger]:
        """Insert a close before an entry; see the engine's method of this name."""
        journal, trigger = super().trigger(pattern, at_sequence)
        journal._requests = (*self._requests, (pattern, at_sequence))  # noqa: SLF001 - of its own class
        return journal, trigger

    def __reduce__(self) -> tuple[object, ...]:
        return _build, (self.config, self._requests)


def _build(config: Config, requests: tuple[tuple[str, int], ...]) -> Journal:
    journal = Journal(config)
    for pattern, at_sequence in requests:
        journal, _ = journal.trigger(pattern, at_sequence)
    return journal
