"""The streams that the server remembers, and what is done to all of them at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from datasynth.errors import NoActiveStream, NotFound

if TYPE_CHECKING:
    from datasynth.service.streams.lifecycle import PauseReason
    from datasynth.service.streams.stream import Stream

REMEMBERED = 1_000
"""Streams that the server remembers; those that run are never forgotten."""


class Catalogue:
    """The last streams in the order of their start.

    Parameters
    ----------
    remembered
        How many are kept.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._lock = threading.Lock()
        self._streams: OrderedDict[str, Stream] = OrderedDict()

    def add(self, stream: Stream) -> None:
        """Remember a stream, and forget the oldest ended ones if there are too many."""
        with self._lock:
            self._streams[stream.id] = stream
            excess = len(self._streams) - self._remembered
        if excess > 0:
            # Asking a stream for its state takes its lock, so not under ours.
            ended = [old.id for old in self.all() if not old.active][:excess]
            with self._lock:
                for stream_id in ended:
                    self._streams.pop(stream_id, None)

    def get(self, stream_id: str) -> Stream:
        """Return a stream by its id.

        Raises
        ------
        NotFound
            If the server does not remember it.
        """
        with self._lock:
            stream = self._streams.get(stream_id)
        if stream is None:
            raise NotFound(f"There is no stream {stream_id!r}.", {"stream_id": stream_id})
        return stream

    def all(self) -> list[Stream]:
        """List every stream, oldest first."""
        with self._lock:
            return list(self._streams.values())

    def active(self) -> list[Stream]:
        """List those that are preparing, running or paused."""
        return [stream for stream in self.all() if stream.active]

    def stop(self) -> int:
        """Stop every active stream; return how many that ended."""
        return sum(stream.stop() for stream in self.all())

    def tick(self) -> float | None:
        """Do what time demands of each stream; return the seconds until one demands more."""
        wanted = [stream.tick() for stream in self.all() if stream.ended_at is None or stream.readers]
        return min((seconds for seconds in wanted if seconds is not None), default=None)

    def wake(self) -> None:
        """Wake everybody who follows any stream."""
        for stream in self.all():
            stream.wake_all()

    def pause(self, reason: PauseReason) -> None:
        """Pause every active stream."""
        for stream in self.active():
            try:
                stream.pause(reason)
            except NoActiveStream:
                # It has ended between the look and the call; then there is nothing to pause.
                continue

    def resume(self, reason: PauseReason) -> None:
        """Take a reason to pause away from every active stream."""
        for stream in self.active():
            try:
                stream.resume(reason)
            except NoActiveStream:
                # As above.
                continue

    def warn(self, message: str, **fields: object) -> None:
        """Announce a warning to everybody who follows any stream."""
        for stream in self.all():
            if stream.ended_at is None or stream.readers:
                stream.warn(message, **fields)

    def fail(self, message: str) -> int:
        """Let every active stream fail; return how many did."""
        return sum(stream.fail(message) for stream in self.all())

    def release_blocks(self) -> None:
        """Have all readers of all streams let go of their blocks."""
        for stream in self.all():
            stream.release_blocks()
