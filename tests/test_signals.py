"""How a command is ended early."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

import pytest

from datasynth.signals import TERMINATING, Terminated, run_until_signal, signals_deferred

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHELL = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
"""What a shell reports of a program that these signals have killed."""


@pytest.fixture(autouse=True)
def handlers() -> Iterator[Sequence[object]]:
    """Who has the signals before a test; they have them again afterwards."""
    before = [signal.getsignal(number) for number in TERMINATING]
    yield before
    for number, handler in zip(TERMINATING, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize("number", TERMINATING)
def test_a_signal_ends_a_command_after_it_has_cleaned_up(
    number: signal.Signals, handlers: Sequence[object]
) -> None:
    """The status is the shell's, what the command has to clean up it does, and nobody's handler changes."""
    done: list[str] = []

    def run() -> int:
        try:
            signal.raise_signal(number)
            done.append("not ended")
        finally:
            done.append("cleaned up")
        return 0

    assert (SHELL[number], ["cleaned up"]) == (run_until_signal(run), done)
    assert handlers == [signal.getsignal(each) for each in TERMINATING]


def test_the_status_of_a_command_is_its_own(handlers: Sequence[object]) -> None:
    """Without a signal nothing is different."""
    assert 2 == run_until_signal(lambda: 2)
    assert handlers == [signal.getsignal(each) for each in TERMINATING]


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """`nohup` has said that a hang-up is none of the command's business."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def run() -> int:
        signal.raise_signal(signal.SIGHUP)
        with signals_deferred(deliver=True):
            signal.raise_signal(signal.SIGHUP)
        return 0

    assert 0 == run_until_signal(run)
    assert signal.SIG_IGN == signal.getsignal(signal.SIGHUP)


def test_a_signal_is_held_back() -> None:
    """What must not stop halfway is finished before the signal counts."""
    done: list[str] = []

    def run() -> int:
        with signals_deferred(deliver=True):
            signal.raise_signal(signal.SIGTERM)
            done.append("finished")
        done.append("went on")
        return 0

    assert (143, ["finished"]) == (run_until_signal(run), done)


def test_a_signal_may_come_too_late() -> None:
    """Where it cannot change anything any more it does not change the status either."""

    def run() -> int:
        with signals_deferred(deliver=False):
            signal.raise_signal(signal.SIGTERM)
        return 0

    assert 0 == run_until_signal(run)


def test_an_end_is_no_error() -> None:
    """Nothing that deals with errors takes it for one."""
    assert not issubclass(Terminated, Exception)


def test_other_threads_defer_nothing(handlers: Sequence[object]) -> None:
    """Only the main thread may install handlers; elsewhere the work is done without."""
    done: list[str] = []

    def work() -> None:
        with signals_deferred(deliver=True):
            done.append("done")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert ["done"] == done
    assert handlers == [signal.getsignal(each) for each in TERMINATING]
