"""What all commands share: reading arguments, printing, exit statuses."""

from __future__ import annotations

import argparse
import os
import signal
from select import POLLOUT, poll
from typing import TYPE_CHECKING, NoReturn, Self

from datasynth import logs
from datasynth.errors import DatasynthError
from datasynth.signals import SIGNAL_STATUS

if TYPE_CHECKING:
    from collections.abc import Callable

BAD_USAGE = 2
"""Exit status of a command that cannot be carried out."""

READER_GONE = SIGNAL_STATUS + signal.SIGPIPE
"""What a shell reports of a program whose pipe was closed by the reader."""

STANDARD_OUTPUT = "-"
"""Stands for standard output in the place of a file name."""


class BadUsage(Exception):
    """The command cannot be carried out; the message is one line for the user."""


class ReaderGone(Exception):
    """The reader of standard output has closed it."""


class Parser(argparse.ArgumentParser):
    """argparse with errors of one line, and without abbreviated flags."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"allow_abbrev": False, **options})  # type: ignore[arg-type]  # its own options

    def print_help(self, file: object = None) -> None:  # noqa: ARG002 - argparse's name
        """Print the help with `print_out`, so that a full disk or a closed pipe is no traceback."""
        print_out(self.format_help())

    def error(self, message: str) -> NoReturn:
        """Raise `BadUsage`; argparse itself would print the usage, too."""
        raise BadUsage(message)


def run_command(run: Callable[[], int]) -> int:
    """Run a command; print an error that its user can correct as one line.

    Returns
    -------
    int
        Exit status: that of the command, or 2.
    """
    try:
        return run()
    except (BadUsage, DatasynthError, OSError) as error:
        logs.write(logs.STDERR, f"datasynth: {_sentence(error)}")
        return BAD_USAGE


def print_out(text: str) -> None:
    """Write text to standard output; stop quietly if its reader has closed it.

    Parameters
    ----------
    text
        With its line ends; written as UTF-8 in every locale.
    """
    try:
        write_out(text.encode())
    except ReaderGone:
        return  # `| head` has its lines


def write_out(data: bytes | memoryview) -> None:
    """Write bytes to standard output, all of them.

    Raises
    ------
    ReaderGone
        It is a pipe or a socket, and its reader has closed it.
    BadUsage
        It cannot be written to: the disk is full, or it is closed.
    """
    left = memoryview(data)
    try:
        while left:
            try:
                left = left[os.write(logs.STDOUT, left) :]
            except BlockingIOError:
                # Another program that shares the pipe has made it non-blocking.
                room = poll()
                room.register(logs.STDOUT, POLLOUT)
                room.poll()
    except (BrokenPipeError, ConnectionResetError):
        raise ReaderGone from None
    except OSError as error:
        raise BadUsage(f"standard output: {error.strerror}") from error


class StandardOutput:
    """Standard output as a sink of entries, which cannot take back what it has written."""

    write = staticmethod(write_out)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it open."""


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return " ".join(str(error).split())
