"""Places for calls that last, so that those which do not always find a thread."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from datasynth.errors import Overloaded

if TYPE_CHECKING:
    from collections.abc import Iterator


class Slots:
    """A fixed number of places; whoever finds none free is refused at once.

    Parameters
    ----------
    places
        How many there are.
    what
        What takes them, in the plural, for the refusal's sentence.
    """

    def __init__(self, places: int, what: str) -> None:
        self._places = places
        self._what = what
        self._free = threading.BoundedSemaphore(places)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a place, or raise `Overloaded`."""
        if not self._free.acquire(blocking=False):
            raise Overloaded(f"There are {self._places} {self._what} already; try again when one has ended.")
        try:
            yield
        finally:
            self._free.release()
