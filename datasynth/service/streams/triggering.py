"""How a trigger gets into a running stream.

The head is held still while a native thread computes the journal with the new
package, so that the sequence number which the computation starts from is still
the head when the journal is swapped in: nothing at or above it has been handed
out from the old journal, and nothing will be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.errors import NoActiveStream, Overloaded

if TYPE_CHECKING:
    from datasynth.service.journals.protocols import JournalLike, TriggerLike
    from datasynth.service.streams.stream import Stream
    from datasynth.service.threads.clock import Clock
    from datasynth.service.threads.thread_runner import ThreadRunner
    from datasynth.service.threads.waker import Waker

TIMEOUT = 30.0
"""How long a trigger waits for its turn, and how long it may be computed. [s]"""


def insert_package(
    stream: Stream, pattern: str, runner: ThreadRunner, clock: Clock, waker: Waker
) -> TriggerLike:
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
        at_sequence = _hold(stream, clock, waker)
        try:
            journal, trigger = runner.run_in_thread(_Insertion(stream, pattern, at_sequence), waker, TIMEOUT)
            stream.insert(journal, trigger)
        finally:
            # Whatever happens, to the computation or to the caller, the head is let go.
            stream.thaw()
    finally:
        stream.detach(waker, subscribes=False)
    return trigger


def _hold(stream: Stream, clock: Clock, waker: Waker) -> int:
    deadline = clock() + TIMEOUT
    while True:
        waker.clear()
        at_sequence = stream.freeze()
        if at_sequence is not None:
            return at_sequence
        left = deadline - clock()
        if left <= 0:
            if stream.preparing:
                raise Overloaded("The stream's journal is still being built; try again.")
            raise Overloaded("Other triggers take too long; try again.")
        waker.wait(left)


class _Insertion:
    """The computation, for a native thread."""

    def __init__(self, stream: Stream, pattern: str, at_sequence: int) -> None:
        self._stream = stream
        self._pattern = pattern
        self._at_sequence = at_sequence

    def __call__(self) -> tuple[JournalLike, TriggerLike]:
        journal = self._stream.journal
        if journal is None:
            raise NoActiveStream("The stream has just ended.", {"stream_id": self._stream.id})
        return journal.trigger(self._pattern, self._at_sequence)
