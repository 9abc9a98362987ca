"""A table on its way."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from datasynth.errors import Overloaded
from datasynth.service.reference.listing import Listing
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import RecordingWaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.service.harness import Harness


def chunks(names: list[str]) -> Iterator[bytes]:
    """Two chunks, which note the threads that make them."""
    for number in range(2):
        names.append(threading.current_thread().name)
        yield b"%d" % number


def test_chunks_are_made_on_native_threads(harness: Harness) -> None:
    """Each chunk after the first is made by a native thread, once it is asked for."""
    names: list[str] = []
    listing = Listing({}, b"first", chunks(names), harness.services.request_threads, ThreadWaker())
    received = iter(listing)
    first = next(received)

    assert (b"first", []) == (first.data, names)
    assert [b"0", b"1"] == [chunk.data for chunk in received]
    assert {"request"} == {name.rpartition("-")[0] for name in names}


def test_closed_listing_ends(harness: Harness) -> None:
    """Once closed, however often, it has nothing more."""
    listing = Listing({}, b"first", chunks([]), harness.services.request_threads, ThreadWaker())
    received = iter(listing)
    next(received)
    listing.close()
    listing.close()

    assert [] == list(received)


def test_shutdown_breaks_it_off(harness: Harness) -> None:
    """A listing whose chunks will not come any more is not taken for complete."""
    listing = Listing(
        {}, b"first", chunks([]), harness.services.request_threads, RecordingWaker(lambda: None)
    )
    received = iter(listing)
    next(received)
    assert harness.services.shut_down(5.0)
    with pytest.raises(Overloaded):
        next(received)
