"""The server's log: one line a record on stderr, as text or as JSON, without harm to the server.

A full disk, a closed stderr or a reader of the pipe that has stopped reading
costs log lines, which are counted and reported when writing works again.  It
costs no request, no exception and no pause.  So there is no buffered stream,
which would keep what it could not write and spoil the exit status, and no write
that could block.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys

# Taken by name, since the server's worker puts cooperative twins in their place,
# which must not be called from native threads.
from select import POLLOUT, poll
from time import gmtime, strftime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

STDOUT = 1
STDERR = 2

# What a pipe with any room at all takes at once.
_PIECE = 4096


def configure(level: str, form: str, descriptor: int = STDERR) -> None:
    """Send the log of the whole process to one descriptor, and only there.

    Parameters
    ----------
    level
        ``debug``, ``info``, ``warning`` or ``error``.
    form
        ``text`` or ``json``.
    descriptor
        An open file descriptor.
    """
    handler = DescriptorHandler(descriptor)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)


def open_standard_files() -> None:
    """Fill in standard files that are closed, or their numbers would go to the next files and sockets.

    Standard output is filled in for reading only, so that writing there fails as before.
    """
    for descriptor, mode in ((0, os.O_RDONLY), (STDOUT, os.O_RDONLY), (STDERR, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, mode)
    if sys.stderr is None:
        # Python's own way to say that it was closed; a library that draws a progress bar falls over it.
        sys.stderr = io.TextIOWrapper(io.FileIO(STDERR, "w", closefd=False), line_buffering=True)


def write(descriptor: int, line: str) -> bool:
    """Write a line at once if it can be; tell whether it was.

    The descriptor may be closed, full or stuck.
    """
    left = memoryview(f"{line}\n".encode(errors="backslashreplace"))
    room = poll()
    room.register(descriptor, POLLOUT)
    try:
        while left:
            if not room.poll(0):
                return False
            left = left[os.write(descriptor, left[:_PIECE]) :]
    except OSError:
        return False
    return True


class DescriptorHandler(logging.Handler):
    """Writes records straight to a file descriptor and counts those it could not write."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or count it as lost."""
        if self._lost and write(self._descriptor, self.format(self._apology(record))):
            self._lost = 0
        if self._lost or not write(self._descriptor, self._line(record)):
            self._lost += 1

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record)
        except Exception as error:  # noqa: BLE001  # a record that cannot be formatted is the caller's slip
            return f"a log record of {record.pathname}:{record.lineno} cannot be written: {error!r}"

    def _apology(self, record: logging.LogRecord) -> logging.LogRecord:
        return logging.makeLogRecord(
            {
                "name": __name__,
                "levelno": logging.WARNING,
                "levelname": "WARNING",
                "created": record.created,
                "msg": f"{self._lost} log records could not be written here",
            }
        )


class LogStream(io.TextIOBase):
    """Logs what is printed to it, line by line, as errors; for ``sys.stderr``."""

    def __init__(self, logger: logging.Logger) -> None:
        super().__init__()
        self._logger = logger
        self._begun = ""

    def writable(self) -> bool:
        """It takes text."""
        return True

    def fileno(self) -> int:
        """Tell where a child process or a fault handler may write."""
        return STDERR

    def write(self, text: str) -> int:
        """Log the lines that are whole; keep the beginning of the next."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            if line:
                self._logger.error("%s", line)
        return len(text)


class TextFormatter(logging.Formatter):
    """``2026-03-01T12:00:00.123Z INFO datasynth.serve: what happened``, tracebacks below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802  # logging's names
        """Print the moment in UTC."""
        return timestamp(record)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, extra fields, and a traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Print a record."""
        line: dict[str, object] = {
            "time": timestamp(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **extra_fields(record.__dict__),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def extra_fields(attributes: Mapping[str, object]) -> dict[str, object]:
    """Pick the fields that a caller gave with ``extra``, such as ``request_id``."""
    return {name: value for name, value in attributes.items() if name not in _STANDARD}


def timestamp(record: logging.LogRecord) -> str:
    """Print the moment of a record as ISO 8601 in UTC and milliseconds."""
    return f"{strftime('%Y-%m-%dT%H:%M:%S', gmtime(record.created))}.{int(record.created % 1 * 1000):03d}Z"


_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}
