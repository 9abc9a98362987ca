"""The small journal with each close called for in the middle of a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.ledger.closes import PATTERNS
from tests.generation.seen import Seen
from tests.generation.triggered.called import Called

if TYPE_CHECKING:
    from datasynth.generation.journal import Journal

PLACE = 4_500


@pytest.fixture(scope="session")
def plain(small: Journal) -> Seen:
    """See the journal without a trigger."""
    return Seen.of(small)


def triggered_close(plain: Seen, pattern: str) -> Called:
    """Call for a close in November."""
    journal, trigger = plain.journal.trigger(pattern, PLACE)
    return Called(plain, Seen.of(journal), trigger)


@pytest.fixture(scope="session", params=PATTERNS)
def called(plain: Seen, request: pytest.FixtureRequest) -> Called:
    """Any close; each has what a month's has."""
    return triggered_close(plain, request.param)


@pytest.fixture(scope="session", params=PATTERNS[1:])
def large(plain: Seen, request: pytest.FixtureRequest) -> Called:
    """A close of a quarter or a year."""
    return triggered_close(plain, request.param)


@pytest.fixture(scope="session")
def month(plain: Seen) -> Called:
    """A close of a month."""
    return triggered_close(plain, "month_end")


@pytest.fixture(scope="session")
def year(plain: Seen) -> Called:
    """A close of a year."""
    return triggered_close(plain, "year_end")
