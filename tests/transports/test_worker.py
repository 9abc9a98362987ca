"""The log's word on connections that cannot be accepted."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from datasynth.transports.worker import QUIET_SECONDS, AcceptFailures
from tests.fakes import FakeClock

if TYPE_CHECKING:
    import pytest

FULL = OSError(errno.EMFILE, os.strerror(errno.EMFILE))


def test_a_shortage_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    """However long it lasts there is one line; another shortage, a minute later, is news."""
    clock = FakeClock()
    failures = AcceptFailures(clock)
    for _ in range(1_000):
        failures.report(FULL)
        clock.advance(QUIET_SECONDS / 2)
    assert ["New connections must wait until others end: Too many open files"] == caplog.messages
    clock.advance(QUIET_SECONDS)
    failures.report(FULL)

    assert len(caplog.records) == 2
