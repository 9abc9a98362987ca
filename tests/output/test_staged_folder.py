"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import signal
from typing import TYPE_CHECKING

import pytest

from datasynth.output.staged_folder import StagedFolder
from datasynth.signals import run_until_signal

if TYPE_CHECKING:
    from pathlib import Path


def write(staged: StagedFolder, name: str, text: str) -> None:
    """Write one file."""
    with staged.file(name) as out:
        out.write(text.encode())


def listed(folder: Path) -> dict[str, str]:
    """Names and texts of a folder's files."""
    return {path.name: path.read_text() for path in folder.iterdir()}


def interrupt(staged: StagedFolder) -> None:
    """Write one file whole and be interrupted in the second."""
    with staged:
        write(staged, "a", "one")
        with staged.file("b") as out:
            out.write(b"tw")
            raise KeyboardInterrupt


def test_files_appear_at_the_end(tmp_path: Path) -> None:
    """Until the last file is whole there is none under its name; then all are there, and nothing else."""
    folder = tmp_path / "deep" / "out"
    with StagedFolder(folder) as staged:
        write(staged, "a", "one")
        write(staged, "b", "two")
        meanwhile = set(listed(folder))

    assert not meanwhile & {"a", "b"}
    assert {"a": "one", "b": "two"} == listed(folder)


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    """Whatever ends it early, no file stays, nor the folder that was made for them."""
    folder = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        interrupt(StagedFolder(folder))

    assert not folder.exists()


def test_an_interrupt_leaves_what_was_there(tmp_path: Path) -> None:
    """A folder that was there stays, with the files that it had, those of the same names included."""
    (tmp_path / "a").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        interrupt(StagedFolder(tmp_path, force=True))

    assert {"a": "old"} == listed(tmp_path)


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    """A folder that is there and empty needs no force, and stays even if nothing comes of it."""
    with pytest.raises(KeyboardInterrupt):
        interrupt(StagedFolder(tmp_path))

    assert {} == listed(tmp_path)


