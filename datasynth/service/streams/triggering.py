"""Inserts the package of a trigger into a running stream.

The head is frozen while a native thread computes the journal with the package.  It is
therefore still at the package's sequence number when the new journal replaces the old one,
and no entry at or above it is handed out from the old journal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.errors import NoActiveStream, Overloaded

if TYPE_CHECKING:
    from datasynth.generation.triggers.segments import Trigger
    from datasynth.service.journals.protocols import JournalProtocol
    from datasynth.service.streams.stream import Stream
    from datasynth.service.streams.stream_services import StreamServices
    from datasynth.service.threads.waker import Waker

TIMEOUT = 30.0
"""Longest wait of a trigger for its turn, and longest time of its computation. [s]"""


def insert_package(stream: Stream, pattern: str, services: StreamServices, waker: Waker) -> Trigger:
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
        at_sequence = _hold(stream, services, waker)

        def compute() -> tuple[JournalProtocol, Trigger]:
            journal = stream.version.journal
            if journal is None:
                raise NoActiveStream("The stream has just ended.", {"stream_id": stream.id})
            return journal.trigger(pattern, at_sequence)

        try:
            journal, trigger = services.request_threads.run_in_thread(compute, waker, TIMEOUT)
            stream.insert(journal, trigger)
        finally:
            # The head must move again, even if the computation or the caller fails.
            stream.thaw()
    finally:
        stream.detach(waker, subscribes=False)
    return trigger


def _hold(stream: Stream, services: StreamServices, waker: Waker) -> int:
    deadline = services.clock() + TIMEOUT
    while True:
        waker.clear()
        at_sequence = stream.freeze()
        if at_sequence is not None:
            return at_sequence
        left = deadline - services.clock()
        if left <= 0:
            if stream.preparing:
                raise Overloaded("The stream's journal is still being built. Try again later.")
            raise Overloaded("Other triggers take too long. Try again later.")
        waker.wait(left)
