"""How every command reads its arguments, prints, and ends."""

from __future__ import annotations

import argparse
import os
from select import POLLOUT, poll
from typing import TYPE_CHECKING, NoReturn, Self

from datasynth import logs
from datasynth.errors import DatasynthError

if TYPE_CHECKING:
    from collections.abc import Callable

BAD_USAGE = 2
"""Exit status of a command that cannot do what it was told to."""

STANDARD_OUTPUT = "-"
"""What stands for standard output where a command wants the name of a file."""


class BadUsage(Exception):
    """The command cannot do what it was told to; the message is one line for the user."""


class ReaderGone(Exception):
    """Nobody reads standard output any more."""


class Parser(argparse.ArgumentParser):
    """argparse that refuses in one line instead of two, and takes no flag for another that begins alike."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"allow_abbrev": False, **options})  # type: ignore[arg-type]  # its own options

    def print_help(self, file: object = None) -> None:  # noqa: ARG002 - argparse's name
        """Print the help like everything else: neither a full disk nor a reader that goes is a traceback."""
        print_out(self.format_help())

    def error(self, message: str) -> NoReturn:
        """Refuse, without the usage that argparse would print above."""
        raise BadUsage(message)


def run_command(run: Callable[[], int]) -> int:
    """Run a command; say in one line what its user can put right.

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
    """Write text to standard output, all of it, unless its reader has gone.

    Parameters
    ----------
    text
        With its line ends; it is written as UTF-8 whatever the locale says.
    """
    try:
        write_out(text.encode())
    except ReaderGone:
        return  # `| head` has what it wanted


def write_out(data: bytes | memoryview) -> None:
    """Write bytes to standard output, all of them.

    Raises
    ------
    ReaderGone
        It is a pipe or a socket, and its reader has gone.
    BadUsage
        It cannot be written to: a full disk, or it is closed.
    """
    left = memoryview(data)
    try:
        while left:
            try:
                left = left[os.write(logs.STDOUT, left) :]
            except BlockingIOError:
                # Another program has made the pipe that we share non-blocking.
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
