"""The files of compiled kernels."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from datasynth.kernel_files import KernelFiles

if TYPE_CHECKING:
    from pathlib import Path

KEY = ("int64", "processor")
DATA = {"code": bytes(range(256)) * 4}


def _saved(folder: Path) -> tuple[KernelFiles, Path]:
    files = KernelFiles(folder, "kernel", 1)
    files.save(KEY, DATA)
    (path,) = folder.iterdir()
    return files, path


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    """Another process, with the same source and key, finds it; nothing else does."""
    _saved(tmp_path)

    assert DATA == KernelFiles(tmp_path, "kernel", 1).load(KEY)
    assert KernelFiles(tmp_path, "kernel", 1).load(("float64", "processor")) is None
    assert KernelFiles(tmp_path, "kernel", 2).load(KEY) is None
    assert KernelFiles(tmp_path / "other", "kernel", 1).load(KEY) is None


def test_a_file_cut_short_at_any_length_is_none(tmp_path: Path) -> None:
    """What a power cut leaves is never taken for a kernel, and is written over."""
    files, path = _saved(tmp_path)
    content = path.read_bytes()
    loaded = []
    for length in range(len(content)):
        path.write_bytes(content[:length])
        loaded.append(files.load(KEY))
    files.save(KEY, DATA)

    assert {None} == set(loaded)
    assert [DATA, content, [path]] == [files.load(KEY), path.read_bytes(), list(tmp_path.iterdir())]


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    """Wherever the disk has it wrong: machine code with one wrong bit would end the process."""
    files, path = _saved(tmp_path)
    content = path.read_bytes()
    loaded = []
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        loaded.append(files.load(KEY))
    path.write_bytes(content + b"\0")

    assert {None} == {*loaded, files.load(KEY)}


def test_what_is_no_kernel_is_no_kernel(tmp_path: Path) -> None:
    """A file with the right sum that holds something else raises, which its reader takes for nothing."""
    files, path = _saved(tmp_path)
    path.write_bytes(hashlib.sha256(b"no pickle").digest() + b"no pickle")

    with pytest.raises(Exception, match=r"pickle|load"):
        files.load(KEY)


def test_writers_at_once_leave_one_whole_file_each(tmp_path: Path) -> None:
    """Threads that save eight versions of a kernel, each several times, mix nothing up."""
    keys = [(f"type{number % 8}",) for number in range(64)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: KernelFiles(tmp_path, "kernel", 1).save(key, key * 1000), keys))

    files = KernelFiles(tmp_path, "kernel", 1)
    assert [key * 1000 for key in keys] == [files.load(key) for key in keys]
    assert 8 == len(list(tmp_path.iterdir()))


def test_a_failed_save_leaves_what_was_there(tmp_path: Path) -> None:
    """If the new file cannot take its place, the old one stays and the new one goes."""
    files, path = _saved(tmp_path)
    path.unlink()
    path.mkdir()
    (path / "in the way").write_text("")

    with pytest.raises(OSError, match="irectory"):
        files.save(KEY, DATA)
    assert [path] == list(tmp_path.iterdir())