def test_a_full_folder_needs_force(tmp_path: Path) -> None:
    """A folder with files is refused, by name; forced, it keeps the files of other names."""
    (tmp_path / "a").write_text("old")
    (tmp_path / "z").write_text("mine")
    with pytest.raises(FileExistsError, match="--force") as refusal, StagedFolder(tmp_path):
        pass
    with StagedFolder(tmp_path, force=True) as staged:
        write(staged, "a", "new")

    assert str(tmp_path) == refusal.value.filename
    assert {"a": "new", "z": "mine"} == listed(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """A path that is a file, or leads through one, is refused and stays."""
    (tmp_path / "a").write_text("old")
    for folder in (tmp_path / "a", tmp_path / "a" / "b", tmp_path / "new" / "a" / ("x" * 300)):
        with (
            pytest.raises(OSError, match=r"Not a directory|File name too long"),
            StagedFolder(folder, force=True),
        ):
            pass

    assert {"a": "old"} == listed(tmp_path)


def test_folders_above_go_too(tmp_path: Path) -> None:
    """Every folder that was made for the files is removed if nothing comes of them; others stay."""
    (tmp_path / "there").mkdir()
    with pytest.raises(KeyboardInterrupt):
        interrupt(StagedFolder(tmp_path / "there" / "new" / "out"))

    assert [tmp_path / "there"] == list(tmp_path.rglob("*"))


def test_one_run_at_a_time(tmp_path: Path) -> None:
    """While a folder is being written another run is refused, forced or not, and spoils nothing."""
    folder = tmp_path / "out"
    with StagedFolder(folder) as staged:
        write(staged, "a", "one")
        for force in (False, True):
            with (
                pytest.raises(BlockingIOError, match="Another run") as refusal,
                StagedFolder(folder, force=force),
            ):
                pass
            assert str(folder) == refusal.value.filename
    with StagedFolder(folder, force=True) as staged:
        write(staged, "a", "two")

    assert {"a": "two"} == listed(folder)


def test_the_lock_is_no_file(tmp_path: Path) -> None:
    """While it is written the folder holds nothing but the files that are begun."""
    with StagedFolder(tmp_path) as staged:
        empty = listed(tmp_path)
        write(staged, "a", "one")
        (begun,) = listed(tmp_path)

    assert {} == empty
    assert re.fullmatch(r"a\.[0-9a-f]{16}\.partial", begun)


def test_a_file_system_without_locks_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where folders cannot be locked, as on network file systems, files are written all the same."""

    def refuse(*_: int) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with StagedFolder(tmp_path) as staged:
        write(staged, "a", "one")

    assert {"a": "one"} == listed(tmp_path)


def test_a_folder_that_goes_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run before may remove its folder in the moment in which the next one opens it."""
    folder, removals = tmp_path / "out", [1]

    def lock(*_: int) -> None:
        if removals:
            removals.pop()
            folder.rmdir()

    monkeypatch.setattr(fcntl, "flock", lock)
    with StagedFolder(folder) as staged:
        write(staged, "a", "one")

    assert {"a": "one"} == listed(folder)


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    """Files under temporary names do not make a folder full; a link of such a name is nobody's."""
    (tmp_path / f"a.{'0' * 16}.partial").write_text("half")
    with StagedFolder(tmp_path) as staged:
        write(staged, "a", "one")
    assert {"a": "one"} == listed(tmp_path)

    (tmp_path / f"b.{'0' * 16}.partial").symlink_to(tmp_path / "a")
    with StagedFolder(tmp_path, force=True):
        pass
    assert {"a": "one", f"b.{'0' * 16}.partial": "one"} == listed(tmp_path)


def test_a_refused_run_sweeps_nothing(tmp_path: Path) -> None:
    """In a folder that is refused even what looks left over stays."""
    files = {f"a.{'0' * 16}.partial": "half", "z": "mine"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(FileExistsError), StagedFolder(tmp_path):
        pass

    assert files == listed(tmp_path)


def test_links_are_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link in the place of a file is replaced, one in the place of its temporary name is refused."""
    outside, folder = tmp_path / "outside", tmp_path / "out"
    outside.write_text("mine")
    folder.mkdir()
    (folder / "a").symlink_to(outside)
    with StagedFolder(folder, force=True) as staged:
        write(staged, "a", "new")

    monkeypatch.setattr(secrets, "token_hex", lambda _: "guessed")
    (folder / "b.guessed.partial").symlink_to(outside)
    with pytest.raises(FileExistsError), StagedFolder(folder, force=True) as staged:
        write(staged, "b", "new")

    assert ("mine", "new", False) == (
        outside.read_text(),
        (folder / "a").read_text(),
        (folder / "a").is_symlink(),
    )


def test_a_link_to_a_folder_will_do(tmp_path: Path) -> None:
    """The folder itself may be a link; it stays one, and one that leads nowhere is refused."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    with StagedFolder(tmp_path / "link") as staged:
        write(staged, "a", "one")
    with pytest.raises(FileNotFoundError) as refusal, StagedFolder(tmp_path / "nowhere"):
        pass

    assert ({"a": "one"}, True) == (listed(tmp_path / "real"), (tmp_path / "link").is_symlink())
    assert str(tmp_path / "nowhere") == refusal.value.filename


def test_files_stay_in_the_folder_that_was_opened(tmp_path: Path) -> None:
    """Whatever takes the path's place meanwhile gets nothing."""
    folder, other = tmp_path / "out", tmp_path / "other"
    other.mkdir()
    with StagedFolder(folder) as staged:
        write(staged, "a", "one")
        folder.rename(tmp_path / "moved")
        folder.symlink_to(other)
        write(staged, "b", "two")

    assert ({"a": "one", "b": "two"}, {}) == (listed(tmp_path / "moved"), listed(other))


def test_a_folder_in_the_place_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    """What could not be put into its place at the end is refused at the start, and nothing is replaced."""
    (tmp_path / "a").write_text("old")
    (tmp_path / "b").mkdir()

    def run() -> None:
        with StagedFolder(tmp_path, force=True) as staged:
            write(staged, "a", "new")
            write(staged, "b", "new")

    with pytest.raises(IsADirectoryError) as refusal:
        run()

    assert (str(tmp_path / "b"), "old") == (refusal.value.filename, (tmp_path / "a").read_text())
    assert {"a", "b"} == {path.name for path in tmp_path.iterdir()}


def test_a_fault_while_writing_names_the_file(tmp_path: Path) -> None:
    """A full disk names no file; the refusal does, under the name that it would have had."""
    with (
        pytest.raises(OSError, match="No space") as refusal,
        StagedFolder(tmp_path) as staged,
        staged.file("a"),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert (str(tmp_path / "a"), {}) == (refusal.value.filename, listed(tmp_path))


def test_a_signal_while_files_are_put_in_their_places_comes_too_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either all files have their names or none, whenever the signal comes."""
    replace = os.replace

    def disturbed(*names: str, src_dir_fd: int, dst_dir_fd: int) -> None:
        signal.raise_signal(signal.SIGTERM)
        replace(*names, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    def run() -> int:
        with StagedFolder(tmp_path) as staged:
            write(staged, "a", "one")
            write(staged, "b", "two")
        return 0

    monkeypatch.setattr(os, "replace", disturbed)

    assert 0 == run_until_signal(run)
    assert {"a": "one", "b": "two"} == listed(tmp_path)


def test_folders_inside(tmp_path: Path) -> None:
    """A name with slashes makes folders, which appear with the files, and no link is followed for them."""
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    with StagedFolder(folder) as staged:
        write(staged, "a/b/file", "1")
        write(staged, "a/other", "2")
        assert not (folder / "a").exists()
    assert ("1", "2") == ((folder / "a/b/file").read_text(), (folder / "a/other").read_text())

    elsewhere.mkdir()
    (folder / "link").symlink_to(elsewhere)

    def follow() -> None:
        with StagedFolder(folder, force=True) as staged:
            write(staged, "link/file", "3")

    with pytest.raises(NotADirectoryError):
        follow()
    assert [] == list(elsewhere.iterdir())
