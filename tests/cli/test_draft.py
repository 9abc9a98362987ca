"""Files that appear whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.cli.draft import Draft

if TYPE_CHECKING:
    from pathlib import Path


def write(draft: Draft, name: str, text: str) -> None:
    """Write one file."""
    with draft.file(name) as out:
        out.write(text.encode())


def listed(folder: Path) -> dict[str, str]:
    """Names and texts of a folder's files."""
    return {path.name: path.read_text() for path in folder.iterdir()}


def interrupt(draft: Draft) -> None:
    """Write one file whole and be interrupted in the second."""
    with draft:
        write(draft, "a", "one")
        with draft.file("b") as out:
            out.write(b"tw")
            raise KeyboardInterrupt


def test_files_appear_at_the_end(tmp_path: Path) -> None:
    """Until the last file is whole there is none under its name; then all are there, and nothing else."""
    folder = tmp_path / "deep" / "out"
    with Draft(folder) as draft:
        write(draft, "a", "one")
        write(draft, "b", "two")
        meanwhile = set(listed(folder))

    assert not meanwhile & {"a", "b"}
    assert {"a": "one", "b": "two"} == listed(folder)


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    """Whatever ends it early, no file stays, nor the folder that was made for them."""
    folder = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        interrupt(Draft(folder))

    assert not folder.exists()


def test_an_interrupt_leaves_what_was_there(tmp_path: Path) -> None:
    """A folder that was there stays, with the files that it had, those of the same names included."""
    (tmp_path / "a").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        interrupt(Draft(tmp_path, force=True))

    assert {"a": "old"} == listed(tmp_path)


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    """A folder that is there and empty needs no force, and stays even if nothing comes of it."""
    with pytest.raises(KeyboardInterrupt):
        interrupt(Draft(tmp_path))

    assert {} == listed(tmp_path)


def test_a_full_folder_needs_force(tmp_path: Path) -> None:
    """A folder with files is refused, by name; forced, it keeps the files of other names."""
    (tmp_path / "a").write_text("old")
    (tmp_path / "z").write_text("mine")
    with pytest.raises(FileExistsError, match="--force") as refusal:
        Draft(tmp_path)
    with Draft(tmp_path, force=True) as draft:
        write(draft, "a", "new")

    assert str(tmp_path) == refusal.value.filename
    assert {"a": "new", "z": "mine"} == listed(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """A path that is a file is refused and stays."""
    (tmp_path / "a").write_text("old")
    with pytest.raises(FileExistsError):
        Draft(tmp_path / "a", force=True)

    assert {"a": "old"} == listed(tmp_path)
