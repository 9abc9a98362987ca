"""Single files that appear whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from datasynth.output import SharedFolder, StagedFile

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_appears_at_the_end(tmp_path: Path) -> None:
    """Until its context is left there is no file of its name."""
    file = tmp_path / "a"
    with StagedFile(file) as out:
        out.write(b"text")
        assert not file.exists()

    assert (b"text", [file]) == (file.read_bytes(), list(tmp_path.iterdir()))


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    """Half a file goes, and the error stays what it was."""

    def fail() -> None:
        with StagedFile(tmp_path / "a") as out:
            out.write(b"half")
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail()

    assert [] == list(tmp_path.iterdir())


def test_a_file_that_is_there(tmp_path: Path) -> None:
    """It is refused, or replaced where that is wanted; then it stays until the new one is whole."""
    file = tmp_path / "a"
    file.write_bytes(b"old")
    with pytest.raises(FileExistsError, match="--force"), StagedFile(file):
        raise AssertionError
    with StagedFile(file, force=True) as out:
        out.write(b"new")
        assert b"old" == file.read_bytes()

    assert b"new" == file.read_bytes()


def test_errors_name_the_file_that_was_asked_for(tmp_path: Path) -> None:
    """The temporary name means nothing to the user."""
    with pytest.raises(FileNotFoundError) as missing, StagedFile(tmp_path / "no" / "a"):
        raise AssertionError
    with pytest.raises(IsADirectoryError) as folder, StagedFile(tmp_path, force=True):
        raise AssertionError

    assert str(tmp_path / "no" / "a") == missing.value.filename
    assert str(tmp_path) == folder.value.filename


def test_a_full_disk(tmp_path: Path) -> None:
    """What cannot be put down when the file is closed is an error, and no file."""
    file = tmp_path / "a"

    def fill() -> None:
        with StagedFile(file) as out:
            os.dup2(os.open("/dev/full", os.O_WRONLY), out.fileno())
            out.write(b"text")

    with pytest.raises(OSError, match="No space") as full:
        fill()

    assert (str(file), []) == (full.value.filename, list(tmp_path.iterdir()))


def test_a_shared_folder(tmp_path: Path) -> None:
    """Two programs write into one folder at once, each its own files."""
    folder = tmp_path / "one" / "two"
    with SharedFolder(folder).file("a") as first, SharedFolder(folder).file("b") as second:
        first.write(b"1")
        second.write(b"2")

    assert {"a", "b"} == {path.name for path in folder.iterdir()}
