"""Getting a journal built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.errors import Overloaded
from datasynth.service.waker import ThreadWaker
from tests.fakes import RecordingWaker
from tests.service.harness import LINES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.harness import Harness


def test_journal_that_is_there_needs_no_thread(harness: Harness) -> None:
    """The second stream of a configuration starts without sleeping."""
    harness.call(10).stop()
    waker = RecordingWaker()
    document = harness.services.config_store.document
    harness.registry.open_call(10, 0, document, waker)

    assert ([], 1) == (waker.waits, harness.journals_made)


def test_journal_that_cannot_be_built(build: Callable[..., Harness]) -> None:
    """What the journal raises reaches the caller, and the next start is free to try again."""

    def refuse() -> None:
        raise ArithmeticError("no schedule")

    harness = build(on_make=refuse)
    for _ in range(2):
        with pytest.raises(ArithmeticError):
            harness.start(count=10)
    assert [] == harness.registry.all()


def test_nothing_is_built_during_the_shutdown(harness: Harness) -> None:
    """Once the server shuts down every way in is closed."""
    harness.registry.shut_down()
    with pytest.raises(Overloaded):
        harness.start(count=10)
    with pytest.raises(Overloaded):
        harness.services.downloads.open(None, 0, 1, LINES, ThreadWaker())

    assert 0 == harness.journals_made
