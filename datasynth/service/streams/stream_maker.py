"""How a stream comes into being: with its journal if that is there, else preparing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from datasynth.service.streams.head import Head
from datasynth.service.streams.lifecycle import PauseReason
from datasynth.service.streams.run import Run
from datasynth.service.streams.stream import Stream
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.config.model import Config
    from datasynth.service.journals.journal_builder import JournalBuilder
    from datasynth.service.streams.catalogue import Catalogue
    from datasynth.service.streams.context import Context
    from datasynth.service.threads.caller import Caller

PATIENCE = 10.0
"""How long a reader that takes nothing holds the head of a REST stream. [s]"""


class StreamMaker:
    """Makes streams known.

    Parameters
    ----------
    context
        What all streams share.
    builder
        Has journals, or has them built.
    catalogue
        Where streams are remembered.
    new_id
        Makes ids.
    """

    def __init__(
        self, context: Context, builder: JournalBuilder, catalogue: Catalogue, new_id: Callable[[], str]
    ) -> None:
        self._context = context
        self._builder = builder
        self._catalogue = catalogue
        self._new_id = new_id

    def make(self, kind: str, config: Config, rate: float | None, wait: float, caller: Caller) -> Stream:
        """Make a stream.

        Parameters
        ----------
        kind
            ``rest`` or ``grpc``.
        config
            What to generate.
        rate
            Entries per second, or None. [entries/s]
        wait
            How long the head waits for a first subscriber once the journal is there. [s]
        caller
            Whom the build counts for, and what it sleeps on while kernels are compiled.

        Raises
        ------
        InvalidConfiguration, Overloaded
            It costs too much, the server takes no work, or too many journals wait to be built;
            nobody knows of a stream then.
        """
        self._builder.admit(caller.waker)
        # Once more: what the idle server takes is known once the kernels are there.
        self._builder.check(config)
        version = self._builder.plan(config)
        head = Head(version.total, rate, wait, self._context.clock(), halted=version.journal is None)
        run = Run(self._new_id(), kind, version, head, self._context.wall_clock)
        stream = Stream(run, self._context, PATIENCE if kind == "rest" else math.inf)
        if version.journal is None:
            stream.prepare(caller.client)
        self._catalogue.add(stream)
        self._context.counters.add(Count.STREAMS_STARTED)
        stream.tick()
        if self._context.memory.low:
            # Memory has become low since we asked, perhaps after everybody else was paused.
            stream.pause(PauseReason.MEMORY)
        return stream
