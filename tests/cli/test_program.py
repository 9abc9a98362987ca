"""How commands print and end."""

from __future__ import annotations

import os
import threading
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import pytest

from datasynth import logs
from datasynth.cli.program import BadUsage, ReaderGone, print_out, run_command, write_out
from datasynth.errors import InvalidConfiguration

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Reading end of what commands print; the writing end is closed after the test."""
    reading, writing = os.pipe()
    monkeypatch.setattr(logs, "STDOUT", writing)
    yield reading
    os.close(writing)


def printed(text: str) -> int:
    """A command that prints and has succeeded."""
    print_out(text)
    return 0


def test_text_is_printed_as_utf8(pipe: int) -> None:
    """The bytes do not depend on the locale."""
    print_out("Südwerk\n")

    assert "Südwerk\n".encode() == os.read(pipe, 100)
    os.close(pipe)


def test_a_reader_that_has_gone_is_no_fault(pipe: int) -> None:
    """Whoever printed into `head` need not know."""
    os.close(pipe)

    assert 0 == run_command(partial(printed, "x" * 100_000))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full device")  # noqa: PTH110
def test_a_full_disk_is_one_line(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """What cannot be written is told, and the status is not 0."""
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(logs, "STDOUT", full)

    status = run_command(partial(printed, "x"))

    os.close(full)
    assert (2, "datasynth: standard output: No space left on device\n") == (status, capfd.readouterr().err)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (BadUsage("no such thing"), "no such thing"),
        (InvalidConfiguration("The configuration is not valid.", {}), "The configuration is not valid."),
        (PermissionError(13, "Permission denied", "a.yaml"), "a.yaml: Permission denied"),
        (OSError("odd\nthing"), "odd thing"),
    ],
)
def test_what_a_user_can_put_right_is_one_line(
    error: Exception, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The line says what is wrong, and the status is 2."""

    def fail() -> NoReturn:
        raise error

    assert (2, f"datasynth: {line}\n") == (run_command(fail), capfd.readouterr().err)


def test_a_fault_of_ours_is_not_hidden() -> None:
    """Anything else shows where it happened."""

    def fail() -> NoReturn:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_command(fail)


def test_bytes_know_when_their_reader_has_gone(pipe: int) -> None:
    """Whoever streams stops then, instead of going on for nobody."""
    os.close(pipe)

    with pytest.raises(ReaderGone):
        write_out(b"x")


def test_a_pipe_that_somebody_has_made_impatient_is_waited_for(pipe: int) -> None:
    """A pipe in non-blocking mode gets all bytes, too, at the pace of its reader."""
    os.set_blocking(logs.STDOUT, False)
    data = bytes(range(256)) * 4_000
    writer = threading.Thread(target=write_out, args=(data,))
    writer.start()
    read = b""
    while len(read) < len(data):
        read += os.read(pipe, 100_000)
    writer.join()
    os.close(pipe)

    assert data == read
