"""How a trigger gets into a running stream.

The head is held still while a native thread computes the journal with the new
package.  So the sequence number which the computation starts from is still the
head when the journal is swapped in: nothing at or above it has been handed out
from the old journal, and nothing will be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.errors import NoActiveStream, Overloaded

if TYPE_CHECKING:
    from datasynth.generation.triggers.segments import Trigger
    from datasynth.service.journals.protocols import JournalLike
    from datasynth.service.streams.context import Context
    from datasynth.service.streams.stream import Stream
    from datasynth.service.threads.waker import Waker

TIMEOUT = 30.0
"""How long a trigger waits for its turn, and how long it may be computed. [s]"""


def insert_package(stream: Stream, pattern: str, context: Context, waker: Waker) -> Trigger:
    """Insert a package of `pattern` at the head of `stream`.

    Raises
    ------
    NoActiveStream, TooManyTriggers
        If the stream takes no trigger, or ends meanwhile.
    Overloaded
        If it takes too long.
    """
    stream.attach(waker, subscribes=False)
    try:
        at_sequence = _hold(stream, context, waker)

        def compute() -> tuple[JournalLike, Trigger]:
            journal = stream.version.journal
            if journal is None:
                raise NoActiveStream("The stream has just ended.", {"stream_id": stream.id})
            return journal.trigger(pattern, at_sequence)

        try:
            journal, trigger = context.request_threads.run_in_thread(compute, waker, TIMEOUT)
            stream.insert(journal, trigger)
        finally:
            # Whatever happens, to the computation or to the caller, the head moves again.
            stream.thaw()
    finally:
        stream.detach(waker, subscribes=False)
    return trigger


def _hold(stream: Stream, context: Context, waker: Waker) -> int:
    deadline = context.clock() + TIMEOUT
    while True:
        waker.clear()
        at_sequence = stream.freeze()
        if at_sequence is not None:
            return at_sequence
        left = deadline - context.clock()
        if left <= 0:
            if stream.preparing:
                raise Overloaded("The stream's journal is still being built; try again.")
            raise Overloaded("Other triggers take too long; try again.")
        waker.wait(left)
