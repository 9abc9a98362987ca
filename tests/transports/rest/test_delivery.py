"""The body of a download."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.errors import Overloaded
from datasynth.service.blocks.chunk import Chunk
from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest.delivery import Delivery
from datasynth.transports.rest.listening_waker import ListeningWaker

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING = np.empty(0, dtype=np.int64)


class FakeDownload:
    """Chunks of one byte per entry, and a failure after them if told so."""

    def __init__(self, chunks: list[bytes], failure: Exception | None = None) -> None:
        self.closed = 0
        self._chunks = chunks
        self._failure = failure

    def __iter__(self) -> Iterator[Chunk]:
        first = 0
        for data in self._chunks:
            yield Chunk(memoryview(data), first, first + len(data), NOTHING, NOTHING)
            first += len(data)
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        self.closed += 1


def _delivery(download: FakeDownload, heading: bytes = b"") -> Delivery:
    waker = ListeningWaker(ThreadWaker(), {})
    return Delivery(heading, download, waker, "id-1")


def test_chunks_are_handed_on_as_bytes() -> None:
    """WSGI wants bytes, one chunk at a time."""
    assert [b"abc", b"de"] == list(_delivery(FakeDownload([b"abc", b"de"])))


def test_a_heading_comes_first() -> None:
    """The header row of CSV goes before the chunks, also when there are none."""
    assert [b"a,b", b"c"] == list(_delivery(FakeDownload([b"c"]), heading=b"a,b"))
    assert [b"a,b"] == list(_delivery(FakeDownload([]), heading=b"a,b"))


@pytest.mark.parametrize(
    ("failure", "traceback"),
    [(Overloaded("Memory limit exceeded."), False), (ZeroDivisionError("A mistake."), True)],
)
def test_a_failure_midway_breaks_the_connection(
    failure: Exception, traceback: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """A part is never passed off as the whole; the log says why, under the request's id."""
    chunks = iter(_delivery(FakeDownload([b"abc"], failure)))

    assert next(chunks) == b"abc"
    with pytest.raises(ConnectionResetError):
        next(chunks)
    assert [record.__dict__["request_id"] for record in caplog.records] == ["id-1"]
    assert str(failure) in caplog.text
    assert traceback == ("Traceback" in caplog.text)


def test_a_client_that_left_is_not_news(caplog: pytest.LogCaptureFixture) -> None:
    """A connection that the client broke is passed on to the server, and not logged."""
    with pytest.raises(ConnectionResetError):
        list(_delivery(FakeDownload([b"abc"], ConnectionResetError("gone"))))

    assert not caplog.records


def test_closing_frees_the_download_whatever_was_read() -> None:
    """A client that leaves, at once or midway, leaves nothing behind."""
    untouched, begun = FakeDownload([b"abc", b"de"]), FakeDownload([b"abc", b"de"])
    first, second = _delivery(untouched), _delivery(begun)
    next(iter(second))
    first.close()
    second.close()

    assert (untouched.closed, begun.closed) == (1, 1)
