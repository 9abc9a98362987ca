"""How a command that leaves something behind is ended early: by Ctrl-C, `kill`, or a closed terminal."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that end a command; one that is ignored from outside, as by `nohup`, stays ignored."""

BY_SIGNAL = 128
"""What a shell adds to the number of the signal that has ended a program."""


class Ended(BaseException):
    """A signal has ended the command; no error, so that nobody mistakes it for one.

    Parameters
    ----------
    number
        Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = BY_SIGNAL + number


def until_ended(run: Callable[[], int]) -> int:
    """Run a command that a signal may end at any moment, and let it clean up then.

    Returns
    -------
    int
        Exit status: that of the command, or what a shell reports of a program that the signal has killed.
    """

    def end(number: int, _: object) -> None:
        raise Ended(number)

    before = _handled_by(end)
    try:
        return run()
    except Ended as ending:
        return ending.status
    finally:
        _restore(before)


@contextmanager
def undisturbed(*, deliver: bool) -> Iterator[None]:
    """Hold signals back while something happens that must not stop halfway.

    Parameters
    ----------
    deliver
        Whether they count afterwards; else they came too late.
    """
    caught: list[int] = []
    before = _handled_by(lambda number, _: caught.append(number))
    try:
        yield
    finally:
        _restore(before)
    if deliver and caught:
        signal.raise_signal(caught[0])


def _handled_by(handler: Callable[[int, object], None]) -> list[tuple[signal.Signals, object]]:
    """Hand the signals over; return who had them before."""
    before: list[tuple[signal.Signals, object]] = [(number, signal.getsignal(number)) for number in ENDING]
    heeded = [(number, former) for number, former in before if former is not signal.SIG_IGN]
    for number, _ in heeded:
        signal.signal(number, handler)
    return heeded


def _restore(before: list[tuple[signal.Signals, object]]) -> None:
    for number, former in before:
        # None: somebody outside Python had it, who cannot be put back.
        signal.signal(number, former or signal.SIG_DFL)  # type: ignore[arg-type]  # as it was given
