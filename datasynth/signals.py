"""Signals that end a program early: Ctrl-C, `kill`, or a closed terminal."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TERMINATING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that end a command; one that is ignored from outside, as by `nohup`, stays ignored."""

SIGNAL_STATUS = 128
"""What a shell adds to the number of the signal that has ended a program."""


class Terminated(BaseException):
    """A signal ends the program; no `Exception`, so that nobody handles it as an error.

    Parameters
    ----------
    number
        Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = SIGNAL_STATUS + number


def run_until_signal(run: Callable[[], int]) -> int:
    """Run a command that a signal may end at any moment; it cleans up before it ends.

    Returns
    -------
    int
        Exit status: that of the command, or what a shell reports of a program that the signal has killed.
    """

    def terminate(number: int, _: object) -> None:
        raise Terminated(number)

    before = _handled_by(terminate)
    try:
        return run()
    except Terminated as termination:
        return termination.status
    finally:
        _restore(before)


@contextmanager
def signals_deferred(*, deliver: bool) -> Iterator[None]:
    """Hold signals back while something happens that must not stop halfway.

    Python handles signals on the main thread alone; on others nothing is held back.

    Parameters
    ----------
    deliver
        Whether they are handled afterwards; else they came too late.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught: list[int] = []
    before = _handled_by(lambda number, _: caught.append(number))
    try:
        yield
    finally:
        _restore(before)
    if deliver and caught:
        signal.raise_signal(caught[0])


def _handled_by(handler: Callable[[int, object], None]) -> list[tuple[signal.Signals, object]]:
    """Install a handler for the signals; return the former handlers."""
    before: list[tuple[signal.Signals, object]] = [
        (number, signal.getsignal(number)) for number in TERMINATING
    ]
    heeded = [(number, former) for number, former in before if former is not signal.SIG_IGN]
    for number, _ in heeded:
        signal.signal(number, handler)
    return heeded


def _restore(before: list[tuple[signal.Signals, object]]) -> None:
    for number, former in before:
        # None: a handler from outside Python, which cannot be put back.
        signal.signal(number, former or signal.SIG_DFL)  # type: ignore[arg-type]  # as it was given
